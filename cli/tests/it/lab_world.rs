//! A world written by hand from the manual alone, with every key that it may have.

use std::path::Path;

use serde_json::{Value, json};

use crate::run::{Ran, subrosa};

const COLLABORATION: &str = r#"
name = "by-hand"

[parties.bank_a]
analysts = ["alice", "ann"]
[parties.bank_a.tables.payments]
data   = "bank_a/payments.csv"
policy = "bank_a/payments.policy.toml"
types  = { amount = "decimal(18,2)" }

[parties.bank_b]
analysts = ["bob"]
[parties.bank_b.tables.payments]
data   = "bank_b/payments"
policy = "bank_b/payments.policy.toml"

[parties.watcher]
analysts = ["wanda"]

[engine]
purposes = ["aml"]
memory   = "1GiB"
timeout  = "5m"

[views]
"consortium.payments" = "views/payments.sql"

[store]
url = "STORE"
"#;

const POLICY: &str = r#"
policy = 1
table  = "payments"

[access]
purposes = ["aml"]

[disclosure]
min_contributors = 5
jitter  = false
history = "off"
noise   = "off"

[columns]
account = { unit = "acct" }
country = { dimension = true, filter = true }
amount  = { measure = [0, 1000] }
"#;

const VIEW: &str = "SELECT account, country, amount FROM bank_a.payments\n\
    UNION ALL SELECT account, country, amount FROM bank_b.payments;\n";

const BY_COUNTRY: &str =
    "SELECT country, COUNT(DISTINCT account) AS n FROM consortium.payments GROUP BY country";

fn rows(bank: &str, from: usize) -> String {
    let row = |at: usize| {
        let country = if at.is_multiple_of(5) { "DE" } else { "LU" };
        format!("{bank}-{at:03},{country},{at}.25,secret-{at}\n")
    };
    let rows: String = (from..from + 20).map(row).collect();
    format!("account,country,amount,note\n{rows}")
}

fn world() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = dir.path().join("w").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put(
        "collaboration.toml",
        &COLLABORATION.replace("STORE", &format!("file://{}/objects", dir.path().display())),
    );
    put("bank_a/payments.csv", &rows("a", 0));
    put("bank_a/payments.policy.toml", POLICY);
    put("bank_b/payments.policy.toml", POLICY);
    put("views/payments.sql", VIEW);
    parquet(&dir.path().join("w/bank_b/payments/1.parquet"), 0);
    parquet(&dir.path().join("w/bank_b/payments/2.parquet"), 20);
    dir
}

