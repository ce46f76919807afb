//! Nothing secret is found where it may not be: planted values and keys are searched for in every
//! byte that the program writes.

mod needles;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::run::{Ran, subrosa, world};
use needles::{Needle, found_in};

/// Values that no answer to anybody else may hold, planted in clinic A's rows.
const HIDDEN: &str = "Xanthippe Quillfeather";
const FILTERED: &str = "zzfilteredpatient";
const LONELY: &str = "zzrarediagnosis";
const TEXT: &str = "zz12notanumber34";
const COST: &str = "987654321";

/// The party's own files: its sources and its keys.
fn is_own(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.contains("/.subrosa/keys/") || (!text.contains("/.subrosa/") && text.ends_with(".csv"))
}

/// A world whose rows at clinic A hold what must not be found again.
fn planted() -> tempfile::TempDir {
    let dir = world();
    let folder = dir.path().join("w/clinic_a");
    let data = folder.join("visits.csv");
    let mut text = std::fs::read_to_string(&data).unwrap();
    for row in 0..12 {
        writeln!(text, "{FILTERED}{row},2026-01-01,secret-ward,1.00,Somebody").unwrap();
    }
    writeln!(text, "clinic_a-900,2026-01-02,{LONELY},{COST}.25,{HIDDEN}").unwrap();
    writeln!(text, "clinic_a-901,2026-01-02,{TEXT},0.00,Somebody").unwrap();
    std::fs::write(data, text).unwrap();
    let policy = folder.join("visits.policy.toml");
    let mut text = std::fs::read_to_string(&policy).unwrap();
    text.push_str("\n[rows]\nwhere = \"diagnosis <> 'secret-ward'\"\n");
    std::fs::write(policy, text).unwrap();
    dir
}

/// Questions that are answered, withheld, refused, fail to parse, and would fail on data.
const QUESTIONS: &[&str] = &[
    "SELECT diagnosis, COUNT(DISTINCT patient) AS n FROM clinic_a.visits GROUP BY diagnosis",
    "SELECT diagnosis, SUM(cost) AS s, AVG(cost) AS m FROM clinic_a.visits GROUP BY diagnosis",
    "SELECT COUNT(*) AS n FROM clinic_a.visits WHERE diagnosis LIKE 'zz%'",
    "SELECT DISTINCT diagnosis FROM clinic_a.visits",
    "SELECT * FROM clinic_a.visits",
    "SELECT name FROM clinic_a.visits",
    "SELECT MAX(patient) FROM clinic_a.visits",
    "SELECT SUM(CAST(diagnosis AS BIGINT)) FROM clinic_a.visits",
    "SELECT COUNT(*) FROM clinic_a.visits WHERE CAST(diagnosis AS INT) > 3",
    "SELECT SUM(1 / (cost - 1)) FROM clinic_a.visits",
    "SELECT SUM(cost * 1000000000000000000 * 1000000000000000000) FROM clinic_a.visits",
    "SELECT SUM(cost % 0) AS s FROM clinic_a.visits",
    "SELECT COUNT(*) FROM clinic_a.visits WHERE CAST(patient AS DATE) IS NULL",
    "SELEC diagnosis FROM clinic_a.visits",
    "COPY clinic_a.visits TO 'leak.csv'",
    "EXPLAIN ANALYZE SELECT COUNT(*) FROM clinic_a.visits",
    "EXPLAIN POLICY SELECT diagnosis, COUNT(*) AS n FROM clinic_a.visits GROUP BY diagnosis",
    "EXPLAIN POLICY SELECT name, patient FROM clinic_a.visits",
    "SHOW TABLES",
    "DESCRIBE clinic_a.visits",
];

/// What the owner may ask of its own rows and still must not be told by an error.
const OWN_QUESTIONS: &[&str] = &[
    "SELECT COUNT(*) AS n, SUM(CAST(diagnosis AS BIGINT)) AS none FROM clinic_a.visits",
    "SELECT SUM(cost / 0) AS none FROM clinic_a.visits",
    "SELECT COUNT(CAST(patient AS TIMESTAMP)) AS n FROM clinic_a.visits",
    "SELECT SUM(CAST(cost * 100 AS BIGINT) * 9223372036854775807) AS s FROM clinic_a.visits",
    "SELECT COUNT(date_part('year', CAST(diagnosis AS DATE))) AS n FROM clinic_a.visits",
    "SELECT arrow_cast(diagnosis, 'Int8') AS x FROM clinic_a.visits",
    "SELECT COUNT(make_date(2026, CAST(cost AS INT), 1)) AS n FROM clinic_a.visits",
];

