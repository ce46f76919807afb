//! The account of a party: charged before, never given back, for all analysts, over restarts.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::world::{World, ask, run};
use crate::run::subrosa;

const RITA: &str = "rita@regulator";

fn left(dir: &std::path::Path, table: &str) -> String {
    let sql = format!("EXPLAIN POLICY SELECT count(*) AS another FROM {table}");
    let ran = run(dir, RITA, &["-c", &sql]);
    let text = ran.out.replace("\\\"", "\"");
    let at = text
        .find(" are left")
        .unwrap_or_else(|| panic!("{text} {}", ran.err));
    let before = &text[..at];
    before[before.rfind("; ").unwrap() + 2..].to_owned()
}

#[test]
fn a_question_is_paid_once_and_answered_the_same_for_everybody() {
    let dir = World::new(("1", "3")).write();
    let sql = "SELECT country, count(*) n, avg(amount) a FROM bank_a.t GROUP BY country";
    let first = run(dir.path(), RITA, &["-c", sql]);
    assert_eq!(first.code, 0, "{}", first.err);
    assert_eq!(left(dir.path(), "bank_a.t"), "2 of 3");
    // Another analyst, another process, other spaces: the same plan over the same data.
    let again = run(
        dir.path(),
        "rob@regulator",
        &["-c", &sql.replace(", ", " ,  ")],
    );
    assert_eq!(first.out, again.out);
    let third = run(dir.path(), RITA, &["-c", sql]);
    assert_eq!(first.out, third.out);
    assert_eq!(left(dir.path(), "bank_a.t"), "2 of 3");
    assert_eq!(
        left(dir.path(), "bank_b.t"),
        "3 of 3",
        "another party's account"
    );
}

#[test]
fn other_spellings_are_other_questions_and_the_account_ends() {
    let dir = World::new(("1", "3")).write();
    let asked = ask(
        dir.path(),
        RITA,
        &[
            "SELECT count(*) AS a FROM bank_a.t",
            "SELECT count(*) AS b FROM bank_a.t",
            "SELECT count(*) AS b FROM bank_a.t WHERE 1 = 1",
            "SELECT count(*) AS c FROM bank_a.t",
            "SELECT count(*) AS a FROM bank_a.t",
            "SELECT count(*) AS a FROM bank_b.t",
            "SELECT count(*) AS a FROM bank_a.people",
        ],
    );
    let codes: Vec<Option<&str>> = (0..7).map(|at| asked.code(at)).collect();
    assert_eq!(
        codes,
        [
            None,
            None,
            None,
            Some("E_BUDGET"),
            None,
            None,
            Some("E_BUDGET")
        ]
    );
    let (_, message, help) = asked.refusals[3].clone().unwrap();
    assert_eq!(
        message,
        "bank_a lets all questions spend 3 of epsilon for every person: 3 are spent, and this question spends 1"
    );
    assert!(help.contains("costs nothing"), "{help}");
    assert_eq!(
        asked.answers[0], asked.answers[4],
        "answered before, so free"
    );
    // Another analyst of the same party finds nothing left, and so does the next process.
    let rob = ask(
        dir.path(),
        "rob@regulator",
        &["SELECT count(*) AS d FROM bank_a.t"],
    );
    assert_eq!(rob.code(0), Some("E_BUDGET"));
}

#[test]
fn several_releases_share_what_a_question_spends() {
    let dir = World::new(("1", "10")).write();
    let sql = "SELECT a.n - b.n AS d FROM (SELECT count(*) n FROM bank_a.t WHERE amount > 50) a CROSS JOIN (SELECT count(*) n FROM bank_a.t WHERE amount > 60) b";
    let asked = ask(dir.path(), RITA, &[sql]);
    assert!(asked.answers[0].is_some(), "{:?}", asked.refusals);
    assert_eq!(left(dir.path(), "bank_a.t"), "9 of 10");
    let sql = "SELECT a.n - b.n AS d FROM (SELECT count(*) n FROM bank_a.t) a CROSS JOIN (SELECT count(*) n FROM bank_b.t) b";
    let asked = ask(dir.path(), RITA, &[sql]);
    assert!(asked.answers[0].is_some(), "{:?}", asked.refusals);
    assert_eq!(
        left(dir.path(), "bank_a.t"),
        "8.5 of 10",
        "half of it was about bank_a"
    );
    assert_eq!(left(dir.path(), "bank_b.t"), "9.5 of 10");
}

#[test]
fn new_data_is_another_question_of_the_same_account() {
    let mut world = World::new(("1", "3"));
    let dir = world.write();
    let sql = "SELECT count(*) AS n FROM bank_a.t";
    run(dir.path(), RITA, &["-c", sql]);
    world
        .payments
        .get_mut("bank_a")
        .unwrap()
        .push(("p1".to_owned(), "LU", "1.00".to_owned(), 9));
    let other = world.write();
    let data = std::fs::read(other.path().join("bank_a/t.csv")).unwrap();
    std::fs::write(dir.path().join("bank_a/t.csv"), data).unwrap();
    let ran = run(dir.path(), RITA, &["-c", sql]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(left(dir.path(), "bank_a.t"), "1 of 3");
}

#[test]
fn whoever_is_killed_has_paid_for_what_was_told() {
    let dir = World::new(("1", "1000")).write();
    assert_eq!(left(dir.path(), "bank_a.t"), "1000 of 1000");
    let mut told = 0;
    for round in 0..8_u64 {
        let sql = format!("SELECT count(*) AS n{round} FROM bank_a.t");
        let mut child = Command::new(env!("CARGO_BIN_EXE_subrosa"))
            .args(["lab", ".", "--as", RITA, "--format", "json", "-c", &sql])
            .current_dir(dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(60 + 70 * round));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        told += u32::from(!output.stdout.is_empty());
    }
    let left: u32 = left(dir.path(), "bank_a.t")
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(
        left <= 1000 - told && left >= 1000 - 8,
        "{told} told, {left} left"
    );
    let verified = subrosa(dir.path(), &["ledger", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.err);
}

#[test]
fn an_account_that_was_changed_or_is_missing_ends_the_start() {
    let dir = World::new(("1", "3")).write();
    run(
        dir.path(),
        RITA,
        &["-c", "SELECT count(*) AS n FROM bank_a.t"],
    );
    let state = dir.path().join(".subrosa/state");
    let files = |folder: &std::path::Path| -> Vec<std::path::PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "state") {
                    found.push(path);
                }
            }
        }
        found
    };
    let file = files(&state).pop().unwrap();
    let whole = std::fs::read(&file).unwrap();
    let mut changed = whole.clone();
    let last = changed.len() - 5;
    changed[last] ^= 1;
    std::fs::write(&file, &changed).unwrap();
    let ran = run(
        dir.path(),
        RITA,
        &["-c", "SELECT count(*) AS m FROM bank_a.t"],
    );
    assert_eq!(ran.code, 4, "{}", ran.err);
    std::fs::remove_file(&file).unwrap();
    let ran = run(
        dir.path(),
        RITA,
        &["-c", "SELECT count(*) AS m FROM bank_a.t"],
    );
    assert_eq!(ran.code, 4, "{}", ran.err);
    std::fs::write(&file, whole).unwrap();
    assert_eq!(left(dir.path(), "bank_a.t"), "2 of 3");
}
