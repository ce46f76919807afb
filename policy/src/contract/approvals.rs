//! Approved questions across policies: the texts that were signed, and owners who have not approved them yet.

use std::collections::{BTreeMap, BTreeSet};

use sqlparser::ast::Query;

use super::{Contract, View};
use crate::approved;
use crate::document::{Approval, PolicyDocument};
use crate::ident::{PartyId, TableRef};
use crate::problem::Problem;

/// What is wrong with the approved questions of one table's policy.
pub(super) fn check(
    contract: &Contract,
    table: &TableRef,
    policies: &BTreeMap<TableRef, PolicyDocument>,
) -> Vec<Problem> {
    let Some(document) = policies.get(table) else {
        return Vec::new();
    };
    let found = document.approve.iter().filter_map(|approval| {
        let text = approval.text.as_deref()?;
        let name = &approval.name.value;
        let signed = contract.approved.get(table).and_then(|t| t.get(name));
        if signed.is_none_or(|signed| signed != text) {
            return Some(another_text(document, approval));
        }
        match approved::question(text) {
            Err(message) => Some(unread(document, approval, &message)),
            Ok(query) => disagreed((document, approval), policies)
                .or_else(|| alone(contract, table, (document, approval), &query, policies)),
        }
    });
    found.collect()
}

fn another_text(document: &PolicyDocument, approval: &Approval) -> Problem {
    let message = format!(
        "`{}` has another text than the one in the contract",
        approval.name.value
    );
    Problem::error(&document.source, &approval.sql.span, message)
        .with_help("put the new text into the next version and sign it")
}

fn unread(document: &PolicyDocument, approval: &Approval, message: &str) -> Problem {
    let message = format!("`{}`: {message}", approval.sql.value);
    Problem::error(&document.source, &approval.sql.span, message)
        .with_help("an approved question is one SELECT")
}

/// An error if owners approve one name as different answers: whose list it is, and what mirrors a row, is one thing.
fn disagreed(
    (document, approval): (&PolicyDocument, &Approval),
    policies: &BTreeMap<TableRef, PolicyDocument>,
) -> Option<Problem> {
    let name = &approval.name.value;
    let others = policies.values().flat_map(|policy| &policy.approve);
    let mut same = others.filter(|other| other.name.value == *name && other.text == approval.text);
    same.find(|other| !approval.answers_as(other))?;
    let message = format!("owners have approved `{name}` as different answers");
    let help = "`answer`, its `own` and `confirm` must be the same in every policy";
    Some(Problem::error(&document.source, &approval.name.span, message).with_help(help))
}

/// A warning if an owner of a table that the text reads has not approved it.
fn alone(
    contract: &Contract,
    table: &TableRef,
    (document, approval): (&PolicyDocument, &Approval),
    query: &Query,
    policies: &BTreeMap<TableRef, PolicyDocument>,
) -> Option<Problem> {
    let name = &approval.name.value;
    let read = contract.tables_read(query);
    let protected = read
        .iter()
        .filter(|table| policies.get(table).is_some_and(|p| !p.is_public()));
    let owners: BTreeSet<&PartyId> = protected.map(|table| &table.party).collect();
    let approves = |owner: &PartyId| {
        let of_owner = read.iter().filter(|table| table.party == *owner);
        let mut texts = of_owner.filter_map(|table| contract.approved.get(table)?.get(name));
        texts.any(|text| approved::question(text).is_ok_and(|other| other == *query))
    };
    let missing: Vec<&str> = owners
        .into_iter()
        .filter(|owner| **owner != table.party && !approves(owner))
        .map(PartyId::as_str)
        .collect();
    if missing.is_empty() {
        return None;
    }
    let message = format!("`{name}` cannot run yet: {} approved it", not(&missing));
    let help = "every owner of a protected table in it puts the same text under the same name into a policy of its own";
    Some(Problem::warning(&document.source, &approval.name.span, message).with_help(help))
}

fn not(missing: &[&str]) -> String {
    match missing {
        [one] => format!("{one} has not"),
        several => format!("{} have not", several.join(", ")),
    }
}

impl Contract {
    /// The tables of the contract that a query reads, through its views.
    #[must_use]
    pub fn tables_read(&self, query: &Query) -> BTreeSet<TableRef> {
        let mut tables = BTreeSet::new();
        for name in approved::relations(query) {
            let view = self.views.iter().find(|(view, _)| view.as_str() == name);
            match view {
                Some((_, view)) => tables.extend(View::tables_in(&view.sql).unwrap_or_default()),
                None => tables.extend(super::parse::table_ref(&name)),
            }
        }
        tables.retain(|table| self.tables.contains_key(table));
        tables
    }
}
