//! Columns that their owner derives when it seals: asked exactly as written, made anew when they change.

use std::fmt::Write as _;
use std::path::Path;

use crate::run::{Ran, subrosa};

const COLLABORATION: &str = r#"
name = "derived"
[parties.bank]
analysts = ["bea"]
[parties.bank.tables.transfers]
data   = "bank/transfers.csv"
policy = "bank/transfers.policy.toml"
[parties.bank.tables.accounts]
data   = "bank/accounts.csv"
policy = "bank/accounts.policy.toml"
[parties.desk]
analysts = ["dan"]
"#;

const TRANSFERS: &str = r#"
policy = 1
table  = "transfers"
[disclosure]
min_contributors = 4
jitter  = false
history = "off"
noise   = "off"
[columns]
tx = { hidden = true }
[derive]
is_round = { sql = "amount % 1000 = 0", filter = true, measure = [0, 1] }
size     = { sql = "CASE WHEN amount < 3000 THEN 'small' ELSE 'large' END", dimension = true }
person   = { lookup = "accounts.customer", on = "accounts.account = account", unit = "person" }
"#;

const ACCOUNTS: &str = r#"
policy = 1
table  = "accounts"
[disclosure]
min_contributors = 1
[columns]
account = { hidden = true }
"#;

const ERRORS: &str = r#"policy: `transfers` has no column `acount`
   --> ./bank/transfers.policy.toml:14:18
   |
14 | person = { sql = "acount", unit = "person" }
   |                  ^^^^^^^^
  = help: did you mean `account`?

policy: Invalid function 'cast'.
   --> ./bank/transfers.policy.toml:14:18
   |
14 | person = { sql = "CAST(account)", unit = "person" }
   |                  ^^^^^^^^^^^^^^^
  = help: write one SQL expression over the table's own columns

policy: `transfers` has a column `account` of its own
   --> ./bank/transfers.policy.toml:14:1
   |
14 | account = { sql = "account", unit = "person" }
   | ^^^^^^^
  = help: give the derived column a name that is free

policy: its owner has no table `customers` here to look up in
   --> ./bank/transfers.policy.toml:14:21
   |
14 | person = { lookup = "customers.id", on = "customers.id = account", unit = "person" }
   |                     ^^^^^^^^^^^^^^
  = help: bank has accounts, transfers in collaboration.toml

policy: `accounts.customer` is no key: 2 rows repeat an earlier value
   --> ./bank/transfers.policy.toml:14:46
   |
14 | person = { lookup = "accounts.account", on = "accounts.customer = account", unit = "person" }
   |                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = help: look up by a column that is unique in `accounts`

policy: `lookup` is no `table.column`
   --> ./bank/transfers.policy.toml:14:21
   |
14 | person = { lookup = "accounts", on = "account", unit = "person" }
   |                     ^^^^^^^^^^
  = help: write the other table and the column to fetch: `lookup = "accounts.customer_id"`

policy: `on` is no `accounts.key = column`
   --> ./bank/transfers.policy.toml:14:41
   |
14 | person = { lookup = "accounts.id", on = "account", unit = "person" }
   |                                         ^^^^^^^^^
  = help: write which column of this table holds the other table's key
"#;

/// Forty transfers of ten accounts, which are eight customers'.
fn world() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut transfers = "tx,account,amount\n".to_owned();
    for at in 0..40 {
        writeln!(transfers, "{at},A{:02},{}", at % 10, at * 250).unwrap();
    }
    let mut accounts = "account,customer\n".to_owned();
    for at in 0..10 {
        writeln!(accounts, "A{at:02},c{}", at % 8).unwrap();
    }
    put(dir.path(), "collaboration.toml", COLLABORATION);
    put(dir.path(), "bank/transfers.csv", &transfers);
    put(dir.path(), "bank/accounts.csv", &accounts);
    put(dir.path(), "bank/transfers.policy.toml", TRANSFERS);
    put(dir.path(), "bank/accounts.policy.toml", ACCOUNTS);
    dir
}

