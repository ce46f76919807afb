//! `docs/src/reference/conformance.md` says what the translations say: counts, and each reason.

use std::collections::BTreeMap;
use std::path::Path;

use super::case::{self, Case};

/// The rows of the page's tables, by kind of case.
fn row(case: &Case) -> Option<String> {
    let reason = case.open.as_ref().or(case.later.as_ref());
    let reason = reason.or(case.differs.as_ref())?;
    Some(format!("| {} | {reason} |", case.id))
}

#[test]
fn the_page_tells_the_counts_and_every_reason() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/reference/conformance.md");
    let page = std::fs::read_to_string(path).unwrap();
    let cases = case::all();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for case in &cases {
        *counts.entry(case.kind()).or_default() += 1;
    }
    for (kind, count) in &counts {
        let line = format!("| {kind} | {count} |");
        assert!(page.contains(&line), "the page does not say: {line}");
    }
    let rows: Vec<String> = cases.iter().filter_map(row).collect();
    for row in &rows {
        assert!(page.contains(row), "the page does not say: {row}");
    }
    let prefixes = [
        "AWS-", "SF-", "BQ-", "ZSQL-", "SCQL-", "EDG-", "AZ-", "DQ-", "OPQ-", "ATT-",
    ];
    let of_case = |line: &&str| {
        let id = line.strip_prefix("| ").unwrap_or_default();
        prefixes.iter().any(|prefix| id.starts_with(prefix))
    };
    assert_eq!(page.lines().filter(of_case).count(), rows.len());
}
