//! A world of the fixture, and what `subrosa lab` says to the attacker in it.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tests::attacks::{AttackWorld, Directive, Disclosure, Entry, Fixture, Step, registered_name};

use crate::run::subrosa;

/// A world in a folder.
pub(super) struct Lab {
    pub(super) world: u8,
    pub(super) rows: AttackWorld,
    dir: tempfile::TempDir,
}

/// What one statement got.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    pub(super) sql: String,
    /// The line of JSON on stdout, if it was answered.
    pub(super) answer: Option<String>,
    /// The line of JSON on stderr, if it was not.
    pub(super) error: Option<String>,
    /// The sealed answer.
    pub(super) sealed: Vec<u8>,
    /// What its receipt says, without what is random or about the world as a whole.
    pub(super) receipt: Value,
}

impl Reply {
    pub(super) fn code(&self) -> String {
        let error = self.error.as_deref().unwrap_or("{}");
        let error: Value = serde_json::from_str(error).unwrap();
        error["code"].as_str().unwrap_or("answered").to_owned()
    }

    /// The error without its number, which depends on what else was asked.
    pub(super) fn refusal(&self) -> Value {
        let mut error: Value = serde_json::from_str(self.error.as_ref().unwrap()).unwrap();
        error.as_object_mut().unwrap().shift_remove("statement");
        error
    }

    pub(super) fn rows(&self) -> Vec<Value> {
        serde_json::from_str(self.answer.as_ref().unwrap()).unwrap()
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(future)
}

impl Lab {
    pub(super) fn new(pair: &str, world: u8, disclosure: Disclosure) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let rows = block_on(AttackWorld::new(pair, world));
        let folder = dir.path().join("w");
        std::fs::create_dir(&folder).unwrap();
        rows.write(&folder, disclosure).unwrap();
        Self { world, rows, dir }
    }

    /// The same world after the tables have become those of the other one.
    pub(super) fn turn_into(&self, pair: &str, world: u8, disclosure: Disclosure) {
        let rows = block_on(AttackWorld::new(pair, world));
        rows.write(&self.folder(), disclosure).unwrap();
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.dir.path().join("w")
    }

    /// Who stands behind the rows of a question, in clear.
    pub(super) fn cells(&self, sql: &str) -> tests::attacks::Cells {
        block_on(Fixture::new(&self.rows).cells(sql))
    }

    /// What every entity adds to what a question sums.
    pub(super) fn contributions(&self, sql: &str) -> Vec<Vec<f64>> {
        block_on(Fixture::new(&self.rows).contributions(sql))
    }

    /// Tries every step of every entry in one run of the program; replies by entry and step.
    pub(super) fn try_all(&self, entries: &[Entry]) -> Vec<Vec<Reply>> {
        let statements: Vec<String> = entries.iter().flat_map(statements).collect();
        let mut replies = self.ask(&statements).into_iter();
        let of_entry = |entry: &Entry| replies.by_ref().take(entry.steps.len()).collect();
        entries.iter().map(of_entry).collect()
    }

    /// Asks statements in one run.
    pub(super) fn ask(&self, statements: &[String]) -> Vec<Reply> {
        let file = self.dir.path().join("statements.sql");
        std::fs::write(&file, statements.join(";\n")).unwrap();
        let answers = files(&self.folder().join(".subrosa/answers")).len();
        let args = [
            "lab",
            "w",
            "--as",
            "mallory@mallory",
            "--format",
            "json",
            "--error-format",
            "json",
            "-f",
            "statements.sql",
        ];
        let ran = subrosa(self.dir.path(), &args);
        let mut answered = ran.out.lines();
        let sealed = files(&self.folder().join(".subrosa/answers"));
        let mut sealed = sealed.iter().skip(answers);
        let errors: Vec<&str> = ran
            .err
            .lines()
            .filter(|line| line.starts_with('{'))
            .collect();
        let numbered = |number: usize| {
            let is = |line: &&&str| {
                let error: Value = serde_json::from_str(line).unwrap();
                error["statement"] == number
            };
            errors.iter().find(is).map(|line| (*line).to_owned())
        };
        let replies = statements.iter().enumerate().map(|(index, sql)| {
            let error = numbered(index + 1);
            let sql = sql.clone();
            if error.is_some() {
                return Reply {
                    sql,
                    answer: None,
                    error,
                    sealed: Vec::new(),
                    receipt: Value::Null,
                };
            }
            let answer = answered.next().map(ToOwned::to_owned);
            assert!(answer.is_some(), "{sql}: no reply\n{}", ran.err);
            let sealed = std::fs::read(sealed.next().unwrap()).unwrap();
            let receipt = self.receipt(&sealed);
            Reply {
                sql,
                answer,
                error,
                sealed,
                receipt,
            }
        });
        replies.collect()
    }

