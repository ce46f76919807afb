//! Derived columns against the table's own: what they read must be there, and their names must not.

use super::ColumnShape;
use super::names::unknown;
use crate::document::{Derivation, DerivedColumn, PolicyDocument};
use crate::problem::Problem;
use crate::sql;

/// What of `[derive]` does not fit the table's own columns.
#[must_use]
pub fn misfits(document: &PolicyDocument, own: &[ColumnShape]) -> Vec<Problem> {
    let derived = document.derive.iter();
    derived
        .flat_map(|derived| {
            clash(document, own, derived)
                .into_iter()
                .chain(unread(document, own, derived))
        })
        .collect()
}

/// Derived columns that a table does not have, although it was sealed.
pub(super) fn missing(document: &PolicyDocument, columns: &[ColumnShape]) -> Vec<Problem> {
    let shown = document
        .derive
        .iter()
        .filter(|derived| !derived.rule.hidden);
    let absent = shown.filter(|derived| columns.iter().all(|column| column.name != derived.name()));
    let problem = |derived: &DerivedColumn| {
        let message = format!("the derived column `{}` is not sealed", derived.name());
        let problem = Problem::error(&document.source, &derived.rule.pattern.span, message);
        problem.with_help("its owner must seal the table again")
    };
    absent.map(problem).collect()
}

fn clash(
    document: &PolicyDocument,
    own: &[ColumnShape],
    derived: &DerivedColumn,
) -> Option<Problem> {
    own.iter().find(|column| column.name == derived.name())?;
    let table = &document.table.value;
    let message = format!("`{table}` has a column `{}` of its own", derived.name());
    let problem = Problem::error(&document.source, &derived.rule.pattern.span, message);
    Some(problem.with_help("give the derived column a name that is free"))
}

/// Names that a derivation reads and the table does not have.
fn unread(document: &PolicyDocument, own: &[ColumnShape], derived: &DerivedColumn) -> Vec<Problem> {
    let (names, place) = match &derived.derivation {
        Derivation::Sql(text) => (sql::columns_read(&text.value).unwrap_or_default(), text),
        Derivation::Lookup(lookup) => ([lookup.column.clone()].into(), &lookup.on),
    };
    let absent = names
        .iter()
        .filter(|name| own.iter().all(|column| column.name != **name));
    let problem = |name: &String| {
        if document.derived(name).is_none() {
            return unknown(document, own, name, &place.span);
        }
        let message = format!("`{name}` is derived itself");
        let problem = Problem::error(&document.source, &place.span, message);
        problem.with_help(
            "a derived column reads the table's own columns: write out what the other one is",
        )
    };
    absent.map(problem).collect()
}
