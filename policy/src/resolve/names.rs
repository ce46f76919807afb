//! Names that a policy uses and the table does not have.

use std::ops::Range;

use super::ColumnShape;
use crate::document::{Placed, PolicyDocument};
use crate::problem::{Problem, nearest};
use crate::sql;

/// Every name without a column; with `whole`, the hidden ones and those of `[rows]` as well.
pub(super) fn missing(
    document: &PolicyDocument,
    columns: &[ColumnShape],
    whole: bool,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let derived = |name: &str| document.derived(name).is_some();
    let has = |name: &str| derived(name) || columns.iter().any(|column| column.name == name);
    for rule in document.columns.iter().filter(|rule| !rule.is_pattern()) {
        if !has(&rule.pattern.value) && (whole || !rule.hidden) {
            problems.push(unknown(
                document,
                columns,
                &rule.pattern.value,
                &rule.pattern.span,
            ));
        }
    }
    for key in &document.unique {
        for column in key.value.iter().filter(|column| !has(column)) {
            if whole || document.shows(column) {
                problems.push(unknown(document, columns, column, &key.span));
            }
        }
    }
    if whole {
        let only = document.rows.only.iter().map(|only| &only.predicate);
        for predicate in document.rows.predicate.iter().chain(only) {
            problems.extend(predicate_names(document, columns, predicate));
        }
    }
    problems
}

fn predicate_names(
    document: &PolicyDocument,
    columns: &[ColumnShape],
    predicate: &Placed<String>,
) -> Vec<Problem> {
    let names = sql::columns_read(&predicate.value).unwrap_or_default();
    names
        .iter()
        .filter(|name| {
            let own = columns.iter().any(|column| column.name == **name);
            !own || document.derived(name).is_some()
        })
        .map(|name| unread(document, columns, name, &predicate.span))
        .collect()
}

/// Rows are left out before anything is derived.
fn unread(
    document: &PolicyDocument,
    columns: &[ColumnShape],
    name: &str,
    span: &Range<usize>,
) -> Problem {
    if document.derived(name).is_none() {
        return unknown(document, columns, name, span);
    }
    let message =
        format!("[rows] cannot read `{name}`, which is derived from the rows that are left");
    let problem = Problem::error(&document.source, span, message);
    problem.with_help("write out what the derived column is")
}

pub(super) fn unknown(
    document: &PolicyDocument,
    columns: &[ColumnShape],
    name: &str,
    span: &Range<usize>,
) -> Problem {
    let table = &document.table.value;
    let problem = Problem::error(
        &document.source,
        span,
        format!("`{table}` has no column `{name}`"),
    );
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    if names
        .iter()
        .any(|known| known.to_lowercase() == name.to_lowercase())
    {
        return problem
            .with_help("names are exact: mind upper and lower case, and quote such a name in SQL");
    }
    match nearest(name, names.iter().copied()) {
        Some(near) => problem.with_help(format!("did you mean `{near}`?")),
        None => problem.with_help(format!("it has {}", names.join(", "))),
    }
}
