//! Policies with their defaults: history, noise and jitter, over restarts, table versions, crashes and tampering.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::run::{Ran, subrosa};

const COUNTS: &str = "SELECT diagnosis, COUNT(*) AS n, SUM(cost) AS cost, AVG(cost) AS mean FROM clinic_a.visits GROUP BY diagnosis";

/// A world whose clinic A owes everything that is owed by default, and what `more` says.
fn world(more: &str) -> tempfile::TempDir {
    let dir = crate::run::world();
    let policy = dir.path().join("w/clinic_a/visits.policy.toml");
    let text = std::fs::read_to_string(&policy).unwrap();
    let text: String = text
        .lines()
        .filter(|line| {
            !["jitter", "history", "noise"]
                .iter()
                .any(|name| line.starts_with(name))
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    std::fs::write(
        &policy,
        text.replace("[columns]", &format!("{more}\n[columns]")),
    )
    .unwrap();
    write_visits(dir.path(), |_| true);
    dir
}

/// Visits of those patients of clinic A who are wanted.
fn write_visits(dir: &Path, wanted: impl Fn(u32) -> bool) {
    let mut text = "patient,day,diagnosis,cost,name\n".to_owned();
    for patient in (0..240_u32).filter(|patient| wanted(*patient)) {
        let diagnosis = ["asthma", "flu", "gout"][(patient % 3) as usize];
        let (month, cost) = (patient % 12 + 1, 10 + patient % 50);
        writeln!(
            text,
            "p{patient},2026-{month:02}-01,{diagnosis},{cost}.50,Somebody"
        )
        .unwrap();
    }
    std::fs::write(dir.join("w/clinic_a/visits.csv"), text).unwrap();
}

fn ask(dir: &Path, sql: &[&str]) -> Ran {
    let mut args = vec![
        "lab",
        "w",
        "--as",
        "bob@clinic_b",
        "--format",
        "json",
        "--error-format",
        "json",
    ];
    for statement in sql {
        args.extend(["-c", statement]);
    }
    subrosa(dir, &args)
}

fn told(dir: &Path, sql: &str) -> String {
    let ran = ask(dir, &[sql]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out
}

fn numbers(out: &str, column: &str) -> Vec<i64> {
    let rows: Value = serde_json::from_str(out).unwrap();
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| row[column].as_i64().unwrap())
        .collect()
}

fn state_files(dir: &Path) -> Vec<PathBuf> {
    let folder = dir.join("w/.subrosa/state/engine.sealed");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn answers_are_near_noted_and_the_same_again() {
    let dir = world("");
    let ran = ask(dir.path(), &[COUNTS]);
    let counts = numbers(&ran.out, "n");
    assert_eq!(counts.len(), 3, "{}", ran.out);
    assert!(counts.iter().all(|n| (n - 80).abs() < 30), "{counts:?}");
    assert_eq!(
        ran.err,
        "note: groups with fewer than 10 patients at a clinic are left out; changes by fewer than 10 patients at a \
         clinic are not shown; numbers carry noise, and the same question gets the same numbers\n"
    );
    assert_eq!(told(dir.path(), COUNTS), ran.out, "in another process");
    write_visits(dir.path(), |patient| patient != 8);
    assert_eq!(
        told(dir.path(), COUNTS),
        ran.out,
        "another table version, with one patient less"
    );
    let spelt = "SELECT d AS diagnosis, COUNT(p) AS n FROM (SELECT diagnosis AS d, patient AS p FROM clinic_a.visits \
                 WHERE NOT (diagnosis <> 'flu')) GROUP BY d";
    assert_eq!(
        numbers(&told(dir.path(), spelt), "n"),
        counts[1..2],
        "in other words"
    );
    let whole = told(dir.path(), "SELECT COUNT(*) AS n FROM clinic_a.visits");
    assert_eq!(
        numbers(&whole, "n"),
        [counts.iter().sum::<i64>()],
        "a total is the sum of its groups"
    );
}

#[test]
fn other_worlds_have_other_noise() {
    let answers: std::collections::BTreeSet<String> =
        (0..3).map(|_| told(world("").path(), COUNTS)).collect();
    assert!(answers.len() > 1);
}

#[test]
fn one_patient_does_not_show_whichever_way_it_is_asked() {
    let dir = world("");
    let all =
        "SELECT COUNT(DISTINCT patient) AS n FROM clinic_a.visits WHERE day < DATE '2026-12-01'";
    let more =
        "SELECT COUNT(DISTINCT patient) AS n FROM clinic_a.visits WHERE day < DATE '2027-01-01'";
    write_visits(dir.path(), |patient| {
        patient < 200 && (patient % 12 != 11 || patient < 12)
    });
    let (one, two) = (told(dir.path(), all), told(dir.path(), more));
    assert_eq!(one, two, "one patient came in December");
}

#[test]
fn a_sum_of_several_measures_is_refused_with_another_way() {
    let dir = world("");
    let ran = ask(
        dir.path(),
        &["SELECT SUM(cost + 1) AS s FROM clinic_a.visits"],
    );
    let error: Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(
        (ran.code, &error["code"]),
        (3, &json!("E_MEASURE_EXPR")),
        "{}",
        ran.err
    );
    assert!(
        error["help"]
            .as_str()
            .unwrap()
            .contains("SUM(a) + 2 * SUM(b)")
    );
    assert_eq!(
        ask(
            dir.path(),
            &["SELECT SUM(cost) + COUNT(cost) AS s FROM clinic_a.visits"]
        )
        .code,
        0
    );
}

#[test]
fn budgets_count_questions_over_restarts_and_not_answers() {
    let dir = world("questions = { count = 3, per = \"year\" }");
    let none = "SELECT COUNT(*) AS n FROM clinic_a.visits WHERE day < DATE '2020-01-01'";
    assert_eq!(told(dir.path(), none), "[]\n");
    let mean = "SELECT AVG(cost) AS m FROM clinic_a.visits";
    let first = told(dir.path(), mean);
    let ran = ask(dir.path(), &["SELECT COUNT(*) AS n FROM clinic_a.visits"]);
    let error: Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(
        (ran.code, &error["code"]),
        (3, &json!("E_BUDGET")),
        "{}",
        ran.err
    );
    assert_eq!(
        error["message"],
        "clinic_b may ask clinic_a.visits for 3 statistics a year: 3 are spent, and this question asks for 1"
    );
    assert_eq!(
        told(dir.path(), mean),
        first,
        "what was asked before is free"
    );
    let own = [
        "lab",
        "w",
        "--as",
        "alice@clinic_a",
        "-c",
        "SELECT COUNT(*) AS n FROM clinic_a.visits",
    ];
    assert_eq!(
        subrosa(dir.path(), &own).code,
        0,
        "an owner's questions to itself are not counted"
    );
}

#[test]
fn a_state_that_is_missing_old_or_changed_ends_in_exit_4() {
    let dir = world("");
    told(dir.path(), COUNTS);
    let old = std::fs::read(&state_files(dir.path())[0]).unwrap();
    told(dir.path(), "SELECT COUNT(*) AS n FROM clinic_a.visits");
    let files = state_files(dir.path());
    assert_eq!(files.len(), 2);
    for file in &files {
        let good = std::fs::read(file).unwrap();
        for at in [0, 20, 200, good.len() / 2, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(file, &bad).unwrap();
            assert_eq!(
                ask(dir.path(), &[COUNTS]).code,
                4,
                "byte {at} of {}",
                file.display()
            );
        }
        std::fs::remove_file(file).unwrap();
        let ran = ask(dir.path(), &[COUNTS]);
        assert_eq!(ran.code, 4, "{}", ran.err);
        assert!(ran.err.contains("the engine's state"), "{}", ran.err);
        std::fs::write(file, &good).unwrap();
    }
    std::fs::write(&files[1], &old).unwrap();
    assert_eq!(ask(dir.path(), &[COUNTS]).code, 4);
    let plain = ["patient", "asthma", "diagnosis"];
    assert!(plain.iter().all(|word| {
        !old.windows(word.len())
            .any(|bytes| bytes == word.as_bytes())
    }));
}

#[test]
fn another_seed_opens_nothing() {
    let dir = world("");
    told(dir.path(), COUNTS);
    let seed = dir.path().join("w/.subrosa/keys/clinic_a/state.seed");
    let good = std::fs::read_to_string(&seed).unwrap();
    std::fs::write(&seed, "07".repeat(32)).unwrap();
    let ran = ask(dir.path(), &[COUNTS]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(
        ran.err.contains("does not open with these seeds"),
        "{}",
        ran.err
    );
    std::fs::write(&seed, good).unwrap();
    assert_eq!(ask(dir.path(), &[COUNTS]).code, 0);
}

#[test]
fn killed_at_any_point_what_was_told_is_told_again() {
    let dir = world("");
    let mut seen = std::collections::BTreeSet::new();
    for round in 0..12_u64 {
        let child = Command::new(env!("CARGO_BIN_EXE_subrosa"))
            .args([
                "lab",
                "w",
                "--as",
                "bob@clinic_b",
                "--format",
                "json",
                "-c",
                COUNTS,
            ])
            .current_dir(dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = child.unwrap();
        std::thread::sleep(Duration::from_millis(60 * round + 5));
        child.kill().unwrap();
        let out = child.wait_with_output().unwrap().stdout;
        let out = String::from_utf8(out).unwrap();
        if !out.is_empty() {
            seen.insert(out);
        }
    }
    seen.insert(told(dir.path(), COUNTS));
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(
        subrosa(dir.path(), &["ledger", "verify", "--world", "w"]).code,
        0
    );
}