fn put(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn ask(dir: &Path, sql: &str) -> Ran {
    let args = ["lab", ".", "--as", "dan@desk", "--format", "csv", "-c", sql];
    subrosa(dir, &args)
}

fn answer(dir: &Path, sql: &str) -> String {
    let ran = ask(dir, sql);
    assert_eq!(ran.code, 0, "{sql}: {}", ran.err);
    ran.out
}

/// The errors that a world has with this instead of the last line of a policy.
fn wrong(derive: &str) -> String {
    let dir = world();
    let (before, _) = TRANSFERS.split_once("person   =").unwrap();
    put(
        dir.path(),
        "bank/transfers.policy.toml",
        &format!("{before}{derive}\n"),
    );
    let ran = ask(dir.path(), "SELECT count(*) FROM bank.transfers");
    assert_eq!(ran.code, 1, "{}", ran.err);
    ran.err
}

#[test]
fn what_is_derived_may_be_asked_as_its_rule_says() {
    let world = world();
    let dir = world.path();
    let count = "SELECT size, count(*) AS n, sum(is_round) AS round FROM bank.transfers GROUP BY size ORDER BY size";
    assert_eq!(answer(dir, count), "size,n,round\nlarge,28,7\nsmall,12,\n");
    let round = "SELECT count(DISTINCT person) AS people FROM bank.transfers WHERE is_round = 1";
    assert_eq!(answer(dir, round), "people\n4\n");
}

#[test]
fn a_table_that_is_only_looked_up_in_is_unknown() {
    let ran = ask(world().path(), "SELECT count(*) FROM bank.accounts");
    assert!(ran.err.starts_with("E_UNKNOWN"), "{}", ran.err);
}

#[test]
fn nothing_else_may_be_asked_of_what_is_derived() {
    let world = world();
    let dir = world.path();
    for (sql, code) in [
        (
            "SELECT is_round, count(*) FROM bank.transfers GROUP BY is_round",
            "E_ROLE_DIM",
        ),
        (
            "SELECT count(*) FROM bank.transfers WHERE size = 'small'",
            "E_FILTER_GRAIN",
        ),
        (
            "SELECT person, count(*) FROM bank.transfers GROUP BY person",
            "E_ROLE_DIM",
        ),
        ("SELECT sum(amount) FROM bank.transfers", "E_UNKNOWN"),
        ("SELECT count(customer) FROM bank.transfers", "E_UNKNOWN"),
    ] {
        let ran = ask(dir, sql);
        assert!(ran.err.contains(code), "{sql}: {}{}", ran.out, ran.err);
    }
    let described = answer(dir, "DESCRIBE bank.transfers");
    let uses = "is_round,BIGINT,\"filter, measure 0 to 1\"\nsize,VARCHAR,dimension\nperson,VARCHAR,unit person\n";
    assert_eq!(described, format!("column,type,uses\n{uses}"));
}

#[test]
fn what_changes_behind_a_derived_column_seals_its_table_anew() {
    let world = world();
    let dir = world.path();
    let sealed = || {
        let ran = subrosa(dir, &["table", "seal"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out
    };
    let first =
        "bank.accounts  version 1  10 rows  sealed\nbank.transfers  version 1  40 rows  sealed\n";
    assert_eq!(sealed(), first);
    assert_eq!(sealed(), first.replace("sealed", "unchanged"));
    put(
        dir,
        "bank/transfers.policy.toml",
        &TRANSFERS.replace("% 1000", "% 500"),
    );
    let again = "bank.accounts  version 1  10 rows  unchanged\nbank.transfers  version 2  40 rows  sealed\n";
    assert_eq!(sealed(), again);
    let accounts = std::fs::read_to_string(dir.join("bank/accounts.csv")).unwrap();
    put(dir, "bank/accounts.csv", &accounts.replace("c0", "c9"));
    let both =
        "bank.accounts  version 2  10 rows  sealed\nbank.transfers  version 3  40 rows  sealed\n";
    assert_eq!(sealed(), both);
}

#[test]
fn what_cannot_be_derived_is_shown_in_the_policy() {
    let errors = [
        "person = { sql = \"acount\", unit = \"person\" }",
        "person = { sql = \"CAST(account)\", unit = \"person\" }",
        "account = { sql = \"account\", unit = \"person\" }",
        "person = { lookup = \"customers.id\", on = \"customers.id = account\", unit = \"person\" }",
        "person = { lookup = \"accounts.account\", on = \"accounts.customer = account\", unit = \"person\" }",
        "person = { lookup = \"accounts\", on = \"account\", unit = \"person\" }",
        "person = { lookup = \"accounts.id\", on = \"account\", unit = \"person\" }",
    ]
    .map(wrong);
    assert_eq!(errors.join("\n"), ERRORS);
}

#[test]
fn a_table_alone_is_told_where_the_other_one_lies() {
    let world = world();
    let dir = world.path();
    assert_eq!(
        subrosa(dir, &["party", "new", "bank", "--home", "keys"]).code,
        0
    );
    let seal = |more: &[&str]| {
        let args = [
            "table",
            "seal",
            "bank.transfers",
            "--data",
            "bank/transfers.csv",
            "--policy",
            "bank/transfers.policy.toml",
            "--to",
            "store",
            "--home",
            "keys",
            "--contract",
            "derived",
        ];
        subrosa(dir, &[&args[..], more].concat())
    };
    let alone = "policy: its owner has no table `accounts` here to look up in
   --> bank/transfers.policy.toml:14:23
   |
14 | person   = { lookup = \"accounts.customer\", on = \"accounts.account = account\", unit = \"person\" }
   |                       ^^^^^^^^^^^^^^^^^^^
  = help: say where it lies: `--with TABLE=PATH`
";
    assert_eq!(seal(&[]).err, alone);
    let ran = seal(&["--with", "accounts=bank/accounts.csv"]);
    assert_eq!(
        ran.out, "bank.transfers  version 1  40 rows  sealed at store/bank/transfers/v1\n",
        "{}",
        ran.err
    );
    let ran = seal(&["--with", "accounts"]);
    assert_eq!(ran.err, "usage: `accounts` is no TABLE=PATH\n");
}

#[test]
fn an_officer_reads_compares_and_lints_what_is_derived() {
    let world = world();
    let dir = world.path();
    let policy = "bank/transfers.policy.toml";
    let explained = subrosa(dir, &["policy", "explain", policy]).out;
    let (_, columns) = explained.split_once("columns\n").unwrap();
    assert_eq!(
        columns,
        "  tx: hidden\n  \
         is_round: computed by its owner as `amount % 1000 = 0`; filtered by any value; inside sums and averages, clamped to 0 to 1\n  \
         size: computed by its owner as `CASE WHEN amount < 3000 THEN 'small' ELSE 'large' END`; leaves as a group key, any value\n  \
         person: looked up by its owner: `accounts.customer` where `accounts.account = account`; says which person a row is about; \
         never shown, counted as contributor\n"
    );
    put(dir, "other.toml", &TRANSFERS.replace("% 1000", "% 500"));
    let different = subrosa(dir, &["policy", "diff", policy, "other.toml"]).out;
    assert_eq!(
        different,
        "otherwise changed\n  `is_round` is computed in another way\n"
    );
    let linted = subrosa(dir, &["policy", "lint", ".", "--format", "json"]);
    let lints = linted.out.lines().map(|line| {
        let problem: serde_json::Value = serde_json::from_str(line).unwrap();
        problem["lint"].as_str().unwrap_or_default().to_owned()
    });
    let expected = [
        "public_table",
        "exact_support",
        "history_off",
        "thresholds_alone",
    ];
    assert_eq!(lints.collect::<Vec<_>>(), expected);
    assert_eq!(subrosa(dir, &["policy", "fmt", "--check", policy]).code, 1);
}
