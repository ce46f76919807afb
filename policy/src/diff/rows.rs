//! Which rows exist, and for whom: what a new version changes.
//!
//! Whether one condition keeps more rows than another nobody can tell from its text, so another condition is a change; one
//! more or one less is a loss or a gain. Compared is what each party sees in the end: a party that is named is no longer
//! among everybody else.

use std::collections::BTreeSet;

use super::{Facet, PolicyDiff};
use crate::document::{PolicyDocument, Rows};
use crate::ident::PartyId;

pub(super) fn compare(old: &PolicyDocument, new: &PolicyDocument, diff: &mut PolicyDiff) {
    existing(&old.rows, &new.rows, diff);
    let named = old.rows.only.iter().chain(&new.rows.only);
    let mut parties: BTreeSet<Option<&PartyId>> = named.map(|only| only.party.as_ref()).collect();
    parties.insert(None);
    for party in parties {
        restricted(party, &old.rows, &new.rows, diff);
    }
}

fn existing(old: &Rows, new: &Rows, diff: &mut PolicyDiff) {
    let text = |rows: &Rows| rows.predicate.as_ref().map(|p| p.value.clone());
    match (text(old), text(new)) {
        (Some(was), None) => diff.gain(format!("rows without {was} exist"), Facet::Answers),
        (None, Some(is)) => diff.no_longer.push(format!("rows without {is} exist")),
        (Some(was), Some(is)) if was != is => {
            diff.changed
                .push(format!("rows exist with {is} instead of {was}"));
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
}

fn restricted(party: Option<&PartyId>, old: &Rows, new: &Rows, diff: &mut PolicyDiff) {
    let who = party.map_or("everybody not named", PartyId::as_str);
    let (was, is) = (conditions(party, old), conditions(party, new));
    if was.is_subset(&is) || is.is_subset(&was) {
        let sentence = |rows: &&str| format!("{who} sees other rows than those with {rows}");
        // A restriction gone is a gain.
        diff.sets(&is, &was, sentence, |_| Facet::Answers);
    } else {
        let [is, was] = [is, was].map(|set| set.into_iter().collect::<Vec<_>>().join(" and "));
        diff.changed
            .push(format!("{who} sees rows with {is} instead of {was}"));
    }
}

/// The conditions on the rows that a party sees.
fn conditions<'r>(party: Option<&PartyId>, rows: &'r Rows) -> BTreeSet<&'r str> {
    let of = |party: Option<&PartyId>| -> BTreeSet<&'r str> {
        let only = rows.only.iter();
        let only = only.filter(|only| only.party.as_ref() == party);
        only.map(|only| only.predicate.value.as_str()).collect()
    };
    let named = of(party);
    if named.is_empty() { of(None) } else { named }
}
