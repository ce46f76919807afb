//! Worlds as folders: contract and policies as they stand, rows written out.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::questions::texts::data;
use crate::run::subrosa;

/// A world in a folder of its own.
pub(super) struct Laid {
    dir: tempfile::TempDir,
}

/// What became of a question.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) outcome: Outcome,
    /// What was said besides, of the whole batch.
    pub(super) notes: String,
}

#[derive(Debug)]
pub(super) enum Outcome {
    /// Cells by row, as text.
    Answered(Vec<Vec<String>>),
    Refused {
        code: String,
        message: String,
    },
}

impl Laid {
    pub(super) fn new(world: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let from = data("conformance/worlds").join(world);
        copy(&from, dir.path());
        Self { dir }
    }

    /// Asks one question after the other, in one run.
    pub(super) fn ask(&self, asker: &str, texts: &[&str]) -> Vec<Reply> {
        std::fs::write(self.dir.path().join("all.sql"), texts.join("\n;\n")).unwrap();
        let args = ["lab", ".", "--as", asker, "--format", "json"];
        let rest = ["--error-format", "json", "-f", "all.sql"];
        let ran = subrosa(self.dir.path(), &[&args[..], &rest[..]].concat());
        let mut refused = refusals(&ran.err);
        let mut answers = ran.out.lines();
        let outcomes = (1..=texts.len()).map(|n| {
            refused.remove(&n).unwrap_or_else(|| {
                let line = answers.next();
                answered(line.unwrap_or_else(|| panic!("no reply {n}: {}", ran.err)))
            })
        });
        let notes = ran.err.clone();
        outcomes
            .map(|outcome| Reply {
                outcome,
                notes: notes.clone(),
            })
            .collect()
    }
}

/// Refusals by the number of their statement.
fn refusals(err: &str) -> BTreeMap<usize, Outcome> {
    let lines = err.lines().filter(|line| line.starts_with('{'));
    let refused = lines.map(|line| {
        let error: Value = serde_json::from_str(line).unwrap();
        let number = error["statement"]
            .as_u64()
            .unwrap_or_else(|| panic!("{line}"));
        let text = |key: &str| error[key].as_str().unwrap().to_owned();
        let (code, message) = (text("code"), text("message"));
        (
            usize::try_from(number).unwrap(),
            Outcome::Refused { code, message },
        )
    });
    refused.collect()
}

fn answered(line: &str) -> Outcome {
    let rows: Vec<serde_json::Map<String, Value>> = serde_json::from_str(line).unwrap();
    let cells = |row: serde_json::Map<String, Value>| row.into_iter().map(|(_, v)| cell(v));
    Outcome::Answered(rows.into_iter().map(|row| cells(row).collect()).collect())
}

fn cell(value: Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else if path.extension().is_some_and(|e| e == "rows") {
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(target.with_extension("csv"), written_out(&text)).unwrap();
        } else {
            std::fs::copy(&path, target).unwrap();
        }
    }
}

/// `1..3 p{},LU` is three rows, of p1, p2 and p3.
fn written_out(text: &str) -> String {
    let rows = text.lines().flat_map(|line| match range(line) {
        Some((numbers, row)) => numbers.map(|n| row.replace("{}", &n.to_string())).collect(),
        None => vec![line.to_owned()],
    });
    rows.flat_map(|row| [row, "\n".to_owned()]).collect()
}

fn range(line: &str) -> Option<(std::ops::RangeInclusive<u32>, &str)> {
    let (numbers, row) = line.split_once(' ')?;
    let (first, last) = numbers.split_once("..")?;
    Some((first.parse().ok()?..=last.parse().ok()?, row))
}
