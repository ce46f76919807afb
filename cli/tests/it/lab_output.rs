//! How `lab` reads statements and writes answers: order, formats, files, errors as objects.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::run::{PATIENTS, subrosa, world};

fn lab(dir: &Path, args: &[&str]) -> crate::run::Ran {
    subrosa(dir, &[&["lab", "w", "--as", "bob@clinic_b"], args].concat())
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn statements_run_in_order_and_a_failed_one_stops_nobody() {
    let dir = world();
    let ran = lab(
        dir.path(),
        &[
            "--format",
            "json",
            "--error-format",
            "json",
            "-c",
            "SELECT 1 AS n; SELECT name FROM clinic_a.visits",
            "-c",
            "SELECT ';' AS n -- ; not here\n; SELECT $$;$$ AS n; SELEC",
            "-c",
            "SELECT 2 AS n",
        ],
    );
    let rows = lines(&ran.out);
    let expected = [
        json!([{ "n": 1 }]),
        json!([{ "n": ";" }]),
        json!([{ "n": ";" }]),
        json!([{ "n": 2 }]),
    ];
    assert_eq!(rows, expected);
    let errors: Vec<_> = lines(&ran.err)
        .into_iter()
        .map(|error| (error["statement"].clone(), error["code"].clone()))
        .collect();
    assert_eq!(
        errors,
        [(json!(2), json!("E_UNKNOWN")), (json!(5), json!("syntax"))]
    );
    assert_eq!(ran.code, 3);
}

#[test]
fn stdin_and_files_are_read_alike() {
    let dir = world();
    let text = "SELECT 1 AS n;\nSELECT 2 AS n;\n";
    std::fs::write(dir.path().join("q.sql"), text).unwrap();
    let from_file = lab(dir.path(), &["-f", "q.sql"]);
    assert_eq!(
        (from_file.out.as_str(), from_file.code),
        ("n\n1\nn\n2\n", 0)
    );
    let mut child = Command::new(env!("CARGO_BIN_EXE_subrosa"))
        .args(["lab", "w", "-f", "-"])
        .current_dir(dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), from_file.out);
}

