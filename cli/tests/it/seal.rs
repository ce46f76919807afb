//! `subrosa table seal` as a bank's engineer meets it: odd files, wrong data, and what is said of them.

use std::path::Path;

use serde_json::{Value, json};

use crate::run::{Ran, subrosa, world};

const POLICY: &str = r#"
policy = 1
table = "payments"
[disclosure]
min_contributors = 10
jitter = false
history = "off"
noise = "off"
[columns]
tx = { join = "tx", unique = true }
payer = { unit = "acct", absent = ["CASH"] }
amount = { measure = [0, 100] }
"#;

/// A party's folder with keys, a policy and one CSV.
struct Bank(tempfile::TempDir);

impl Bank {
    fn new(csv: &[u8]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let new = ["party", "new", "bank_a", "--home", "keys"];
        assert_eq!(subrosa(dir.path(), &new).code, 0);
        std::fs::write(dir.path().join("payments.policy.toml"), POLICY).unwrap();
        std::fs::write(dir.path().join("payments.csv"), csv).unwrap();
        Self(dir)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn policy(&self, from: &str, to: &str) {
        std::fs::write(
            self.path().join("payments.policy.toml"),
            POLICY.replace(from, to),
        )
        .unwrap();
    }

    fn seal(&self, more: &[&str]) -> Ran {
        let args = [
            "table",
            "seal",
            "bank_a.payments",
            "--data",
            "payments.csv",
            "--policy",
            "payments.policy.toml",
            "--to",
            "store",
            "--home",
            "keys",
            "--contract",
            "four-banks",
        ];
        subrosa(self.path(), &[&args[..], more].concat())
    }

    fn run(&self, command: &str, more: &[&str]) -> Ran {
        let args = ["table", command, "store/bank_a/payments", "--home", "keys"];
        subrosa(self.path(), &[&args[..], more].concat())
    }
}

fn refusal(csv: &[u8], more: &[&str]) -> String {
    let bank = Bank::new(csv);
    let ran = bank.seal(&[more, &["--error-format", "json"]].concat());
    assert_eq!(ran.code, 1, "{}", ran.err);
    let parts = walk(&bank.path().join("store"));
    assert!(parts.is_empty(), "{parts:?} is left");
    let error: Value = serde_json::from_str(&ran.err).unwrap();
    error["message"].as_str().unwrap().to_owned()
}

fn walk(folder: &Path) -> Vec<String> {
    let Ok(listed) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in listed {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn a_csv_that_is_none_is_refused_at_its_line() {
    for (csv, expected) in [
        (&b""[..], "payments.csv: is empty; a CSV has a header"),
        (
            b"tx,payer,amount\n1,a,1\n2,b\n",
            "payments.csv: line 3: has 2 fields, but the header has 3",
        ),
        (
            b"tx,payer,amount\n1,a,1\n\"2\n\",b,2,x\n",
            "payments.csv: line 3: has 4 fields",
        ),
        (
            b"tx,payer,payer\n1,a,1\n",
            "payments.csv: line 1: two columns are named `payer`",
        ),
        (
            b"tx,payer,\n1,a,1\n",
            "payments.csv: line 1: column 3 has no name",
        ),
        (
            b"tx,payer,amount\n1,\xE9,1\n",
            "payments.csv: line 2: field 2 is not UTF-8",
        ),
        (
            b"\xFF\xFEt\0x\0\n\0",
            "payments.csv: line 1: field 1 is not UTF-8",
        ),
        (
            b"tx;payer;amount\n1;a;1\n",
            "payments.csv: line 1: fields are separated by ';'",
        ),
        (
            b"tx,payer,amount\n1,\"a,1\n2,b,2\n",
            "payments.csv: line 2: a quoted field that starts in this row is never closed",
        ),
        (
            b"tx,payer,amount\r1,a,1\r2,b,2\r",
            "payments.csv: line 1: lines end in CR alone",
        ),
    ] {
        let message = refusal(csv, &[]);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn types_that_are_told_are_checked_with_counts_of_rows() {
    let csv = b"tx,payer,amount\n1,a,1.50\n2,b,1.505\n3,c,x\n";
    let message = refusal(csv, &["--type", "amount=decimal(18,2)"]);
    assert!(
        message.ends_with("`amount` is no decimal(18,2) in 2 rows, the first on line 3"),
        "{message}"
    );
    let message = refusal(csv, &["--type", "amount=money"]);
    assert!(
        message.contains("`money` of `amount` is no type; there are text, integer"),
        "{message}"
    );
    let csv = b"tx,payer,amount\n1,a,1.50\n";
    let message = refusal(csv, &["--type", "amuont=float"]);
    assert!(
        message.contains("`types` names `amuont`, which is no column"),
        "{message}"
    );
}

#[test]
fn data_that_contradicts_the_policy_is_refused_with_counts_of_rows() {
    let csv = b"tx,payer,amount\n1,a,1\n2,b,2\n1,c,3\n1,d,4\n";
    assert_eq!(
        refusal(csv, &[]),
        "bank_a.payments: `tx` is declared unique, but 2 rows repeat an earlier value"
    );
    let message = refusal(b"tx,payer,amount\n1,a,one\n", &[]);
    assert!(
        message.contains("`measure` does not fit `amount`, which is a text"),
        "{message}"
    );
}

#[test]
fn a_few_cells_that_are_no_numbers_are_the_datas_fault_and_not_the_policys() {
    let message = refusal(
        b"tx,payer,amount\n1,a,1\n2,b,2.5\n3,c,n/a\n4,d,4\n5,e,?\n",
        &[],
    );
    let expected = "`amount` has a cell that is no number in 2 rows, the first on line 4; its policy says `measure`, so \
                    correct the cells or leave them empty";
    assert!(message.ends_with(expected), "{message}");
}

#[test]
fn what_the_owner_should_know_is_told_in_rows_and_shares() {
    let csv = b"tx,payer,amount\n1,a,50\n2,b,150\n3,CASH,1\n4,,1\n5,c,100\n";
    let ran = Bank::new(csv).seal(&[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        ran.err,
        "bank_a.payments: 2 rows are about nobody (no unit has a value) and left out\n\
         bank_a.payments: `amount`: 1 of 3 values (33.3 %) lie outside `measure` and will be clamped, which loses 16.7 % of the sum\n"
    );
    let bank = Bank::new(csv);
    bank.policy(
        "[columns]",
        "[rows]\nwhere = \"amount <= 100\"\n[columns]\nother = { unit = \"acct\" }",
    );
    std::fs::write(
        bank.path().join("payments.csv"),
        "tx,payer,amount,other\n1,a,50,\n2,b,150,x\n3,CASH,1,y\n",
    )
    .unwrap();
    let ran = bank.seal(&["--format", "json"]);
    let value: Value = serde_json::from_str(&ran.out).unwrap();
    let remarks = json!([
        "1 row is left out by `[rows] where`",
        "`other`: 1 row of 2 is without a value and count for nobody there",
        "`payer`: 1 row of 2 is without a value and count for nobody there",
    ]);
    assert_eq!(
        (&value[0]["remarks"], &value[0]["rows"]),
        (&remarks, &json!(2))
    );
}

#[test]
fn codes_quotes_and_empty_values_come_back_as_they_were() {
    let csv = "\u{feff}tx,payer,amount,note,when\r\n\
               007,+35212,1.50,\"say \"\"hi\"\",\nplease\",2024-01-01 10:00:00.5\r\n\
               008,b,,,\r\n";
    let bank = Bank::new(csv.as_bytes());
    assert_eq!(bank.seal(&[]).code, 0);
    let shown: Value =
        serde_json::from_str(&bank.run("inspect", &["--format", "json"]).out).unwrap();
    let columns: Vec<(&str, &str, bool)> = shown["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| {
            (
                c["name"].as_str().unwrap(),
                c["type"].as_str().unwrap(),
                c["hidden"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        columns,
        [
            ("tx", "Utf8", false),
            ("payer", "Utf8", false),
            ("amount", "Decimal128(18, 2)", false),
            ("note", "Utf8", true),
            ("when", "Timestamp(µs)", true),
        ]
    );
    assert_eq!(bank.run("open", &["-o", "back.parquet"]).code, 0);
    let file = std::fs::File::open(bank.path().join("back.parquet")).unwrap();
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReader::try_new(file, 10);
    let batch = reader.unwrap().next().unwrap().unwrap();
    let shown = arrow::util::pretty::pretty_format_batches(&[batch])
        .unwrap()
        .to_string();
    for value in [
        "| 007 | +35212 | 1.50   | say \"hi\",",
        "please",
        "2024-01-01T10:00:00.500",
        "| 008 | b      |        |",
    ] {
        assert!(shown.contains(value), "{shown}");
    }
}

#[test]
fn a_table_without_rows_is_a_table() {
    let bank = Bank::new(b"tx,payer,amount\n");
    let ran = bank.seal(&[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(bank.run("open", &["-o", "back.parquet"]).code, 0);
    let file = std::fs::File::open(bank.path().join("back.parquet")).unwrap();
    let metadata = parquet::file::metadata::ParquetMetaDataReader::new()
        .parse_and_finish(&file)
        .unwrap();
    assert_eq!(metadata.file_metadata().num_rows(), 0);
    assert_eq!(metadata.file_metadata().schema_descr().num_columns(), 3);
    let dir = world();
    std::fs::write(
        dir.path().join("w/clinic_a/visits.csv"),
        "patient,day,diagnosis,cost,name\n",
    )
    .unwrap();
    let ran = subrosa(
        dir.path(),
        &[
            "lab",
            "w",
            "--as",
            "bob@clinic_b",
            "-c",
            crate::run::PATIENTS,
        ],
    );
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "diagnosis,patients\n"),
        "{}",
        ran.err
    );
}

#[test]
fn versions_follow_each_other_and_the_newest_is_opened() {
    let bank = Bank::new(b"tx,payer,amount\n1,a,1\n");
    assert_eq!(bank.seal(&[]).code, 0);
    assert_eq!(bank.seal(&[]).code, 0);
    let shown: Value =
        serde_json::from_str(&bank.run("inspect", &["--format", "json"]).out).unwrap();
    assert_eq!(shown["version"], 2);
    assert!(shown["previous"].is_string());
    let args = [
        "table",
        "verify",
        "store/bank_a/payments/v1",
        "--home",
        "keys",
    ];
    let ran = subrosa(bank.path(), &args);
    assert_eq!(
        ran.out,
        "bank_a.payments version 1: its 1 file is as its owner signed it\n"
    );
}

#[test]
fn who_only_looks_needs_the_public_key_and_opening_needs_the_keys() {
    let bank = Bank::new(b"tx,payer,amount\n1,a,1\n");
    assert_eq!(bank.seal(&[]).code, 0);
    let shown = subrosa(bank.path(), &["party", "show", "--home", "keys", "--json"]);
    let keys: Value = serde_json::from_str(&shown.out).unwrap();
    let owner = keys["identity"].as_str().unwrap();
    let table = "store/bank_a/payments";
    let verify = ["table", "verify", table, "--owner", owner];
    assert_eq!(subrosa(bank.path(), &verify).code, 0);
    let open = ["table", "open", table, "--owner", owner, "-o", "x"];
    assert_eq!(subrosa(bank.path(), &open).code, 1);
    let nobody = ["table", "verify", table];
    assert_eq!(subrosa(bank.path(), &nobody).code, 1);
    let other = ["table", "verify", table, "--owner", &"0".repeat(64)];
    assert_eq!(subrosa(bank.path(), &other).code, 4);
    std::fs::remove_dir_all(bank.path().join("keys/master")).unwrap();
    let ran = bank.run("open", &["-o", "back.parquet"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("is sealed under it"), "{}", ran.err);
    assert!(!bank.path().join("back.parquet").exists());
}
