//! Bad input of every command: the right exit code, words that say what and where, nothing half made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::run::{PATIENTS, subrosa, world};

/// A command line, its exit code, and what its message says.
type Case<'a> = (&'a [&'a str], i32, &'a str);

/// A folder with a world `w` that was asked, and things that are no good.
fn bad() -> tempfile::TempDir {
    let dir = world();
    let asked = ["lab", "w", "--as", "bob@clinic_b", "-c", PATIENTS];
    assert_eq!(subrosa(dir.path(), &asked).code, 0);
    assert_eq!(subrosa(dir.path(), &["init", "fresh"]).code, 0);
    let put = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
    std::fs::create_dir(dir.path().join("folder")).unwrap();
    put("empty", b"");
    put("empty.csv", b"");
    put("plain", b"hello\n");
    put("noise", &(0..=255).rev().collect::<Vec<u8>>());
    put("noise.parquet", &[7; 300]);
    put("half.toml", b"policy = 1\ntable = \"t");
    dir
}

/// Every file below a folder with its bytes; locks and what the terminal keeps do not count.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().unwrap() != "lock" {
                let bytes = std::fs::read(&path).unwrap();
                found.insert(path, bytes);
            }
        }
    }
    found
}

/// Each fails as it should, in words and in JSON, and changes no file.
fn all_fail(dir: &Path, cases: &[Case<'_>]) {
    let before = files(dir);
    for (args, code, says) in cases {
        let ran = subrosa(dir, args);
        assert_eq!(ran.code, *code, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(says), "{args:?} says {}", ran.err);
        assert!(!ran.err.contains("internal error"), "{args:?}: {}", ran.err);
        let json = subrosa(dir, &[&["--error-format", "json"], *args].concat());
        assert_eq!(json.code, *code, "{args:?}: {}", json.err);
        assert!(!json.err.is_empty(), "{args:?}");
        for line in json.err.lines() {
            let object: Value = serde_json::from_str(line)
                .unwrap_or_else(|error| panic!("{args:?}: {error}: {line}"));
            assert!(object["code"].is_string() && object["message"].is_string());
        }
    }
    let after = files(dir);
    let same = |path: &&PathBuf| before.get(*path) == after.get(*path);
    let changed: Vec<_> = before
        .keys()
        .chain(after.keys())
        .filter(|path| !same(path))
        .collect();
    assert!(changed.is_empty(), "changed: {changed:?}");
}

#[test]
fn files_that_are_no_good() {
    let dir = bad();
    let long = "x".repeat(300);
    let readers: &[&[&str]] = &[
        &["policy", "fmt"],
        &["policy", "explain"],
        &["policy", "diff", "fresh/clinic_a/visits.policy.toml"],
        &["contract", "show"],
        &["contract", "verify"],
        &["contract", "sign", "--prepare"],
        &["contract", "add", "--purpose", "p"],
        &["lab", "w", "-f"],
    ];
    let bad: &[(&str, &str)] = &[
        ("absent", "absent: there is no such file or folder"),
        ("folder", "folder: is a folder, not a file"),
        ("noise", "noise: is not text in UTF-8"),
        (&long, "the name is too long"),
        ("plain/x", "plain/x: a file stands where a folder should"),
    ];
    let lines: Vec<(Vec<&str>, &str)> = readers
        .iter()
        .flat_map(|reader| {
            let each = bad.iter();
            each.map(|(file, says)| ([*reader, &[*file]].concat(), *says))
        })
        .collect();
    let cases: Vec<Case<'_>> = lines
        .iter()
        .map(|(args, says)| (&args[..], 1, *says))
        .collect();
    all_fail(dir.path(), &cases);
}

#[test]
fn text_that_is_not_what_it_should_be() {
    let dir = bad();
    all_fail(
        dir.path(),
        &[
            (&["policy", "fmt", "empty"], 1, "empty:1:1"),
            (&["policy", "explain", "half.toml"], 1, "half.toml:2:11"),
            (
                &["policy", "draft", "plain"],
                1,
                "plain: is no .parquet or .csv file",
            ),
            (
                &["policy", "draft", "folder"],
                1,
                "folder: has no file that ends in .parquet",
            ),
            (&["policy", "draft", "noise.parquet"], 1, "noise.parquet"),
            (&["policy", "draft", "absent.csv"], 1, "absent.csv"),
            (&["policy", "draft", "empty.csv"], 1, "empty.csv"),
            (
                &["policy", "test", "w"],
                1,
                "w/tests: there is no such file or folder",
            ),
            (
                &["policy", "lint", "folder"],
                1,
                "folder/collaboration.toml: there is no such file",
            ),
            (&["contract", "show", "half.toml"], 1, "half.toml:2:11"),
            (&["lab", "w", "-f", "empty"], 1, "empty: holds no statement"),
            (
                &["lab", "w", "-c", " ; -- nothing"],
                1,
                "`-c` holds no statement",
            ),
        ],
    );
}

#[test]
fn lint_tells_everything_on_stdout_and_goes_on() {
    let dir = bad();
    let good = "w/clinic_a/visits.policy.toml";
    let ran = subrosa(dir.path(), &["policy", "lint", "absent", "empty", good]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("absent: there is no such file"));
    assert!(ran.out.contains("empty:1:1"), "{}", ran.out);
    assert!(ran.out.contains("3 policies"), "{}", ran.out);
}

#[test]
fn worlds_that_are_none() {
    let dir = bad();
    all_fail(
        dir.path(),
        &[
            (
                &["lab", "nowhere", "-c", "SELECT 1"],
                1,
                "nowhere/collaboration.toml: there is no such",
            ),
            (
                &["lab", "plain", "-c", "SELECT 1"],
                1,
                "plain/collaboration.toml: a file stands",
            ),
            (&["lab", "folder", "--status"], 1, "subrosa init"),
            (&["contract", "show"], 1, "./collaboration.toml"),
            (
                &["contract", "verify", "--world", "fresh"],
                1,
                "no contract yet",
            ),
            (
                &["contract", "diff", "--world", "w", "--at", "9"],
                1,
                "no version 9",
            ),
            (
                &["ledger", "verify", "--world", "fresh"],
                1,
                "no engine yet",
            ),
            (&["ledger", "log", "--world", "nowhere"], 1, "no engine yet"),
            (
                &["ledger", "prove", "999", "--world", "w"],
                1,
                "the ledger has 4 entries",
            ),
            (&["attest", "show", "--world", "fresh"], 1, "shown evidence"),
            (
                &["attest", "verify", "--world", "nowhere"],
                1,
                "there is no such",
            ),
            (
                &["table", "verify", "a.b", "--world", "w"],
                1,
                "no table a.b",
            ),
            (
                &["table", "inspect", "clinic_a.visits", "--world", "fresh"],
                1,
                "not sealed yet",
            ),
            (&["init", "w"], 1, "w is a world already"),
        ],
    );
}

#[test]
fn command_lines_that_do_not_parse() {
    let dir = bad();
    all_fail(
        dir.path(),
        &[
            (&[], 1, "Usage"),
            (&["lab", "w", "--statu"], 1, "--status"),
            (
                &["lab", "w", "-c", "SELECT 1", "-f", "plain"],
                1,
                "cannot be used with",
            ),
            (&["lab", "w"], 1, "needs a terminal"),
            (
                &["lab", "w", "-c", "SELECT 1", "-o", "folder"],
                1,
                "folder: is a folder",
            ),
            (
                &["lab", "w", "-c", "SELECT 1", "-o", "no/x.csv"],
                1,
                "does not exist",
            ),
            (
                &["lab", "w", "--as", "nobody", "-c", "SELECT 1"],
                1,
                "alice@bank_a",
            ),
            (
                &["lab", "w", "--to", "X Y", "-c", "SELECT 1"],
                1,
                "not a party name",
            ),
            (
                &["lab", "w", "--format", "jsn", "-c", "SELECT 1"],
                1,
                "json",
            ),
            (
                &["ledger", "prove", "x", "--world", "w"],
                1,
                "invalid value 'x'",
            ),
            (&["completions", "tcsh"], 1, "possible values"),
            (&["policy", "lint"], 1, "required"),
            (&["no-such-command"], 1, "no-such-command"),
            (&["engine", "--workers", "4"], 1, "unsupported"),
        ],
    );
}

#[test]
fn keys_that_are_no_good() {
    let dir = bad();
    assert_eq!(
        subrosa(dir.path(), &["party", "new", "a", "--home", "k"]).code,
        0
    );
    all_fail(
        dir.path(),
        &[
            (&["party", "new", "a", "--home", "k"], 1, "has keys already"),
            (
                &["party", "new", "Not A Name", "--home", "k2"],
                1,
                "not a party name",
            ),
            (
                &["party", "new", "a", "--home", "plain"],
                1,
                "is a file, not a folder",
            ),
            (&["party", "show", "--home", "absent"], 1, "holds no keys"),
        ],
    );
    let key = dir.path().join("k/identity.key");
    open_to_others(&key);
    all_fail(
        dir.path(),
        &[(&["party", "show", "--home", "k"], 2, "chmod 600")],
    );
}

fn open_to_others(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(path, open).unwrap();
}

#[test]
fn answers_that_are_none() {
    let dir = bad();
    let answers = dir.path().join("w/.subrosa/answers");
    let entry = std::fs::read_dir(answers).unwrap().next().unwrap().unwrap();
    let answer = entry.path().display().to_string();
    let open = ["answer", "open", &answer, "--world", "w", "--party"];
    all_fail(
        dir.path(),
        &[
            (
                &["answer", "verify", "absent", "--world", "w"],
                1,
                "absent: there is no such file",
            ),
            (&["answer", "verify", "noise", "--world", "w"], 4, "noise"),
            (&["answer", "verify", "empty", "--world", "w"], 4, "empty"),
            (&[&open[..], &["nobody"]].concat(), 1, "nobody has no key"),
            (
                &[&open[..], &["clinic_a"]].concat(),
                4,
                "is sealed to clinic_b, not to clinic_a",
            ),
        ],
    );
}

#[test]
fn policies_refuse_whom_nobody_named() {
    let dir = bad();
    let ask = |who: &'static str, sql: &'static str| ["lab", "w", "--as", who, "-c", sql];
    let refused = "is not an analyst of the contract";
    for sql in ["SHOW TABLES", "DESCRIBE clinic_a.visits", PATIENTS] {
        for who in ["eve@clinic_b", "bob@nowhere"] {
            let ran = subrosa(dir.path(), &ask(who, sql));
            assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{who}: {sql}");
            assert!(ran.err.contains(refused), "{}", ran.err);
        }
    }
}

/// Whatever cannot be written is said; who has read enough is not an error.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_and_a_reader_who_leaves() {
    let dir = bad();
    let program = env!("CARGO_BIN_EXE_subrosa");
    let shell = |line: &str| {
        let line = line.replace("subrosa", program);
        let mut bash = std::process::Command::new("bash");
        let ran = bash
            .args(["-c", &line])
            .current_dir(dir.path())
            .output()
            .unwrap();
        (
            ran.status.code().unwrap(),
            String::from_utf8(ran.stderr).unwrap(),
        )
    };
    for line in [
        "subrosa lab w -c 'SELECT 1' > /dev/full",
        "subrosa policy explain w/clinic_a/visits.policy.toml > /dev/full",
        "subrosa completions bash > /dev/full",
    ] {
        let (code, err) = shell(line);
        assert_eq!(code, 2, "{line}: {err}");
        assert!(err.contains("stdout"), "{line}: {err}");
    }
    let (code, err) = shell("set -o pipefail; subrosa man | head -1");
    assert_eq!((code, err.as_str()), (0, ""));
    let (code, err) = shell("set -o pipefail; subrosa lab w -c 'SELECT 1; SELECT 2' | head -1");
    assert_eq!((code, err.as_str()), (0, ""));
}
