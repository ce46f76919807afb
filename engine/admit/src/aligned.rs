//! Branches of a union as one: which of their tracks are the same, and what their places may be used for.
//!
//! Tracks are the same if they name the same space by the same column. A frame's is known by its rows', too: who stands in a branch
//! without a window is all that a frame there would hold.

use std::collections::{BTreeMap, BTreeSet};

use datafusion_common::Column;
use policy::ident::UnitSpace;

use crate::relation::{Rel, Slot};
use crate::traits::{SlotId, Traits};
use crate::walk::Walker;

/// What makes tracks of two branches the same: space, place, and which of several.
pub(crate) type Signature = (UnitSpace, usize, usize);

/// By track of a branch, what it is known by.
pub(crate) fn signatures_of(branch: &Rel) -> Vec<Signature> {
    let mut seen: BTreeMap<(UnitSpace, usize), usize> = BTreeMap::new();
    branch
        .slots
        .iter()
        .map(|slot| {
            let place = branch
                .cols
                .iter()
                .position(|c| c.traits.slots.contains(&slot.id))
                .unwrap_or(usize::MAX);
            let count = seen.entry((slot.space.clone(), place)).or_default();
            let signature = (slot.space.clone(), place, *count);
            *count = count.saturating_add(1);
            signature
        })
        .collect()
}

/// One slot for each signature, of all the branches that have it.
pub(crate) fn aligned(
    walker: &mut Walker<'_>,
    branches: &[Rel],
    signatures: &[Vec<Signature>],
) -> BTreeMap<Signature, Slot> {
    let mut slots: BTreeMap<Signature, Slot> = BTreeMap::new();
    for (branch, signed) in branches.iter().zip(signatures) {
        for (slot, signature) in branch.slots.iter().zip(signed) {
            if let Some(known) = slots.get_mut(signature) {
                for (party, k) in &slot.parties {
                    let before = known.parties.entry(*party).or_insert(*k);
                    *before = (*before).max(*k);
                }
                known.set |= slot.set;
                known.merged |= slot.merged;
                known.single &= slot.single;
                known.confirms |= slot.confirms;
                known.displaces |= slot.displaces;
                known.windows.extend(slot.windows.iter().copied());
                known.scans.extend(slot.scans.iter().copied());
            } else {
                let id = walker.fresh();
                let column = Column::new_unqualified(format!("__t{id}"));
                slots.insert(
                    signature.clone(),
                    Slot {
                        id,
                        column,
                        over: BTreeSet::new(),
                        ..slot.clone()
                    },
                );
            }
        }
    }
    seen_from(branches, signatures, &mut slots);
    slots
}

/// Frames stay those of the rows' own slots.
fn seen_from(
    branches: &[Rel],
    signatures: &[Vec<Signature>],
    slots: &mut BTreeMap<Signature, Slot>,
) {
    for (branch, signed) in branches.iter().zip(signatures) {
        for (slot, signature) in branch.slots.iter().zip(signed) {
            let own = branch.slots.iter().zip(signed);
            let own = own.filter(|(other, _)| slot.over.contains(&other.id));
            let own: Vec<SlotId> = own.filter_map(|(_, of)| Some(slots.get(of)?.id)).collect();
            if let Some(known) = slots.get_mut(signature) {
                known.over.extend(own);
            }
        }
    }
}

/// A branch's own track of a signature.
pub(crate) fn slot_in<'a>(
    branch: &'a Rel,
    signed: &[Signature],
    wanted: &Signature,
) -> Option<&'a Slot> {
    branch
        .slots
        .iter()
        .zip(signed)
        .find(|(_, s)| *s == wanted)
        .map(|(slot, _)| slot)
}

/// By branch, the numbers of the owners of its rows.
pub(crate) fn owner_numbers(walker: &Walker<'_>, branches: &[Rel]) -> Vec<BTreeSet<u8>> {
    let numbers = |branch: &Rel| {
        let owners = branch.owners.iter();
        owners
            .filter_map(|owner| walker.policies.number(owner))
            .collect()
    };
    branches.iter().map(numbers).collect()
}

/// By position what all branches have; a place names a track if it does in every branch with rows of the track's
/// owners: in one where it does not, it would put rows of many people into one group.
pub(crate) fn aligned_traits(
    branches: &[Rel],
    signatures: &[Vec<Signature>],
    (slots, owners): (&BTreeMap<Signature, Slot>, &[BTreeSet<u8>]),
    width: usize,
) -> Vec<Traits> {
    let named = |position: usize, wanted: (&Signature, &Slot)| {
        let mut each = branches.iter().zip(signatures).zip(owners);
        each.all(|((branch, signed), owners)| {
            names(branch, signed, (slots, owners), wanted, position)
        })
    };
    (0..width)
        .map(|position| {
            let found = branches.iter().map(|branch| {
                let col = branch.cols.get(position);
                col.map(|c| c.traits.clone()).unwrap_or_default()
            });
            let all = found.reduce(|before, found| before.align(&found));
            let mut traits = all.unwrap_or_default();
            let slots = slots.iter().filter(|slot| named(position, *slot));
            traits.slots = slots.map(|(_, slot)| slot.id).collect::<BTreeSet<SlotId>>();
            traits
        })
        .collect()
}

/// Whether a place of a branch names a track. One that the branch has not got is named where it would hold none of the branch's
/// people, or, a frame's, where the place names the people of the row itself.
fn names(
    branch: &Rel,
    signed: &[Signature],
    (slots, owners): (&BTreeMap<Signature, Slot>, &BTreeSet<u8>),
    (signature, slot): (&Signature, &Slot),
    position: usize,
) -> bool {
    let is_named = |slot: &Slot| {
        let col = branch.cols.get(position);
        col.is_some_and(|col| col.traits.slots.contains(&slot.id))
    };
    if let Some(own) = slot_in(branch, signed, signature) {
        return is_named(own);
    }
    let nobody = owners.iter().all(|owner| !slot.parties.contains_key(owner));
    nobody
        || rows_own(branch, signed, slots, slot)
            .into_iter()
            .any(is_named)
}

/// The tracks of a branch's rows that a frame would be gathered from.
pub(crate) fn rows_own<'a>(
    branch: &'a Rel,
    signed: &[Signature],
    slots: &BTreeMap<Signature, Slot>,
    frame: &Slot,
) -> Vec<&'a Slot> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::from([frame.id]);
    let mut next: Vec<SlotId> = frame.over.iter().copied().collect();
    while let Some(id) = next.pop() {
        if !seen.insert(id) {
            continue;
        }
        for (signature, slot) in slots.iter().filter(|(_, slot)| slot.id == id) {
            found.extend(slot_in(branch, signed, signature));
            next.extend(slot.over.iter().copied());
        }
    }
    found
}
