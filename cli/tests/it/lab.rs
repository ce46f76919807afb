//! `lab` answers, withholds and refuses.

use serde_json::{Value, json};

use crate::run::{PATIENTS, subrosa, world};

fn ask(dir: &std::path::Path, sql: &str) -> crate::run::Ran {
    let args = [
        "lab",
        "w",
        "--as",
        "bob@clinic_b",
        "--format",
        "json",
        "--error-format",
        "json",
    ];
    subrosa(dir, &[&args[..], &["-c", sql]].concat())
}

#[test]
fn a_joint_question_is_answered_with_its_note() {
    let dir = world();
    let ran = ask(dir.path(), PATIENTS);
    let rows: Value = serde_json::from_str(&ran.out).unwrap();
    let expected = json!([
        { "diagnosis": "asthma", "patients": 10 },
        { "diagnosis": "flu", "patients": 20 },
        { "diagnosis": "gout", "patients": 10 },
    ]);
    assert_eq!((rows, ran.code), (expected, 0));
    assert_eq!(
        ran.err,
        "note: groups with fewer than 10 patients at a clinic are left out\n"
    );
}

#[test]
fn a_group_of_too_few_is_absent() {
    let dir = world();
    let sql =
        "SELECT COUNT(DISTINCT patient) AS n FROM clinic_a.visits WHERE day < DATE '2026-01-05'";
    let ran = ask(dir.path(), sql);
    assert_eq!((ran.out.as_str(), ran.code), ("[]\n", 0));
}

#[test]
fn refusals_name_code_rule_and_place() {
    let dir = world();
    let ran = ask(
        dir.path(),
        "SELECT patient, COUNT(*) FROM clinic_a.visits GROUP BY patient",
    );
    let error: Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!((ran.out.as_str(), ran.code), ("", 3));
    assert_eq!(error["code"], "E_ROLE_DIM");
    assert_eq!(
        error["rule"],
        json!({ "file": "clinic_a/visits.policy.toml", "line": 12 })
    );
    assert_eq!(
        error["span"],
        json!({ "line": 1, "column": 56, "end_column": 63 })
    );
    assert_eq!(error["statement"], 1);
}

#[test]
fn a_hidden_column_is_as_unknown_as_any() {
    let dir = world();
    let hidden = ask(dir.path(), "SELECT COUNT(name) FROM clinic_a.visits");
    let absent = ask(dir.path(), "SELECT COUNT(nope) FROM clinic_a.visits");
    let same = hidden.err.replace("name", "nope");
    assert_eq!((same, hidden.code), (absent.err, absent.code));
    assert_eq!(hidden.code, 3);
}

#[test]
fn the_worst_statement_decides_and_the_others_run() {
    let dir = world();
    let ran = ask(
        dir.path(),
        &format!("SELEC 1; {PATIENTS}; DELETE FROM clinic_a.visits"),
    );
    assert_eq!(
        (ran.out.lines().count(), ran.err.lines().count(), ran.code),
        (1, 3, 3)
    );
}

#[test]
fn the_owner_reads_its_own_rows() {
    let dir = world();
    let ran = ask(
        dir.path(),
        "SELECT COUNT(*) AS n, SUM(cost / 0) AS none FROM clinic_b.visits",
    );
    assert_eq!(
        (ran.out.as_str(), ran.code),
        ("[{\"n\":60,\"none\":null}]\n", 0)
    );
}

#[test]
fn a_changed_source_is_sealed_as_the_next_version() {
    let dir = world();
    assert_eq!(ask(dir.path(), PATIENTS).code, 0);
    let data = dir.path().join("w/clinic_a/visits.csv");
    let text = std::fs::read_to_string(&data).unwrap();
    std::fs::write(&data, text + "clinic_a-999,2026-01-01,gout,1.00,Somebody\n").unwrap();
    let ran = subrosa(dir.path(), &["lab", "w", "--status", "--format", "json"]);
    let status: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (&status[0]["version"], &status[0]["rows"]),
        (&json!(2), &json!(61))
    );
    assert_eq!(status[1]["version"], 1);
}

#[test]
fn a_world_that_is_wrong_says_where() {
    let dir = world();
    let file = dir.path().join("w/collaboration.toml");
    let text = std::fs::read_to_string(&file)
        .unwrap()
        .replace("purposes", "porpoises");
    std::fs::write(&file, text).unwrap();
    let ran = ask(dir.path(), PATIENTS);
    let error: Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(
        (ran.code, &error["help"]),
        (1, &json!("did you mean `purposes`?"))
    );
}

#[test]
fn several_statements_write_no_file() {
    let dir = world();
    let args = [
        "lab",
        "w",
        "-c",
        "SELECT 1; SELECT 2",
        "-o",
        "x.csv",
        "--format",
        "csv",
    ];
    let ran = subrosa(dir.path(), &args);
    assert_eq!((ran.code, dir.path().join("x.csv").exists()), (1, false));
}
