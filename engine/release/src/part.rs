//! Parts: the rows of a cell with the same parties behind them.
//!
//! A value is the sum of its parts, and each part answers to exactly the parties in it. Without parts, one row of
//! another party in a cell would make that party's entities owed by rows that are none of its business, or worse,
//! its absence would show.

use crate::hash::NumberMap;
use crate::need::{Need, SlotRules};
use crate::track::Tracks;
use crate::{ReleaseError, Result};

/// The number of a cell, a kind or a part that does not exist: the row is dropped.
pub(crate) const NONE: u32 = u32::MAX;

/// The next number of something, or the error that there are too many.
pub(crate) fn next(len: usize) -> Result<u32> {
    u32::try_from(len)
        .ok()
        .filter(|number| *number != NONE)
        .ok_or(ReleaseError::Overflow)
}

/// A number as an index; [`NONE`] is out of every range.
pub(crate) fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The parties behind a row, slot by slot, and what they are owed.
#[derive(Debug)]
pub(crate) struct Kind {
    /// By slot: the parties behind the row as bits.
    pub(crate) masks: Box<[u64]>,
    /// What is owed in all slots.
    pub(crate) needs: Vec<Need>,
}

/// All kinds that rows had so far.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    numbers: NumberMap<Box<[u64]>, u32>,
    list: Vec<Kind>,
}

impl Kinds {
    /// The kind of each row; [`NONE`] for rows without an entity or with a party that is not to be released.
    pub(crate) fn assign(
        &mut self,
        slots: &[SlotRules],
        tracks: &[Tracks<'_>],
        rows: usize,
    ) -> Result<Vec<u32>> {
        let mut last = (vec![0; slots.len()], NONE);
        let mut masks = Vec::with_capacity(slots.len());
        let mut kinds = Vec::with_capacity(rows);
        for row in 0..rows {
            masks.clear();
            let known = slots.iter().zip(tracks).try_for_each(|(slot, tracks)| {
                masks.push(slot.mask(tracks, row)?);
                Some(())
            });
            if known.is_none() || masks.iter().all(|mask| *mask == 0) {
                kinds.push(NONE);
                continue;
            }
            if last.0 != masks {
                last = (masks.clone(), self.number(slots, &masks)?);
            }
            kinds.push(last.1);
        }
        Ok(kinds)
    }

    /// The number of a mask vector.
    pub(crate) fn number(&mut self, slots: &[SlotRules], masks: &[u64]) -> Result<u32> {
        if let Some(number) = self.numbers.get(masks) {
            return Ok(*number);
        }
        let number = next(self.list.len())?;
        let each = slots.iter().zip(masks).enumerate();
        let needs = each
            .flat_map(|(slot, (rules, mask))| rules.needs(slot, *mask))
            .collect();
        self.numbers.insert(masks.into(), number);
        self.list.push(Kind {
            masks: masks.into(),
            needs,
        });
        Ok(number)
    }

    /// A kind by its number.
    pub(crate) fn get(&self, number: u32) -> Option<&Kind> {
        self.list.get(index(number))
    }

    /// All kinds in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Kind> {
        self.list.iter()
    }
}

/// All parts so far, each a cell and a kind.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    numbers: NumberMap<(u32, u32), u32>,
    list: Vec<(u32, u32)>,
}

impl Parts {
    /// The part of each row.
    pub(crate) fn assign(&mut self, cells: &[u32], kinds: &[u32]) -> Result<Vec<u32>> {
        let mut last = ((NONE, NONE), NONE);
        let mut parts = Vec::with_capacity(cells.len());
        for (cell, kind) in cells.iter().zip(kinds) {
            if *kind == NONE {
                parts.push(NONE);
                continue;
            }
            if last.0 != (*cell, *kind) {
                last = ((*cell, *kind), self.number(*cell, *kind)?);
            }
            parts.push(last.1);
        }
        Ok(parts)
    }

    /// The number of a part.
    pub(crate) fn number(&mut self, cell: u32, kind: u32) -> Result<u32> {
        if let Some(number) = self.numbers.get(&(cell, kind)) {
            return Ok(*number);
        }
        let number = next(self.list.len())?;
        self.numbers.insert((cell, kind), number);
        self.list.push((cell, kind));
        Ok(number)
    }

    /// Cell and kind of each part in the order of their numbers.
    pub(crate) fn list(&self) -> &[(u32, u32)] {
        &self.list
    }
}
