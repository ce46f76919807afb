//! Whether every two owners whose rows meet consented to it.

use std::collections::BTreeSet;

use policy::document::JoinConsent;
use policy::ident::{KeyDomain, PartyId, TableRef};
use policy::table::TablePolicy;

use crate::request::Policies;

/// The tables of one owner among those read.
fn tables_of<'a>(
    policies: &'a Policies,
    tables: &'a BTreeSet<TableRef>,
    owner: &'a PartyId,
) -> impl Iterator<Item = &'a TablePolicy> {
    tables
        .iter()
        .filter(move |t| t.party == *owner)
        .filter_map(|t| policies.tables.get(t))
}

/// Whether `owner`, by every table of its own that knows the domain, lets `other` link on it.
pub(crate) fn lets(
    policies: &Policies,
    tables: &BTreeSet<TableRef>,
    owner: &PartyId,
    other: &PartyId,
    domain: &KeyDomain,
) -> bool {
    let mut known = false;
    let all = tables_of(policies, tables, owner)
        .filter(|t| t.joins.contains_key(domain))
        .all(|t| {
            known = true;
            t.consents(domain, other)
        });
    known && all
}

/// Whether both let each other link on one of the domains.
pub(crate) fn mutual(
    policies: &Policies,
    tables: &BTreeSet<TableRef>,
    a: &PartyId,
    b: &PartyId,
    domains: &BTreeSet<KeyDomain>,
) -> bool {
    a == b
        || domains
            .iter()
            .any(|d| lets(policies, tables, a, b, d) && lets(policies, tables, b, a, d))
}

/// Whether `owner` accepts that `other`'s side holds the key more than once.
pub(crate) fn lets_many(
    policies: &Policies,
    tables: &BTreeSet<TableRef>,
    owner: &PartyId,
    other: &PartyId,
    domains: &BTreeSet<KeyDomain>,
) -> bool {
    owner == other
        || domains
            .iter()
            .any(|domain| each(policies, tables, owner, domain, |c| c.many.contains(other)))
}

/// Whether `owner` accepts that rows of many of its people stand under one name of `other`'s.
pub(crate) fn lets_crowds(
    policies: &Policies,
    tables: &BTreeSet<TableRef>,
    owner: &PartyId,
    other: &PartyId,
    domains: &BTreeSet<KeyDomain>,
) -> bool {
    domains.iter().any(|domain| {
        each(policies, tables, owner, domain, |c| {
            c.crowds.contains(other)
        })
    })
}

/// Whether an owner's consents to link on a domain, by every table of its own that knows it, all say so.
fn each(
    policies: &Policies,
    tables: &BTreeSet<TableRef>,
    owner: &PartyId,
    domain: &KeyDomain,
    says: impl Fn(&JoinConsent) -> bool,
) -> bool {
    let mut consents = tables_of(policies, tables, owner)
        .filter_map(|t| t.joins.get(domain))
        .map(|(consent, _)| consent)
        .peekable();
    consents.peek().is_some() && consents.all(says)
}

/// Whether all of these owners consent to negation on one of the domains.
pub(crate) fn negation(
    policies: &Policies,
    tables: &BTreeSet<TableRef>,
    owners: &BTreeSet<PartyId>,
    domains: &BTreeSet<KeyDomain>,
) -> bool {
    domains.iter().any(|domain| {
        owners
            .iter()
            .all(|owner| each(policies, tables, owner, domain, |c| c.negation))
    })
}