    /// The line on stdout of a statement, asked where no temporary file can be made.
    pub(super) fn ask_without_temporary_files(&self, sql: &str) -> String {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_subrosa"))
            .args([
                "lab",
                "w",
                "--as",
                "mallory@mallory",
                "--format",
                "json",
                "-c",
                sql,
            ])
            .current_dir(self.dir.path())
            .env("TMPDIR", self.dir.path().join("no such folder"))
            .output()
            .unwrap();
        String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned()
    }

    fn receipt(&self, sealed: &[u8]) -> Value {
        let key = self.folder().join(".subrosa/keys/engine.lab/identity.key");
        let key = std::fs::read_to_string(key).unwrap();
        let engine = seal::IdentityKey::from_hex(key.trim()).unwrap().public();
        let sealed = seal::SealedAnswer::from_bytes(sealed).unwrap();
        let receipt = seal::SignedReceipt::verify(&sealed.receipt, &engine).unwrap();
        let mut receipt = serde_json::to_value(&receipt).unwrap();
        let fields = receipt.as_object_mut().unwrap();
        for random in ["nonce", "salt", "sealed", "evidence", "checkpoint", "time"] {
            assert!(fields.shift_remove(random).is_some(), "{random}");
        }
        for of_world in ["contract", "recipient_key"] {
            assert!(fields.shift_remove(of_world).is_some(), "{of_world}");
        }
        for table in fields["tables"].as_array_mut().unwrap() {
            table.as_object_mut().unwrap().shift_remove("manifest");
        }
        receipt
    }

    /// Removes sealed files, or fills them with nothing that was sealed.
    pub(super) fn poison(&self) {
        let store = self.folder().join(".subrosa/store");
        let sealed = files(&store).into_iter();
        let sealed: Vec<_> = sealed
            .filter(|f| f.extension().is_some_and(|e| e == "parquet"))
            .collect();
        assert!(!sealed.is_empty());
        for file in sealed {
            if self.world == 0 {
                std::fs::remove_file(file).unwrap();
            } else {
                std::fs::write(file, "PAR1 nothing that was sealed PAR1").unwrap();
            }
        }
    }
}

/// The statements of an entry's steps, over the tables that its steps upload.
fn statements(entry: &Entry) -> Vec<String> {
    let steps = entry.steps.iter().enumerate();
    steps
        .map(|(index, step)| statement(entry, index, step))
        .collect()
}

fn statement(entry: &Entry, index: usize, step: &Step) -> String {
    let mut sql = step.sql.clone();
    for directive in &step.directives {
        match directive {
            // An upload that reads somebody's table is a statement like any other.
            Directive::Register { table, query } if query.contains("FROM bank_") => {
                return format!("CREATE TABLE {table} AS {query}");
            }
            Directive::Register { table, .. } => {
                let name = registered_name(entry, index, table);
                sql = sql.replace(table, &format!("mallory.{name}"));
            }
            Directive::Host(_) | Directive::Parallel(_) => {}
        }
    }
    sql
}

/// Every file below a folder, in the order of their names.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
