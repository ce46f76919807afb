//! Fixtures and shorthand.

use policy::document::PolicyDocument;
use policy::ident::{PartyId, TableName, TableRef};
use policy::problem::Problem;
use policy::resolve::{ColumnKind, ColumnShape};
use policy::table::TablePolicy;

pub(crate) fn party(name: &str) -> PartyId {
    PartyId::new(name).unwrap()
}

pub(crate) fn table(text: &str) -> TableRef {
    let (owner, name) = text.split_once('.').unwrap();
    TableRef {
        party: party(owner),
        table: TableName::new(name).unwrap(),
    }
}

pub(crate) fn parse(text: &str) -> PolicyDocument {
    PolicyDocument::parse("t.policy.toml", text).unwrap_or_else(|e| panic!("{}", shown(&e)))
}

pub(crate) fn shown(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The errors of a text, or nothing.
pub(crate) fn errors(text: &str) -> String {
    match PolicyDocument::parse("t.policy.toml", text) {
        Ok(_) => String::new(),
        Err(problems) => shown(&problems),
    }
}

/// A policy whose sections follow the two obligatory lines.
pub(crate) fn with(sections: &str) -> String {
    format!("policy = 1\ntable = \"t\"\n{sections}")
}

pub(crate) fn shapes(columns: &[(&str, ColumnKind)]) -> Vec<ColumnShape> {
    columns
        .iter()
        .map(|(name, kind)| ColumnShape::new(*name, *kind))
        .collect()
}

pub(crate) fn accounts() -> Vec<ColumnShape> {
    use ColumnKind::{Date, Text};
    shapes(&[
        ("account_id", Text),
        ("customer_id", Text),
        ("name", Text),
        ("iban_hash", Text),
        ("risk", Text),
        ("country", Text),
        ("opened", Date),
    ])
}

pub(crate) fn transactions() -> Vec<ColumnShape> {
    use ColumnKind::{Decimal, Integer, Text, Timestamp};
    shapes(&[
        ("tx_id", Integer),
        ("account_id", Text),
        ("customer_id", Text),
        ("counterparty_account", Text),
        ("counterparty_bank", Text),
        ("amount", Decimal),
        ("currency", Text),
        ("ts", Timestamp),
        ("country", Text),
    ])
}

pub(crate) fn resolve(
    text: &str,
    owner: &str,
    columns: &[ColumnShape],
) -> Result<TablePolicy, String> {
    TablePolicy::resolve(&parse(text), &party(owner), columns, &[]).map_err(|e| shown(&e))
}
