//! A table of every type that Parquet writers make, sealed and opened again.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, RecordBatch, StringArray, TimestampMicrosecondArray, TimestampNanosecondArray,
    UInt64Array,
};
use parquet::arrow::ArrowWriter;

use crate::python;
use crate::run::{subrosa, world};

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

/// What is told of a table of these columns, of which the policy says this, where ten are wanted of each unit.
fn told(columns: Vec<(&str, ArrayRef)>, policy: &str, sql: &str) -> String {
    let (out, code) = asked(columns, policy, sql);
    assert_eq!(code, 0);
    out
}

/// What it is answered, and the exit code.
fn asked(columns: Vec<(&str, ArrayRef)>, policy: &str, sql: &str) -> (String, i32) {
    let dir = world();
    let at = |file: &str| dir.path().join("w").join(file);
    let rows = RecordBatch::try_from_iter(columns).unwrap();
    let file = std::fs::File::create(at("clinic_a/stays.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, rows.schema(), None).unwrap();
    writer.write(&rows).unwrap();
    writer.close().unwrap();
    let exact = POLICY.split_once("[columns]").unwrap().0;
    let policy = exact.replace("everything", "stays") + "[columns]\n" + policy;
    std::fs::write(at("clinic_a/stays.policy.toml"), policy).unwrap();
    let table = "[parties.clinic_a.tables.stays]\ndata = \"clinic_a/stays.parquet\"\npolicy = \"clinic_a/stays.policy.toml\"\n";
    let text = std::fs::read_to_string(at("collaboration.toml")).unwrap();
    std::fs::write(at("collaboration.toml"), text + table).unwrap();
    let asker = ["lab", ".", "--as", "bob@clinic_b", "-c", sql];
    let ran = subrosa(&dir.path().join("w"), &asker);
    (ran.out, ran.code)
}

/// Keys that are hashes are whole numbers without a sign, of which every second one is beyond those with one.
#[test]
fn people_of_every_whole_number_are_counted() {
    let ids = (0..40_u64).map(|id| id.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let ids: ArrayRef = Arc::new(UInt64Array::from_iter_values(ids));
    let sql = "SELECT n, count(*) AS people FROM (SELECT id, count(*) AS n FROM clinic_a.stays GROUP BY id) AS s GROUP BY n";
    let out = told(vec![("id", ids)], "id = { unit = \"patient\" }\n", sql);
    assert_eq!(out, "n,people\n1,40\n");
}

/// One person at forty shops, by a key that has a word for nobody which is none of its type.
#[test]
fn a_word_for_nobody_that_does_not_fit_names_nobody() {
    for (at, absent) in [(5, "9999-12-31"), (5, "31.12.9999"), (7, "")] {
        let ids: ArrayRef = Arc::new(TimestampNanosecondArray::from(vec![at; 40]));
        let shops = (0..40).map(|shop| format!("shop {shop}"));
        let shops: ArrayRef = Arc::new(StringArray::from_iter_values(shops));
        let policy = format!(
            "id = {{ unit = \"patient\", absent = [\"{absent}\"] }}\nshop = {{ unit = \"shop\" }}\n"
        );
        let sql = "SELECT count(*) AS n FROM clinic_a.stays";
        let out = told(vec![("id", ids), ("shop", shops)], &policy, sql);
        assert_eq!(out, "n\n", "{absent}");
    }
}

/// Beyond the year 2262 there is no moment in nanoseconds: all would be one key, which is NULL.
#[test]
fn a_moment_beyond_the_calendar_is_no_key_of_a_crowd() {
    let far = 16_725_225_600_000_000_i64;
    let ids = (0..40).map(|id| far + id);
    let ids: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter_values(ids));
    let of = |key: &str| {
        let sql = format!(
            "SELECT n, count(*) AS people FROM (SELECT {key} AS s, count(*) AS n FROM clinic_a.stays GROUP BY 1) AS s GROUP BY n"
        );
        asked(
            vec![("id", Arc::clone(&ids))],
            "id = { unit = \"patient\" }\n",
            &sql,
        )
    };
    let (out, code) = of("id");
    assert_eq!((out.as_str(), code), ("n,people\n1,40\n", 0));
    for key in ["CAST(id AS TIMESTAMP)", "CAST(id AS TIMESTAMP(9))"] {
        assert_eq!(of(key).1, 3, "{key}");
    }
}

/// Four people a second: by the second, a row would be about all of them.
#[test]
fn a_moment_is_cut_for_no_key() {
    let ids = (0..40_i64).map(|id| id / 4 * 1_000_000_000 + id);
    let ids: ArrayRef = Arc::new(TimestampNanosecondArray::from_iter_values(ids));
    let of = |key: &str| {
        let sql = format!(
            "SELECT n, count(*) AS people FROM (SELECT {key} AS s, count(*) AS n FROM clinic_a.stays GROUP BY 1) AS s GROUP BY n"
        );
        let policy = "id = { unit = \"patient\" }\n";
        asked(vec![("id", Arc::clone(&ids))], policy, &sql)
    };
    let (out, code) = of("id");
    assert_eq!((out.as_str(), code), ("n,people\n1,40\n", 0));
    for key in [
        "CAST(id AS TIMESTAMP(0))",
        "CAST(id AS TIMESTAMP(3))",
        "CAST(id AS DATE)",
    ] {
        assert_eq!(of(key).1, 3, "{key}");
    }
}
