//! Which parties a part asks, and for how many entities.

use crate::spec::{PartyRule, Slot};
use crate::track::{Tracks, party_bit};

/// What one party, or one pool of parties, is owed in one slot of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Need {
    /// The slot whose entities count.
    pub(crate) slot: usize,
    /// The parties whose entities count, as bits. If they are several, the same entity of two of them counts once.
    pub(crate) parties: u64,
    /// The least number of entities, at least one.
    pub(crate) k: usize,
    /// Per cent for the dominance test; 0 for none.
    pub(crate) dominance: u8,
}

/// One slot with the rules of all parties in it.
#[derive(Debug)]
pub(crate) struct SlotRules {
    /// Index of the track column.
    pub(crate) column: usize,
    /// An inner GROUP BY or a window merged rows of several parties.
    pub(crate) merged: bool,
    /// The slots of the same rows.
    pub(crate) same: Vec<usize>,
    /// Of a window's frames: the slots of the rows that they are gathered from.
    pub(crate) over: Vec<usize>,
    /// Of a frame of places.
    pub(crate) displaces: bool,
    /// Parties whose rows may count at all, as bits: listed with a k, or exempt.
    known: u64,
    /// By party: the bit that stands for it in a mask; its own, or that of its pool's first party.
    stands: Vec<u64>,
    /// By party: its k, unless it is exempt.
    k: Vec<Option<u32>>,
    dominance: Vec<u8>,
}

impl SlotRules {
    /// Compiles a slot.
    pub(crate) fn new(slot: &Slot, parties: &[PartyRule]) -> Self {
        let numbers = || (0_u8..).zip(parties);
        let listed = |number| {
            slot.k
                .iter()
                .filter(|(party, _)| *party == number)
                .map(|(_, k)| *k)
                .max()
        };
        let first = |pool| {
            numbers()
                .find(|(_, other)| other.pool == pool)
                .map_or(0, |(number, _)| bit(number))
        };
        Self {
            column: slot.column,
            merged: slot.merged,
            same: slot.same.clone(),
            over: slot.over.clone(),
            displaces: slot.displaces,
            known: numbers()
                .filter(|(number, party)| party.exempt || listed(*number).is_some())
                .fold(0, |known, (number, _)| known | bit(number)),
            stands: numbers()
                .map(|(number, party)| {
                    if slot.merged {
                        first(party.pool)
                    } else {
                        bit(number)
                    }
                })
                .collect(),
            k: numbers()
                .map(|(number, party)| if party.exempt { None } else { listed(number) })
                .collect(),
            dominance: parties.iter().map(|party| party.dominance).collect(),
        }
    }

    /// The parties behind a row in this slot; `None` if one of them is not to be released here.
    pub(crate) fn mask(&self, tracks: &Tracks<'_>, row: usize) -> Option<u64> {
        tracks
            .members(row)
            .iter()
            .try_fold(0, |mask, track| Some(mask | self.stand_in(*track)?))
    }

    /// The bit that stands for the party of a track; `None` if it is not to be released here.
    pub(crate) fn stand_in(&self, track: u64) -> Option<u64> {
        let bit = party_bit(track);
        if bit & self.known == 0 {
            return None;
        }
        self.stands
            .get(usize::try_from(bit.trailing_zeros()).ok()?)
            .copied()
    }

    /// What the parties of a mask are owed in this slot.
    pub(crate) fn needs(&self, slot: usize, mask: u64) -> Vec<Need> {
        let mut asked: Vec<u64> = self
            .stands
            .iter()
            .copied()
            .filter(|bit| bit & mask != 0)
            .collect();
        asked.sort_unstable();
        asked.dedup();
        asked
            .into_iter()
            .filter_map(|stand_in| self.need(slot, stand_in))
            .collect()
    }

    /// What those are owed for whom this bit stands: the largest k among them; nothing if all are exempt.
    fn need(&self, slot: usize, stand_in: u64) -> Option<Need> {
        let members = || {
            (0_u8..)
                .zip(&self.stands)
                .filter(|(_, stands)| **stands == stand_in)
                .map(|(number, _)| number)
        };
        let parties = members().map(bit).fold(0, |parties, bit| parties | bit) & self.known;
        let owed = || {
            members()
                .filter_map(|number| Some((number, self.k.get(usize::from(number)).copied()??)))
        };
        let k = owed().map(|(_, k)| k).max()?;
        let dominance = owed()
            .filter_map(|(number, _)| self.dominance.get(usize::from(number)).copied())
            .max()?;
        let k = usize::try_from(k).unwrap_or(usize::MAX).max(1);
        Some(Need {
            slot,
            parties,
            k,
            dominance,
        })
    }
}

fn bit(number: u8) -> u64 {
    1_u64.checked_shl(u32::from(number)).unwrap_or(0)
}
