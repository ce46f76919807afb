//! The cut: how much one entity may add, and what is left of a value once nobody adds more.
//!
//! The cut is the owner's, else a [level](super::level) that about k exceed; never the largest addition, which is a person.
//! Where several parties or units stand behind a value, or several entities behind a row, each of them is
//! cut: whatever an entity adds beyond its cut is taken from all of its additions alike. Noise covers the largest cut.
//! What an entity's absence would change in how far others are cut is not covered.

use arrow::datatypes::i256;

use super::base::{Base, Kind};
use super::mismatch;
use crate::Result;
use crate::hash::{NumberMap, NumberSet};
use crate::memory::Fresh;
use crate::release::Release;

/// A value with nobody adding more than the cut, and what noise must cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) value: i256,
    pub(crate) cover: i128,
}

impl Release {
    /// Cuts a value; the traces learn their cuts, the owner's or a level.
    pub(crate) fn cut(
        &self,
        part: u32,
        base: Base,
        raw: i256,
        owner: Option<(u8, i128)>,
        traces: &mut [Fresh],
        level: impl Fn(&Fresh, u32) -> Result<i128>,
    ) -> Result<Cut> {
        let owner = owner.filter(|_| matches!(base.kind, Kind::Sum(_)));
        let k = traces.iter().map(|fresh| fresh.k).max().unwrap_or(1);
        let mut cuts = Vec::new();
        let mut kept: Option<i256> = None;
        for (number, need) in self.kind_of(part)?.needs.iter().enumerate() {
            let fresh = traces.get_mut(number).ok_or_else(mismatch)?;
            let own = owner.filter(|(party, _)| {
                need.parties.checked_shr(u32::from(*party)).unwrap_or(0) & 1 == 1
            });
            fresh.cut = own.map_or_else(|| level(fresh, k), |(_, cut)| Ok(cut))?;
            cuts.push(fresh.cut);
            let left = match base.kind {
                Kind::Distinct(argument) => self.kept(part, base, number, argument, fresh)?,
                Kind::Rows | Kind::Present(_) | Kind::Sum(_) | Kind::Squares(_) => {
                    raw.wrapping_sub(above(fresh))
                }
            };
            kept = Some(kept.map_or(left, |before| before.min(left)));
        }
        let joint = self.tally_of(part, base.witness)?.joint();
        let value = match joint.filter(|joint| !joint.is_empty()) {
            Some(joint) => joint.cut(&cuts),
            None => kept.unwrap_or(raw),
        };
        Ok(Cut {
            value,
            cover: cuts.into_iter().max().unwrap_or(1),
        })
    }

    /// How many distinct values there are if every entity keeps no more than its cut, the first in order.
    fn kept(
        &self,
        part: u32,
        base: Base,
        need: usize,
        argument: usize,
        fresh: &Fresh,
    ) -> Result<i256> {
        let pairs = self
            .tally_of(part, base.witness)?
            .pairs(need)
            .ok_or_else(mismatch)?;
        let over: NumberSet<u64> = fresh
            .entries
            .iter()
            .filter(|(_, amount)| *amount > fresh.cut)
            .map(|(entity, _)| *entity)
            .collect();
        let mut kept: NumberSet<u32> = pairs
            .iter()
            .filter(|(entity, _)| !over.contains(entity))
            .map(|(_, value)| *value)
            .collect();
        if !over.is_empty() {
            let mut room: NumberMap<u64, i128> =
                over.iter().map(|entity| (*entity, fresh.cut)).collect();
            let order = self.values.ordered(argument);
            for (_, value) in order {
                for (entity, room) in &mut room {
                    if *room > 0 && pairs.contains(&(*entity, value)) {
                        *room -= 1;
                        kept.insert(value);
                    }
                }
            }
        }
        Ok(i256::from_i128(
            i128::try_from(kept.len()).unwrap_or(i128::MAX),
        ))
    }
}

/// What stands above the cut in all.
fn above(fresh: &Fresh) -> i256 {
    let over = fresh.entries.iter().filter_map(|(_, amount)| {
        let over = amount
            .saturating_abs()
            .checked_sub(fresh.cut)
            .filter(|_| amount.saturating_abs() > fresh.cut)?;
        Some(i256::from_i128(amount.signum().saturating_mul(over)))
    });
    over.fold(i256::ZERO, i256::wrapping_add)
}