fn needles_of(dir: &Path) -> Vec<Needle> {
    let mut needles: Vec<Needle> = [HIDDEN, FILTERED, LONELY, TEXT, COST]
        .into_iter()
        .flat_map(Needle::of_text)
        .collect();
    let keys = needles::files(&dir.join("w/.subrosa/keys"));
    assert!(keys.len() >= 6, "{keys:?}");
    for key in keys {
        let text = std::fs::read_to_string(&key).unwrap();
        needles.extend(Needle::of_key(&key, text.trim()));
    }
    needles
}

/// Asks several statements in one run, none of which may make the program fail as a whole.
fn ask(root: &Path, who: &str, how: &[&str], statements: &[&str]) -> Ran {
    let mut args = vec!["lab", "w", "--as", who];
    args.extend(how);
    args.extend(statements.iter().flat_map(|sql| ["-c", sql]));
    let ran = subrosa(root, &args);
    assert!(!ran.out.is_empty(), "{}", ran.err);
    assert_ne!(ran.code, 4, "{}", ran.err);
    ran
}

fn clean(what: &str, bytes: &[u8], needles: &[Needle]) {
    if let Some(needle) = found_in(bytes, needles) {
        panic!("{what} holds {needle}");
    }
}

fn said(ran: &Ran, what: &str, needles: &[Needle]) {
    clean(&format!("stdout of {what}"), ran.out.as_bytes(), needles);
    clean(&format!("stderr of {what}"), ran.err.as_bytes(), needles);
}

#[test]
fn no_planted_value_and_no_key_is_written_or_said() {
    let dir = planted();
    let root = dir.path();
    assert_eq!(subrosa(root, &["lab", "w", "--status"]).code, 0);
    let needles = needles_of(root);
    for format in ["json", "csv", "table", "markdown", "ndjson"] {
        for errors in ["human", "json"] {
            let how = ["--error-format", errors, "--format", format];
            said(
                &ask(root, "bob@clinic_b", &how, QUESTIONS),
                format,
                &needles,
            );
        }
    }
    for format in ["parquet", "arrow"] {
        let file = format!("answer.{format}");
        let args = [
            "lab",
            "w",
            "--as",
            "bob@clinic_b",
            "--format",
            format,
            "-o",
            &file,
            "-c",
            QUESTIONS[0],
        ];
        let ran = subrosa(root, &args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        said(&ran, format, &needles);
    }
    let own = ask(root, "alice@clinic_a", &["--format", "json"], OWN_QUESTIONS);
    said(&own, "the owner's questions", &needles);
    for args in [
        &["contract", "show", "--world", "w"][..],
        &[
            "table",
            "inspect",
            "clinic_a.visits",
            "--json",
            "--world",
            "w",
        ],
        &["ledger", "log", "--world", "w"],
        &["lab", "w", "--status"],
    ] {
        said(&subrosa(root, args), args[0], &needles);
    }
    let files = needles::files(root);
    let written: Vec<_> = files.iter().filter(|file| !is_own(file)).collect();
    assert!(written.len() > 30, "{}", written.len());
    for file in written {
        clean(
            &file.display().to_string(),
            &std::fs::read(file).unwrap(),
            &needles,
        );
    }
}

#[test]
fn what_is_searched_for_is_found_where_it_lies() {
    let dir = planted();
    assert_eq!(subrosa(dir.path(), &["lab", "w", "--status"]).code, 0);
    let needles = needles_of(dir.path());
    for file in needles::files(dir.path())
        .iter()
        .filter(|file| is_own(file))
    {
        let expected = file.to_string_lossy().contains("clinic_a/visits.csv")
            || file
                .extension()
                .is_some_and(|extension| extension == "key" || extension == "seed");
        let found = found_in(&std::fs::read(file).unwrap(), &needles).is_some();
        assert_eq!(found, expected, "{}", file.display());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_core_file_is_left() {
    let dir = planted();
    let program = env!("CARGO_BIN_EXE_subrosa");
    // The shell allows core files of any size; the program itself must not.
    let script = format!("ulimit -c unlimited; exec '{program}' lab w --as bob@clinic_b");
    let mut child = Command::new("sh")
        .args(["-c", &script])
        .current_dir(dir.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let limits = format!("/proc/{}/limits", child.id());
    let is_zero = || {
        let text = std::fs::read_to_string(&limits).unwrap();
        let line = text
            .lines()
            .find(|line| line.starts_with("Max core file size"));
        let numbers: Vec<&str> = line.unwrap().split_whitespace().skip(4).take(2).collect();
        numbers == ["0", "0"]
    };
    while !is_zero() {
        assert!(
            child.try_wait().unwrap().is_none(),
            "ended without setting its limit"
        );
        std::thread::yield_now();
    }
    let abort = Command::new("kill")
        .args(["-ABRT", &child.id().to_string()])
        .status();
    assert!(abort.unwrap().success());
    child.wait().unwrap();
    for file in needles::files(dir.path()) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        assert!(!name.starts_with("core"), "{}", file.display());
    }
}
