//! Whose names part the rows of an owner's people.
//!
//! A row below the release may be about one person, never about a crowd; so a key names somebody of every protected owner behind
//! it. Where rows of several owners meet in a key, what it holds may be a name that another owner gave, or made up: many of the
//! first one's people may stand under it. An owner that trusts another so far writes it down (`[joins.DOMAIN] crowds`).

use std::collections::BTreeSet;

use policy::ident::PartyId;

use crate::consent;
use crate::relation::{Rel, Slot};
use crate::request::Policies;
use crate::traits::Traits;

/// A track among the keys.
#[derive(Debug)]
pub(crate) struct Name<'r> {
    pub(crate) slot: &'r Slot,
    /// The numbers of the parties whose people it may name.
    pub(crate) of: BTreeSet<u8>,
}

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.slot.id == other.slot.id && self.of == other.of
    }
}

/// The names by which keys may part the rows of an owner's people: its own, and those of owners whom it lets.
pub(crate) fn of<'r>(
    policies: &Policies,
    rel: &'r Rel,
    keys: &[Traits],
    owner: &PartyId,
) -> Vec<Name<'r>> {
    let mut names: Vec<Name<'r>> = Vec::new();
    for key in keys {
        let accepted = accepted(policies, rel, key, owner);
        let tracks = rel.slots.iter();
        for slot in tracks.filter(|s| s.single && key.slots.contains(&s.id)) {
            let of: BTreeSet<u8> = slot
                .parties
                .keys()
                .copied()
                .filter(|p| accepted.contains(p))
                .collect();
            match names.iter_mut().find(|name| name.slot.id == slot.id) {
                Some(known) => known.of.extend(of),
                None if of.is_empty() => {}
                None => names.push(Name { slot, of }),
            }
        }
    }
    names
}

/// Whether keys name what windows have seen from rows of several owners. Rows in which somebody is whom no key names are left out; where
/// these are the rows that see a few of another owner's, the others would tell of them.
pub(crate) fn frames_are_named(rel: &Rel, keys: &[Traits]) -> bool {
    let is_named =
        |slot: &&Slot| slot.single && keys.iter().any(|key| key.slots.contains(&slot.id));
    let seen = |frame: &Slot| {
        let mut named = rel.slots.iter().filter(is_named);
        named.any(|slot| frame.windows.is_subset(&slot.windows))
    };
    let mut frames = rel.slots.iter().filter(|slot| !slot.windows.is_empty());
    !rel.mixed || frames.all(seen)
}

/// The numbers of the parties whose names an owner accepts in a key.
fn accepted(policies: &Policies, rel: &Rel, key: &Traits, owner: &PartyId) -> BTreeSet<u8> {
    let lets = |other: &&PartyId| {
        *other == owner || consent::lets_crowds(policies, &rel.tables, owner, other, &key.domains)
    };
    let others = rel.owners.iter().filter(lets);
    others.filter_map(|other| policies.number(other)).collect()
}
