//! `[store] url = "s3://…"`, against a real S3 server that each test starts for itself.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::python;
use crate::run::{PATIENTS, Ran, world};

/// A server that ends with the test.
struct Server {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    url: String,
}

impl Server {
    fn start() -> Option<Self> {
        let python = python::interpreter()?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/s3_server.py");
        let mut child = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut server = Self {
            commands: child.stdin.take().unwrap(),
            answers: BufReader::new(child.stdout.take().unwrap()),
            child,
            url: String::new(),
        };
        server.url = server.line();
        assert!(server.url.starts_with("http://"));
        server.does("bucket sealed");
        Some(server)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    fn does(&mut self, command: &str) -> Value {
        writeln!(self.commands, "{command}").unwrap();
        serde_json::from_str(&self.line()).unwrap()
    }

    fn objects(&mut self) -> Vec<String> {
        serde_json::from_value(self.does("list sealed")).unwrap()
    }

    /// Runs the program with the variables that lead to this server.
    fn subrosa(&self, dir: &Path, args: &[&str]) -> Ran {
        subrosa(dir, args, &self.url, "test")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn subrosa(dir: &Path, args: &[&str], endpoint: &str, key: &str) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_subrosa"))
        .args(args)
        .current_dir(dir)
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", key)
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", "us-east-1")
        .env("BUCKET", "not-an-aws-variable")
        .output()
        .unwrap();
    Ran {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

/// The world that `init` makes, with its store at a URL.
fn stored_at(url: &str) -> tempfile::TempDir {
    let dir = world();
    let file = dir.path().join("w/collaboration.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, format!("{text}\n[store]\nurl = \"{url}\"\n")).unwrap();
    dir
}

const ASK: [&str; 6] = ["lab", "w", "--as", "bob@clinic_b", "-c", PATIENTS];

#[test]
fn answers_are_those_of_a_folder_and_nothing_is_sealed_twice() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let folder = world();
    let local = server.subrosa(folder.path(), &ASK);
    let dir = stored_at("s3://sealed/some/prefix");
    for _ in 0..2 {
        let ran = server.subrosa(dir.path(), &ASK);
        assert_eq!((ran.code, &ran.out), (0, &local.out), "{}", ran.err);
    }
    let objects = server.objects();
    let expected = [
        "manifest.json",
        "part-00000-00000.hidden.parquet",
        "part-00000-00000.parquet",
    ];
    let expected: Vec<String> = ["clinic_a", "clinic_b"]
        .iter()
        .flat_map(|party| expected.map(|file| format!("some/prefix/{party}/visits/v1/{file}")))
        .collect();
    assert_eq!(objects, expected);
    assert!(!dir.path().join("w/.subrosa/store").exists());
}

#[test]
fn whatever_is_changed_in_the_bucket_is_noticed() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let dir = stored_at("s3://sealed");
    assert_eq!(server.subrosa(dir.path(), &ASK).code, 0);
    for object in server.objects() {
        if !object.starts_with("clinic_a") || object.contains(".hidden.") {
            continue;
        }
        for at in ["0", "100", "-3"] {
            server.does(&format!("flip sealed {object} {at}"));
            let ran = server.subrosa(dir.path(), &ASK);
            assert_eq!(ran.code, 4, "byte {at} of {object}: {}", ran.err);
            server.does(&format!("flip sealed {object} {at}"));
        }
    }
    assert_eq!(server.subrosa(dir.path(), &ASK).code, 0);
    server.does("remove sealed clinic_a/visits/v1/part-00000-00000.parquet");
    assert_eq!(server.subrosa(dir.path(), &ASK).code, 4);
}

#[test]
fn a_store_that_cannot_be_used_is_named_with_its_reason() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let dir = stored_at("s3://sealed/prefix");
    let down = subrosa(dir.path(), &ASK, "http://127.0.0.1:1", "test");
    assert_eq!(down.code, 2, "{}", down.err);
    assert!(
        down.err
            .contains("the store at s3://sealed/prefix cannot be used: it does not answer"),
        "{}",
        down.err
    );
    let missing = stored_at("s3://nowhere/prefix");
    let ran = server.subrosa(missing.path(), &ASK);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("there is no such bucket"), "{}", ran.err);
    server.does("lock");
    let refused = subrosa(dir.path(), &ASK, &server.url, "nobody");
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(
        refused.err.contains("it refuses these credentials"),
        "{}",
        refused.err
    );
    let secret = stored_at("s3://key:secret@sealed/prefix");
    let ran = server.subrosa(secret.path(), &ASK);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err.contains("a store's URL holds no keys"),
        "{}",
        ran.err
    );
}

#[test]
fn a_version_is_whole_or_not_there_and_nothing_is_overwritten() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let left = "clinic_a/visits/v1/part-00000-00000.parquet";
    server.does(&format!("put sealed {left} junk"));
    let dir = stored_at("s3://sealed");
    let args = ["table", "seal", "--world", "w", "--format", "json"];
    let ran = server.subrosa(dir.path(), &args);
    let status: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (&status[0]["version"], &status[1]["version"]),
        (&json!(2), &json!(1))
    );
    assert!(server.objects().contains(&left.to_owned()));
    let data = dir.path().join("w/clinic_a/visits.csv");
    let text = std::fs::read_to_string(&data).unwrap();
    let policy = dir.path().join("w/clinic_a/visits.policy.toml");
    let unique = std::fs::read_to_string(&policy).unwrap();
    let unique = unique.replace(
        "{ unit = \"patient\" }",
        "{ unit = \"patient\", unique = true }",
    );
    std::fs::write(&policy, unique).unwrap();
    std::fs::write(&data, text + "clinic_a-900,2026-01-01,flu,1.00,Somebody\n").unwrap();
    let before = server.objects();
    let ran = server.subrosa(dir.path(), &args);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert_eq!(server.objects(), before, "a refused version leaves nothing");
}

#[test]
fn the_owner_opens_its_table_from_the_url_with_its_keys_alone() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let dir = stored_at("s3://sealed/p");
    assert_eq!(server.subrosa(dir.path(), &ASK).code, 0);
    let (home, other) = ("w/.subrosa/keys/clinic_a", "w/.subrosa/keys/clinic_b");
    let url = "s3://sealed/p/clinic_a/visits";
    let open = |server: &Server, home: &str| {
        let args = ["table", "open", url, "--home", home, "-o", "back.parquet"];
        server.subrosa(dir.path(), &args)
    };
    let ran = open(&server, home);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(dir.path().join("back.parquet").exists());
    assert_eq!(open(&server, other).code, 4, "another party's signature");
    let verify = ["table", "verify", url, "--home", home, "--format", "json"];
    let verified: Value = serde_json::from_str(&server.subrosa(dir.path(), &verify).out).unwrap();
    assert_eq!(verified["verified"], true);
    let nothing = [
        "table",
        "verify",
        "s3://sealed/p/clinic_a/nothing",
        "--home",
        home,
    ];
    let ran = server.subrosa(dir.path(), &nothing);
    assert_eq!(ran.code, 2, "{}", ran.err);
    server.does("flip sealed p/clinic_a/visits/v1/part-00000-00000.hidden.parquet 50");
    assert_eq!(open(&server, home).code, 4);
    assert_eq!(server.subrosa(dir.path(), &verify).code, 4);
}
