//! What is wrong with a file, word for word.

use crate::support::errors;

macro_rules! malformed {
    ($($name:ident: $text:expr => $errors:expr;)*) => {
        $(
            #[test]
            fn $name() {
                let found = errors($text);
                assert_eq!(found.trim(), $errors.trim(), "\n{found}");
            }
        )*
    };
}

malformed! {
    empty_file: r"" => r#"
t.policy.toml:1:1: error: the file does not say `policy`
  help: write `policy = 1` at its top
t.policy.toml:1:1: error: the file does not say which `table` it is about
  help: write `table = "…"` at the top, above the first [section]
"#;

    not_toml_file: r"policy = 1
table = 
[columns
a = { b = }
" => r"
t.policy.toml:2:9: error: not TOML: string values must be quoted, expected literal string
t.policy.toml:3:9: error: not TOML: unclosed table, expected `]`
";

    duplicate_file: r#"policy = 1
policy = 1
table = "t"
"# => r"
t.policy.toml:2:1: error: not TOML: duplicate key
";

    version_file: r#"policy = 2
table = "Transactions"
"# => r"
t.policy.toml:1:10: error: `policy` must be 1, the version this program reads, not 2
t.policy.toml:2:9: error: table: `Transactions` is not a table name: a lower-case letter, then lower-case letters, digits and underscores
";
}
