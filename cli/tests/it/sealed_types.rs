//! A table of every type that Parquet writers make, sealed and opened again.

use crate::python;
use crate::run::subrosa;

const WORLD: &str = r#"
name = "types"
[parties.bank_a]
analysts = ["alice"]
[parties.bank_a.tables.everything]
data = "everything"
policy = "everything.policy.toml"
"#;

const POLICY: &str = r#"
policy = 1
table = "everything"
[disclosure]
min_contributors = 10
jitter = false
history = "off"
noise = "off"
[columns]
id = { unit = "person" }
coded = { dimension = true }
large = { filter = true }
view = { dimension = true, filter = true }
amount = { measure = [0, 500] }
nothing = { measure = [0, 1] }
zoned = { filter = "1 hour" }
midnight = { dimension = "month" }
"#;

#[test]
fn every_type_comes_back_with_equal_values() {
    let Some(python) = python::interpreter() else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let at = |below: &str| dir.path().join(below).to_str().unwrap().to_owned();
    std::fs::write(at("collaboration.toml"), WORLD).unwrap();
    std::fs::write(at("everything.policy.toml"), POLICY).unwrap();
    std::fs::create_dir(at("everything")).unwrap();
    python::run(
        &python,
        "key_tools.py",
        &["write", &at("everything/1.parquet")],
    )
    .unwrap();
    let ran = subrosa(dir.path(), &["table", "seal"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let open = ["table", "open", "bank_a.everything", "-o", "back.parquet"];
    let ran = subrosa(dir.path(), &open);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let same = ["same", &at("everything/1.parquet"), &at("back.parquet")];
    let changed = python::run(&python, "key_tools.py", &same).unwrap();
    let expected = [
        "large: large_string came back as string",
        "view: string_view came back as string",
        "amount: double came back as decimal128(38, 6)",
        "second: timestamp[ms] came back as timestamp[us]",
        "midnight: date64[ms] came back as date32[day]",
        "zoned: timestamp[us, tz=Europe/Luxembourg] came back as timestamp[us]",
        "nothing: null came back as decimal128(38, 6)",
    ];
    for line in changed.lines() {
        assert!(expected.contains(&line), "{line}");
    }
}