/// Twenty rows as Parquet.
fn parquet(path: &Path, from: usize) {
    use arrow::array::{ArrayRef, Decimal128Array, StringArray};
    let text = rows("b", from);
    let column = |at: usize| -> ArrayRef {
        let lines = text.lines().skip(1);
        let cells: Vec<&str> = lines.map(|l| l.split(',').nth(at).unwrap()).collect();
        std::sync::Arc::new(StringArray::from(cells))
    };
    let amounts = (from..from + 20).map(|at| i128::try_from(at).unwrap() * 100 + 25);
    let amounts = Decimal128Array::from_iter_values(amounts).with_precision_and_scale(18, 2);
    let batch = arrow::array::RecordBatch::try_from_iter([
        ("account", column(0)),
        ("country", column(1)),
        ("amount", std::sync::Arc::new(amounts.unwrap()) as ArrayRef),
        ("note", column(3)),
    ]);
    let batch = batch.unwrap();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ::parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn ask(dir: &Path, args: &[&str]) -> Ran {
    let base = ["lab", "w", "--format", "json", "--error-format", "json"];
    subrosa(dir, &[&base[..], args].concat())
}

fn answer(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn every_key_does_what_the_manual_says() {
    let dir = world();
    let expected = json!([{ "country": "DE", "n": 12 }, { "country": "LU", "n": 48 }]);
    assert_eq!(answer(&ask(dir.path(), &["-c", BY_COUNTRY])), expected);
    let objects = dir.path().join("objects/bank_b/payments/v1");
    assert!(objects.is_dir(), "sealed tables lie in the store");
    assert!(!dir.path().join("w/.subrosa/store").exists());
    let status = answer(&ask(dir.path(), &["--status"]));
    let rows: Vec<_> = status
        .as_array()
        .unwrap()
        .iter()
        .map(|t| (&t["table"], &t["rows"]))
        .collect();
    assert_eq!(
        rows,
        [
            (&json!("bank_a.payments"), &json!(20)),
            (&json!("bank_b.payments"), &json!(40))
        ]
    );
    let types = answer(&ask(dir.path(), &["-c", "DESCRIBE bank_a.payments"]));
    assert_eq!(types[2]["type"], "DECIMAL(18,2)");
}

#[test]
fn the_first_analyst_asks_unless_another_is_named() {
    let dir = world();
    let own = "SELECT account AS n FROM bank_a.payments ORDER BY account LIMIT 1";
    assert_eq!(
        answer(&ask(dir.path(), &["-c", own])),
        json!([{ "n": "a-000" }])
    );
    assert_eq!(
        answer(&ask(dir.path(), &["--as", "ann@bank_a", "-c", own])),
        json!([{ "n": "a-000" }])
    );
    assert_eq!(ask(dir.path(), &["--as", "bob@bank_b", "-c", own]).code, 3);
    assert_eq!(
        ask(dir.path(), &["--purpose", "golf", "-c", BY_COUNTRY]).code,
        3
    );
    assert_eq!(
        ask(dir.path(), &["--purpose", "aml", "-c", BY_COUNTRY]).code,
        0
    );
}

#[test]
fn a_party_without_tables_asks_and_receives() {
    let dir = world();
    let mine = ask(dir.path(), &["--as", "wanda@watcher", "-c", BY_COUNTRY]);
    let four_of_bank_a_are_too_few =
        json!([{ "country": "DE", "n": 8 }, { "country": "LU", "n": 48 }]);
    assert_eq!(answer(&mine), four_of_bank_a_are_too_few);
    let given = ask(dir.path(), &["--to", "watcher", "-c", BY_COUNTRY]);
    assert_eq!(given.code, 0, "{}", given.err);
    let owed = ask(
        dir.path(),
        &[
            "--to",
            "watcher",
            "-c",
            "SELECT account FROM bank_a.payments",
        ],
    );
    assert_eq!(
        owed.code, 3,
        "its own rows for another are not its own alone"
    );
    assert_eq!(
        ask(dir.path(), &["--to", "nobody", "-c", BY_COUNTRY]).code,
        3
    );
}

/// Each change, and what is said of it at which line.
#[test]
fn what_the_manual_does_not_know_is_an_error_with_its_line() {
    let dir = world();
    let file = dir.path().join("w/collaboration.toml");
    let good = std::fs::read_to_string(&file).unwrap();
    for (from, to, says) in [
        ("name =", "title =", "unknown key `title`"),
        (
            "analysts = [\"bob\"]",
            "analyst = [\"bob\"]",
            "unknown key `analyst`",
        ),
        ("data   =", "date   =", "unknown key `date`"),
        ("memory   =", "memori   =", "unknown key `memori`"),
        ("[store]", "[shop]", "unknown key `shop`"),
        ("\"1GiB\"", "\"lots\"", "not an amount of memory"),
        ("\"1GiB\"", "8", "must be a text"),
        ("\"5m\"", "\"soon\"", "not a length of time"),
        (
            "[parties.bank_b]",
            "[parties.\"Bank B\"]",
            "not a party name",
        ),
        (
            "bank_a/payments.csv",
            "bank_a/paymentz.csv",
            "does not exist",
        ),
        ("views/payments.sql", "views/none.sql", "cannot be read"),
        (
            "\"consortium.payments\"",
            "\"Consortium\"",
            "not a view name",
        ),
        ("url =", "address =", "unknown key `address`"),
        ("decimal(18,2)", "number", "number"),
        ("\"ann\"]", "\"Ann!\"]", "not an analyst's name"),
        (
            "name = \"by-hand\"",
            "name = \"by-hand",
            "collaboration.toml",
        ),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        std::fs::write(&file, &bad).unwrap();
        let ran = subrosa(dir.path(), &["lab", "w", "-c", BY_COUNTRY]);
        assert_eq!(ran.code, 1, "{to}: {}", ran.err);
        assert!(ran.err.contains(says), "{to}: {}", ran.err);
        let json = ask(dir.path(), &["-c", BY_COUNTRY]);
        let first: Value = serde_json::from_str(json.err.lines().next().unwrap()).unwrap();
        if first["code"] == "world" {
            let line = first["rule"]["line"].as_u64().unwrap();
            let text = bad.lines().nth(usize::try_from(line).unwrap() - 1).unwrap();
            assert!(ran.err.contains(text.trim()), "{to}: {}", ran.err);
            assert!(ran.err.contains('^'), "{to}: {}", ran.err);
        }
    }
}

#[test]
fn data_that_was_tampered_with_is_not_answered_from() {
    let dir = world();
    answer(&ask(dir.path(), &["-c", BY_COUNTRY]));
    let folder = dir.path().join("objects/bank_b/payments/v1");
    let file = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            path.to_string_lossy().contains("part-") && !path.to_string_lossy().contains("hidden")
        })
        .unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let ran = ask(dir.path(), &["-c", BY_COUNTRY]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{}", ran.err);
}
