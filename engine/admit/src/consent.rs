//! Whether every two owners whose rows meet consented to it.

use std::collections::BTreeSet;

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
        || domains.iter().any(|domain| {
            let mut known = false;
            let all = tables_of(policies, tables, owner)
                .filter_map(|t| t.joins.get(domain))
                .all(|(consent, _)| {
                    known = true;
                    consent.many.contains(other)
                });
            known && all
        })
}

/// Whether all of these owners consent to negation on one of the domains.
pub(crate) fn negation(
    policies: &Policies,
    tables: &BTreeSet<TableRef>,
    owners: &BTreeSet<PartyId>,
    domains: &BTreeSet<KeyDomain>,
) -> bool {
    domains.iter().any(|domain| {
        owners.iter().all(|owner| {
            let mut known = false;
            let all = tables_of(policies, tables, owner)
                .filter_map(|t| t.joins.get(domain))
                .all(|(consent, _)| {
                    known = true;
                    consent.negation
                });
            known && all
        })
    })
}
