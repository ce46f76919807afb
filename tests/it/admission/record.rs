//! Statements with what is made of them, as a file that people read.

use std::fmt::Write as _;
use std::path::Path;

/// A statement, its circumstances, and what is made of it.
pub(crate) struct Entry {
    /// `ann@bank to shop for aml approved list mules`: only the asker has to be there.
    pub(crate) header: String,
    pub(crate) sql: String,
    pub(crate) outcome: String,
}

const BEGIN: &str = "=== ";
const MADE: &str = "---\n";
const FILE: &str = "statements.txt";

/// The entries of a world.
pub(crate) fn read(folder: &Path) -> Vec<Entry> {
    let text = std::fs::read_to_string(folder.join(FILE)).unwrap();
    let text = format!("\n{text}");
    let begin = format!("\n{BEGIN}");
    let entries = text.split(begin.as_str()).skip(1);
    let entries = entries.map(|entry| {
        let (header, rest) = entry.split_once('\n').unwrap();
        let (sql, outcome) = rest.split_once(MADE).unwrap_or((rest, ""));
        let outcome = outcome.trim_end();
        Entry {
            header: header.to_owned(),
            sql: sql.trim_end().to_owned(),
            outcome: format!("{outcome}\n"),
        }
    });
    entries.collect()
}

/// Writes them back.
pub(crate) fn write(folder: &Path, entries: &[Entry]) {
    let mut text = String::new();
    for entry in entries {
        let (header, sql, outcome) = (&entry.header, &entry.sql, &entry.outcome);
        writeln!(text, "{BEGIN}{header}\n{sql}\n{MADE}{outcome}").unwrap();
    }
    std::fs::write(folder.join(FILE), text).unwrap();
}