#[test]
fn an_error_in_a_file_is_drawn_at_its_line_of_the_file() {
    let dir = world();
    let text =
        "SELECT 1;\n\n  SELECT patient, COUNT(*)\n  FROM clinic_a.visits\n  GROUP BY patient;\n";
    std::fs::write(dir.path().join("q.sql"), text).unwrap();
    let ran = lab(dir.path(), &["-f", "q.sql"]);
    let expected = "\
E_ROLE_DIM: patient may not name the groups of an answer
  --> q.sql:5:12
  |
5 |   GROUP BY patient;
  |            ^^^^^^^
   --> clinic_a/visits.policy.toml:12
   |
12 | patient   = { unit = \"patient\" }
   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this line decides
  = help: group by columns whose policy says `dimension`; in clinic_a.visits, these may name groups: day by 1 month, diagnosis
  = allowed: SELECT COUNT(*) FROM clinic_a.visits
";
    assert_eq!((ran.err.as_str(), ran.code), (expected, 3));
}

#[test]
fn a_syntax_error_has_its_caret() {
    let dir = world();
    let ran = lab(dir.path(), &["-c", "SELECT 1 FORM x"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("your question:1:15"), "{}", ran.err);
    let found = lab(
        dir.path(),
        &["--error-format", "json", "-c", "SELECT 1 FORM x"],
    );
    assert_eq!(lines(&found.err)[0]["span"]["column"], 15);
}

#[test]
fn every_format() {
    let dir = world();
    let sql = "SELECT diagnosis AS d, COUNT(DISTINCT patient) AS n FROM clinic_a.visits GROUP BY diagnosis";
    let written = |format: &str| lab(dir.path(), &["--format", format, "-c", sql]).out;
    assert_eq!(written("csv"), "d,n\nasthma,10\nflu,20\ngout,10\n");
    let ndjson =
        "{\"d\":\"asthma\",\"n\":10}\n{\"d\":\"flu\",\"n\":20}\n{\"d\":\"gout\",\"n\":10}\n";
    assert_eq!(written("ndjson"), ndjson);
    let table = " d      | n\n--------+----\n asthma | 10\n flu    | 20\n gout   | 10\n(3 rows)\n";
    assert_eq!(written("table"), table);
    let markdown = "| d | n |\n| --- | ---: |\n| asthma | 10 |\n| flu | 20 |\n| gout | 10 |\n";
    assert_eq!(written("markdown"), markdown);
}

#[test]
fn a_file_has_the_format_of_its_name() {
    let dir = world();
    for name in ["a.parquet", "a.arrow", "a.json", "a.csv"] {
        assert_eq!(
            lab(dir.path(), &["-o", name, "-c", PATIENTS]).code,
            0,
            "{name}"
        );
    }
    let file = std::fs::File::open(dir.path().join("a.parquet")).unwrap();
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReader::try_new(file, 100);
    assert_eq!(reader.unwrap().next().unwrap().unwrap().num_rows(), 3);
    let file = std::fs::File::open(dir.path().join("a.arrow")).unwrap();
    let reader = arrow::ipc::reader::FileReader::try_new(file, None).unwrap();
    assert_eq!(
        reader.map(|batch| batch.unwrap().num_rows()).sum::<usize>(),
        3
    );
    let text = std::fs::read_to_string(dir.path().join("a.json")).unwrap();
    assert_eq!(lines(&text)[0].as_array().unwrap().len(), 3);
    let ran = lab(dir.path(), &["-o", "a.xlsx", "-c", PATIENTS]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("a.xlsx: there is no format .xlsx"),
        "{}",
        ran.err
    );
    assert!(!dir.path().join("a.xlsx").exists());
}

#[test]
fn a_slip_in_a_question_is_told_with_what_would_do() {
    let dir = world();
    for (sql, says) in [
        (
            "SELECT diagnosys, COUNT(*) FROM clinic_a.visits GROUP BY 1",
            "did you mean diagnosis?",
        ),
        (
            "SELECT diagnosis, COUNT(*) FROM clinic_a.visits",
            "diagnosis is neither grouped nor aggregated; add it to GROUP BY",
        ),
        (
            "SELECT COUNT(*) FROM clinic_a.visits WHERE day >= DATE '2026-02-30'",
            "'2026-02-30' is no date",
        ),
    ] {
        let ran = lab(dir.path(), &["-c", sql]);
        assert!(ran.code == 1 || ran.code == 3, "{sql}: {}", ran.err);
        assert!(ran.err.contains(says), "{sql}: {}", ran.err);
    }
}

#[test]
fn no_file_after_a_failure_and_none_is_lost() {
    let dir = world();
    std::fs::write(dir.path().join("a.csv"), "mine\n").unwrap();
    for sql in ["SELECT name FROM clinic_a.visits", "SELECT 1; SELECT 2"] {
        let ran = lab(
            dir.path(),
            &["-o", "a.csv", "--error-format", "json", "-c", sql],
        );
        assert_ne!(ran.code, 0);
        assert!(!lines(&ran.err).is_empty());
        let kept = std::fs::read_to_string(dir.path().join("a.csv")).unwrap();
        assert_eq!(kept, "mine\n");
    }
}

#[test]
fn json_holds_what_numbers_cannot() {
    let dir = world();
    let sql = "SELECT 9007199254740992 AS a, 9007199254740993 AS b, -9007199254740993 AS c, \
        CAST('123456789012345.6' AS DECIMAL(20,1)) AS d, CAST('12.50' AS DECIMAL(10,2)) AS e, \
        CAST('NaN' AS DOUBLE) AS f, TIMESTAMP '2026-01-02 03:04:05' AS g, DATE '2026-01-02' AS h, \
        s.x, t.x, NULL AS y, true AS z FROM (VALUES (1)) AS s (x) CROSS JOIN (VALUES (2)) AS t (x)";
    let ran = lab(dir.path(), &["--format", "json", "-c", sql]);
    let expected = json!([{
        "a": 9_007_199_254_740_992_i64, "b": "9007199254740993", "c": "-9007199254740993",
        "d": "123456789012345.6", "e": 12.5, "f": null, "g": "2026-01-02T03:04:05",
        "h": "2026-01-02", "x": 1, "x_2": 2, "y": null, "z": true,
    }]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(lines(&ran.out), [expected]);
}

#[test]
fn rows_without_an_order_are_sorted_null_last() {
    let dir = world();
    let sql = "SELECT * FROM (VALUES (2, 'b'), (NULL, 'a'), (1, NULL), (1, 'c')) AS t (n, s)";
    let ran = lab(dir.path(), &["--format", "csv", "-c", sql]);
    assert_eq!(ran.out, "n,s\n1,c\n1,\n2,b\n,a\n", "{}", ran.err);
}

#[test]
fn what_may_be_asked_is_shown() {
    let dir = world();
    for sql in [
        "SHOW COLUMNS FROM clinic_a.visits",
        "DESCRIBE clinic_a.visits",
    ] {
        let ran = lab(dir.path(), &["--format", "json", "-c", sql]);
        let columns = lines(&ran.out).remove(0);
        let names: Vec<_> = columns
            .as_array()
            .unwrap()
            .iter()
            .map(|c| &c["column"])
            .collect();
        assert_eq!(
            names,
            ["patient", "day", "diagnosis", "cost"],
            "the hidden one is not there"
        );
    }
    let explained = lab(
        dir.path(),
        &[
            "--format",
            "json",
            "-c",
            "EXPLAIN POLICY SELECT patient FROM clinic_a.visits",
        ],
    );
    let object = lines(&explained.out).remove(0);
    assert_eq!((explained.code, &object["verdict"]), (0, &json!("deny")));
    let allowed = lab(
        dir.path(),
        &[
            "--format",
            "json",
            "-c",
            &format!("EXPLAIN POLICY {PATIENTS}"),
        ],
    );
    assert_eq!(lines(&allowed.out)[0]["verdict"], "allow");
}
