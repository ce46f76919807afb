//! `policy`: what a security officer does, with no engine and no network but for `test`.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::run::{subrosa, world};

const POLICY: &str = "w/clinic_a/visits.policy.toml";

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn lint_finds_everything_at_once_with_carets() {
    let dir = world();
    let bad = "policy = 1\ntable = \"t\"\n[disclosure]\nmin_contributors = 0\n[columns]\nid = { unt = \"x\" }\nb = { dimension = \"sometimes\" }\n";
    std::fs::write(dir.path().join("bad.toml"), bad).unwrap();
    let ran = subrosa(dir.path(), &["policy", "lint", "bad.toml"]);
    assert_eq!(ran.code, 1);
    for says in [
        "bad.toml:4:",
        "bad.toml:6:",
        "bad.toml:7:",
        "^",
        "did you mean",
    ] {
        assert!(ran.out.contains(says), "{says}: {}", ran.out);
    }
    let found = lines(
        &subrosa(
            dir.path(),
            &["policy", "lint", "bad.toml", "--format", "json"],
        )
        .out,
    );
    let places: Vec<_> = found
        .iter()
        .map(|found| found["line"].as_u64().unwrap())
        .collect();
    assert_eq!(places, [4, 6, 7]);
    assert!(found.iter().all(|found| found["severity"] == "error"));
}

#[test]
fn a_warning_is_no_error() {
    let dir = world();
    let ran = subrosa(dir.path(), &["policy", "lint", POLICY, "--format", "json"]);
    assert_eq!(ran.code, 0);
    assert!(
        lines(&ran.out)
            .iter()
            .all(|found| found["severity"] == "warning")
    );
    assert!(
        !ran.out.is_empty(),
        "noise is off, which an officer should know"
    );
}

#[test]
fn a_world_is_linted_with_the_columns_of_its_data() {
    let dir = world();
    let clean = subrosa(dir.path(), &["policy", "lint", "w"]);
    assert_eq!(clean.code, 0, "{}", clean.out);
    let path = dir.path().join(POLICY);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("cost      =", "price     =")).unwrap();
    let wrong = subrosa(dir.path(), &["policy", "lint", "w"]);
    assert_eq!(wrong.code, 1, "{}", wrong.out);
    assert!(wrong.out.contains("price"), "{}", wrong.out);
    assert_eq!(
        subrosa(dir.path(), &["policy", "lint", POLICY]).code,
        0,
        "without data it fits"
    );
    let data = ["policy", "lint", POLICY, "--data", "w/clinic_a/visits.csv"];
    assert_eq!(subrosa(dir.path(), &data).code, 1);
}

#[test]
fn fmt_settles_and_keeps_what_is_said() {
    let dir = world();
    let path = dir.path().join(POLICY);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        text.replace(" = ", "=").replace("jitter  =", "jitter="),
    )
    .unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let explained = subrosa(dir.path(), &["policy", "explain", POLICY]).out;
    assert_eq!(
        subrosa(dir.path(), &["policy", "fmt", "--check", POLICY]).code,
        1
    );
    assert_eq!(subrosa(dir.path(), &["policy", "fmt", POLICY]).code, 0);
    assert_eq!(
        subrosa(dir.path(), &["policy", "fmt", "--check", POLICY]).code,
        0
    );
    assert_eq!(
        subrosa(dir.path(), &["policy", "explain", POLICY]).out,
        explained
    );
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn explain_and_diff_speak_json_too() {
    let dir = world();
    let explained = subrosa(
        dir.path(),
        &["policy", "explain", POLICY, "--format", "json"],
    );
    assert_eq!(lines(&explained.out)[0]["table"], "visits");
    let text = std::fs::read_to_string(dir.path().join(POLICY)).unwrap();
    let wider = text.replace("{ hidden = true }", "{ dimension = true }");
    std::fs::write(dir.path().join("new.toml"), wider).unwrap();
    let diff = subrosa(
        dir.path(),
        &["policy", "diff", POLICY, "new.toml", "--format", "json"],
    );
    let diff = lines(&diff.out).remove(0);
    let newly = diff["newly_possible"].as_array().unwrap();
    assert!(!newly.is_empty());
    assert!(
        newly
            .iter()
            .all(|line| line.as_str().unwrap().starts_with("`name`")),
        "{diff}"
    );
    assert_eq!(diff["no_longer"], json!([]));
}

#[test]
fn a_draft_is_a_policy_that_fits_its_data() {
    let dir = world();
    let draft = subrosa(
        dir.path(),
        &[
            "policy",
            "draft",
            "w/clinic_a/visits.csv",
            "--with",
            "clinic_b",
        ],
    );
    assert_eq!(draft.code, 0, "{}", draft.err);
    std::fs::write(dir.path().join("draft.toml"), &draft.out).unwrap();
    let lint = [
        "policy",
        "lint",
        "draft.toml",
        "--data",
        "w/clinic_a/visits.csv",
        "--format",
        "json",
    ];
    let ran = subrosa(dir.path(), &lint);
    let errors: Vec<_> = lines(&ran.out)
        .into_iter()
        .filter(|found| found["severity"] == "error" && found["lint"] != "unsupported_obligation")
        .collect();
    assert_eq!(errors, Vec::<Value>::new());
}

#[test]
fn questions_are_tested_against_policies() {
    let dir = world();
    let tests = dir.path().join("w/tests");
    std::fs::create_dir(&tests).unwrap();
    let text = "-- @as bob@clinic_b\n-- @step 1 expect=allow\nSELECT COUNT(*) FROM clinic_a.visits;\n\
        -- @step 2 expect=deny(E_ROLE_DIM)\nSELECT patient, COUNT(*) FROM clinic_a.visits GROUP BY patient;\n";
    std::fs::write(tests.join("a.sql"), text).unwrap();
    let passed = subrosa(dir.path(), &["policy", "test", "w"]);
    assert_eq!(
        (passed.out.as_str(), passed.code),
        ("2 steps passed, 0 failed\n", 0),
        "{}",
        passed.err
    );
    std::fs::write(
        tests.join("b.sql"),
        text.replace("expect=allow", "expect=deny(E_JOIN)"),
    )
    .unwrap();
    let failed = subrosa(dir.path(), &["policy", "test", "w", "--format", "json"]);
    assert_eq!(failed.code, 1);
    let wrong: Vec<_> = lines(&failed.out)
        .into_iter()
        .filter(|s| s["passed"] == false)
        .collect();
    assert_eq!(wrong.len(), 1);
    assert_eq!(wrong[0]["actual"], "allow");
    std::fs::write(tests.join("c.sql"), "-- @stp 1\nSELECT 1;\n").unwrap();
    let broken = subrosa(dir.path(), &["policy", "test", "w"]);
    assert!(
        broken.code == 1 && broken.err.contains("c.sql:1:"),
        "{}",
        broken.err
    );
}
