//! Mutants that change nothing, each with the reason: written down in `equal.txt` by what they are, not by where.

use std::collections::BTreeMap;

use crate::mutant::Mutant;

const LIST: &str = include_str!("../equal.txt");

/// The reasons, by `file | what | the line of source`.
pub(crate) fn reasons() -> BTreeMap<String, String> {
    let lines = LIST
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let entries = lines.filter_map(|line| line.rsplit_once(" | "));
    entries
        .map(|(key, why)| (key.to_owned(), why.to_owned()))
        .collect()
}

/// What a mutant is called in the list.
pub(crate) fn key(mutant: &Mutant, source: &str) -> String {
    let what = mutant.name.splitn(4, ':').nth(3).unwrap_or_default().trim();
    let line = source
        .lines()
        .nth(mutant.line() - 1)
        .unwrap_or_default()
        .trim();
    format!("{} | {what} | {line}", mutant.file)
}
