//! A question over its limits fails with one clear error; the program lives, and nothing spills.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const POLICY: &str = r#"policy = 1
table = "events"
[access]
owner = "full"
[disclosure]
min_contributors = 10
jitter = false
history = "off"
noise = "off"
[columns]
person = { unit = "person" }
label = { filter = true }
n = { filter = true }
"#;

/// One party with 20 000 rows of long labels, and limits.
fn world(limits: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut rows = String::from("person,label,n\n");
    for n in 0..20_000 {
        writeln!(rows, "p{},{}{n},{n}", n % 50, "secret".repeat(20)).unwrap();
    }
    let folder = dir.path().join("lab/solo");
    fs::create_dir_all(&folder).unwrap();
    fs::create_dir(dir.path().join("tmp")).unwrap();
    fs::write(folder.join("events.csv"), rows).unwrap();
    fs::write(folder.join("events.policy.toml"), POLICY).unwrap();
    let world = format!(
        "name = \"solo\"\n[parties.solo]\nanalysts = [\"ada\"]\n[parties.solo.tables.events]\n\
         data = \"solo/events.csv\"\npolicy = \"solo/events.policy.toml\"\n[engine]\n{limits}\n"
    );
    fs::write(dir.path().join("lab/collaboration.toml"), world).unwrap();
    dir
}

/// Answers, errors by line, and the exit code; temporary files go to a folder of their own.
fn ask(dir: &Path, sql: &str) -> (String, Vec<Value>, i32) {
    let ran = Command::new(env!("CARGO_BIN_EXE_subrosa"))
        .args([
            "lab",
            "lab",
            "--format",
            "json",
            "--error-format",
            "json",
            "-c",
            sql,
        ])
        .current_dir(dir)
        .env("TMPDIR", dir.join("tmp"))
        .output()
        .unwrap();
    let errors = String::from_utf8(ran.stderr).unwrap();
    let errors = errors
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let code = ran.status.code().unwrap();
    (
        String::from_utf8(ran.stdout).unwrap(),
        errors.collect(),
        code,
    )
}

#[test]
fn more_memory_than_allowed_is_one_error_and_no_file() {
    let dir = world("memory = \"4MiB\"");
    let big = "SELECT label, n, COUNT(*) AS c FROM solo.events GROUP BY label, n ORDER BY c";
    let small = "SELECT COUNT(*) AS c FROM solo.events";
    let (out, errors, code) = ask(dir.path(), &format!("{big}; {small}"));
    assert_eq!((out.as_str(), code), ("[{\"c\":20000}]\n", 2));
    assert_eq!(errors.len(), 1);
    assert_eq!(
        errors[0]["message"],
        "the question needs more memory than the engine allows; narrow it, or raise `memory` under [engine]"
    );
    assert_eq!(fs::read_dir(dir.path().join("tmp")).unwrap().count(), 0);
}

/// What releases hold counts as well: for each group who stands behind it.
#[test]
fn so_is_a_release_of_very_many_groups() {
    for mode in ["", "mode = \"dp\""] {
        let dir = world("memory = \"8MiB\"");
        let file = dir.path().join("lab/solo/events.policy.toml");
        let policy = POLICY.replace("owner = \"full\"", "owner = \"policy\"");
        let policy = policy.replace("filter = true", "filter = true, dimension = true");
        let policy = if mode.is_empty() {
            policy
        } else {
            let head = "[disclosure]\nmode = \"dp\"\n[disclosure.dp]\nepsilon = 1\ndelta = 1e-6\nunit = \"person\"\nmax_groups = 2\ntotal_epsilon = 10\n";
            let (before, after) = policy.split_once("[disclosure]\n").unwrap();
            let (_, after) = after.split_once("[columns]").unwrap();
            format!("{before}{head}[columns]{after}")
        };
        fs::write(file, policy).unwrap();
        let big = "SELECT label, n, COUNT(*) AS c, COUNT(DISTINCT n) AS d, COUNT(DISTINCT label) AS e FROM solo.events GROUP BY label, n";
        let (out, errors, code) = ask(dir.path(), big);
        assert_eq!((out.as_str(), code), ("", 2), "{errors:?}");
        assert_eq!(errors.len(), 1);
        assert_eq!(
            errors[0]["message"],
            "the question needs more memory than the engine allows; narrow it, or raise `memory` under [engine]"
        );
    }
}

#[test]
fn more_time_than_allowed_is_one_error() {
    let dir = world("timeout = \"1s\"");
    let slow = "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 1000000000) \
        SELECT COUNT(*) AS c FROM r";
    let quick = "SELECT COUNT(*) AS c FROM solo.events";
    let (out, errors, code) = ask(dir.path(), &format!("{slow}; {quick}"));
    assert_eq!((out.as_str(), code), ("[{\"c\":20000}]\n", 2));
    assert_eq!(
        errors[0]["message"],
        "the question took longer than the engine allows"
    );
    assert_eq!(errors.len(), 1);
}

#[test]
fn what_could_not_end_is_refused_before_it_begins() {
    let dir = world("timeout = \"1s\"");
    let sql = "SELECT COUNT(*) FROM solo.events a, solo.events b";
    let (out, errors, code) = ask(dir.path(), sql);
    assert_eq!(
        (out.as_str(), &errors[0]["code"], code),
        ("", &"E_COST".into(), 3)
    );
}

#[test]
fn a_text_that_is_short_only_as_it_is_written_is_refused_before_it_is_planned() {
    let dir = world("");
    let mut sql = "WITH c0 AS (SELECT n FROM solo.events)".to_owned();
    for n in 1..25 {
        let before = n - 1;
        sql = format!("{sql}, c{n} AS (SELECT n FROM c{before} UNION ALL SELECT n FROM c{before})");
    }
    let (out, errors, code) = ask(dir.path(), &format!("{sql} SELECT COUNT(*) FROM c24"));
    assert_eq!(
        (out.as_str(), &errors[0]["code"], code),
        ("", &"E_COST".into(), 3)
    );
}

#[test]
fn values_that_cannot_be_computed_are_null() {
    let dir = world("");
    let sql = "SELECT SUM(n * 9223372036854775807) AS wraps, MAX(1 / (n - n)) AS zero, \
        COUNT(CAST(label AS INT)) AS parsed FROM solo.events";
    let (out, errors, code) = ask(dir.path(), sql);
    assert_eq!((errors.len(), code), (0, 0), "{errors:?}");
    assert_eq!(
        out,
        "[{\"wraps\":\"9223372036854775807\",\"zero\":null,\"parsed\":0}]\n"
    );
}

#[test]
fn functions_that_make_much_of_little_are_refused_by_name() {
    let dir = world("");
    let (out, errors, code) = ask(dir.path(), "SELECT repeat(label, 1000000) FROM solo.events");
    assert_eq!(
        (out.as_str(), &errors[0]["code"], code),
        ("", &"E_FN".into(), 3)
    );
}
