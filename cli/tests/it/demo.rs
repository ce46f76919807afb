//! The demo tells its story, tells it again, and says clearly what is in its way.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::run::{Ran, subrosa};

/// A world that is small and still has enough schemes for a threshold of ten.
const SMALL: [&str; 4] = ["--sf", "0.01", "--schemes", "20"];

fn demo(dir: &std::path::Path, more: &[&str]) -> Ran {
    subrosa(dir, &[&["demo", "--dir", "w"], more].concat())
}

fn count(value: &Value, name: &str) -> i64 {
    value[name].as_i64().unwrap()
}

#[test]
fn the_story_and_the_same_facts_again() {
    let dir = tempfile::tempdir().unwrap();
    let told = demo(dir.path(), &SMALL);
    assert_eq!(told.code, 0, "{}", told.err);
    for word in [
        "UNATTESTED",
        "E_ROLE_DIM",
        "E_FILTER_GRAIN",
        "(no such row)",
        "exit code 4",
        "help: ",
    ] {
        assert!(told.out.contains(word), "{word} is missing:\n{}", told.out);
    }
    assert!(
        told.out.lines().all(|line| line.chars().count() <= 110),
        "{}",
        told.out
    );

    let again = demo(dir.path(), &["--format", "json"]);
    assert_eq!(
        (again.code, again.out.lines().count()),
        (0, 1),
        "{}",
        again.err
    );
    let facts: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(
        (&facts["reused"], &facts["attested"]),
        (&true.into(), &false.into())
    );
    let found = facts["found"].as_array().unwrap();
    let joint_only = found
        .iter()
        .filter(|f| f["alone"] == serde_json::json!([0, 0, 0, 0]));
    assert!(joint_only.count() >= 3, "{found:?}");
    for finding in found {
        assert!(count(finding, "together") >= 10, "{finding}");
        assert!(
            told.out.contains(&count(finding, "together").to_string()),
            "{finding}"
        );
    }
    for measured in facts["recall"].as_array().unwrap() {
        let (planted, together) = (count(measured, "planted"), count(measured, "together"));
        assert!(
            planted == 20 && together <= planted && count(measured, "alone") <= together,
            "{measured}"
        );
    }
    assert!(!facts["withheld"]["absent"].as_array().unwrap().is_empty());
    assert_eq!(facts["refused"].as_array().unwrap().len(), 2);
    assert!(count(&facts, "receipts") > 20 && facts["tampered"].is_string());
}

#[test]
fn recall_is_measured_not_remembered() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(demo(dir.path(), &SMALL).code, 0);
    // Another world's truth is about other accounts: these rules must find less of it here.
    let other = [
        "generate",
        "aml",
        "--sf",
        "0.01",
        "--patterns",
        "20",
        "--seed",
        "7",
        "--dir",
        "other",
    ];
    assert_eq!(subrosa(dir.path(), &other).code, 0);
    let truth = "truth/pattern_accts.parquet";
    std::fs::copy(
        dir.path().join("other").join(truth),
        dir.path().join("w").join(truth),
    )
    .unwrap();
    let again = demo(dir.path(), &["--format", "json"]);
    assert_eq!(again.code, 0, "{}", again.err);
    let facts: Value = serde_json::from_str(&again.out).unwrap();
    let found = |f: &Value| count(f, "together");
    let total: i64 = facts["recall"].as_array().unwrap().iter().map(found).sum();
    assert!(total < 60, "{}", facts["recall"]);
}

#[test]
fn what_is_in_its_way_is_said() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("w")).unwrap();
    std::fs::write(dir.path().join("w/precious.txt"), "mine").unwrap();
    let other = demo(dir.path(), &SMALL);
    assert_eq!(other.code, 1);
    assert!(
        other.err.contains("not a world of this demo") && other.err.contains("--dir"),
        "{}",
        other.err
    );
    std::fs::write(dir.path().join("file"), "").unwrap();
    let blocked = subrosa(dir.path(), &["demo", "--dir", "file/w"]);
    assert_eq!(blocked.code, 2);
    assert!(
        blocked.err.contains("file") && blocked.err.contains("--dir"),
        "{}",
        blocked.err
    );
    let serve = demo(dir.path(), &["--serve"]);
    assert!(serve.code == 1 && serve.err.starts_with("unsupported"));
    let small = subrosa(dir.path(), &["demo", "--dir", "x", "--sf", "0.001"]);
    assert!(
        small.code == 1 && small.err.contains("scale"),
        "{}",
        small.err
    );
}

#[test]
fn a_world_of_another_size_is_not_taken_for_this_one_and_a_half_made_one_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let made = [
        "generate",
        "aml",
        "--sf",
        "0.01",
        "--patterns",
        "20",
        "--dir",
        "w",
    ];
    assert_eq!(subrosa(dir.path(), &made).code, 0);
    let other = demo(dir.path(), &["--sf", "0.02"]);
    assert!(
        other.code == 1 && other.err.contains("another size"),
        "{}",
        other.err
    );
    std::fs::remove_file(dir.path().join("w/collaboration.toml")).unwrap();
    let told = demo(dir.path(), &[&SMALL[..], &["--format", "json"]].concat());
    assert_eq!(told.code, 0, "{}", told.err);
    let facts: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(facts["reused"], false);
}

#[test]
fn when_nobody_listens_it_stops() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_subrosa"))
        .args(["demo", "--dir", "w"])
        .args(SMALL)
        .current_dir(dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    let err = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(2), "{err}");
    assert!(err.contains("standard output"), "{err}");
}
