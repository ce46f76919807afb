//! Parts beside others: rows of one owner's people, and rows of the same people merged with another owner's.
//!
//! Where an inner GROUP BY or a window merged rows of owners who do not pool, the rows of bank b's people are of two parts: those
//! who are among bank a's people too, and those who are not. Were the second told while the first is left out for being few,
//! whoever knows bank b's rows would know from the difference how few they are.

use crate::Result;
use crate::part::Kind;
use crate::plan::{Recipe, Source};
use crate::release::Release;

impl Release {
    /// Those of a cell's parts that may be told, where `failed` are not: none of which a failed one has more owners.
    pub(crate) fn clear_of(&self, told: Vec<u32>, failed: &[u32]) -> Result<Vec<u32>> {
        let mut clear = Vec::new();
        for part in told {
            if !self.is_beside(part, failed)? {
                clear.push(part);
            }
        }
        Ok(clear)
    }

    /// Whether one of these parts is of the same owners and more.
    pub(crate) fn is_beside(&self, part: u32, others: &[u32]) -> Result<bool> {
        for other in others {
            if self.is_within(self.kind_of(part)?, self.kind_of(*other)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a part to whose statistic nobody adds anything, net, may stand beside what is told. Amounts that cancel out leave a sum as it
    /// is; they are still among those that a mean or a variance is of.
    pub(crate) fn may_be_idle(&self, recipe: &Recipe, part: u32) -> bool {
        match recipe.value {
            Source::Mean { measure, .. } | Source::Spread { measure, .. } => {
                self.values.moments(measure, &[part]).count() == 0
            }
            Source::Rows
            | Source::Present(_)
            | Source::Distinct(_)
            | Source::Supported { .. }
            | Source::Sum { .. } => true,
        }
    }

    /// How many owners' rows these were merged from, slot by slot: more than those of any part within.
    pub(crate) fn merged_owners(&self, masks: &[u64]) -> u32 {
        let slots = self.plan.slots.iter().zip(masks);
        let merged = slots.filter(|(slot, _)| slot.merged);
        merged.map(|(_, mask)| mask.count_ones()).sum()
    }

    /// Wherever rows were merged, the owners of one are among those of the other, and somewhere fewer.
    fn is_within(&self, one: &Kind, other: &Kind) -> bool {
        let slots = self.plan.slots.iter().zip(&one.masks).zip(&other.masks);
        let merged = slots.filter(|((slot, _), _)| slot.merged);
        let mut masks = merged.map(|((_, one), other)| (*one, *other));
        masks.clone().all(|(one, other)| one & !other == 0)
            && masks.any(|(one, other)| one != other)
    }
}
