//! Parts beside others: rows of one owner's people, and rows of the same people with somebody else behind them.
//!
//! Where rows of bank b's people were merged or joined with bank a's, and others were not, they are of two parts: with bank a's
//! people behind them, and without. Were the second told while the first is left out for being few, whoever knows bank b's
//! rows would know from the difference how few they are.

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

    /// How many owners stand behind rows, slot by slot: more than behind those of any part within.
    pub(crate) fn owners(masks: &[u64]) -> u32 {
        masks.iter().map(|mask| mask.count_ones()).sum()
    }

    /// Whether the owners of one are among those of the other, slot by slot, and somewhere fewer: where rows were merged, or because
    /// somebody stands behind the other who does not stand behind the one at all. A person's own second unit, had or not, is no other.
    fn is_within(&self, one: &Kind, other: &Kind) -> bool {
        let all = |masks: &[u64]| masks.iter().fold(0, |all, mask| all | mask);
        let apart = || one.masks.iter().zip(&other.masks).zip(&self.plan.slots);
        let (seen, beside) = (self.around(&one.masks), self.around(&other.masks));
        seen.iter()
            .zip(&beside)
            .all(|(one, other)| one & !other == 0)
            && (all(&other.masks) & !all(&one.masks) != 0
                || apart().any(|((one, other), slot)| slot.merged && one != other))
    }

    /// The owners slot by slot, behind a frame those of the row itself too: a row whose LAG took another owner's stands beside those
    /// whose LAG took their own owner's.
    fn around(&self, masks: &[u64]) -> Vec<u64> {
        let all = (0..masks.len()).map(|slot| {
            let mut at = Some(slot);
            let mut mask = 0;
            for _ in 0..masks.len() {
                let Some(slot) = at else { break };
                mask |= masks.get(slot).copied().unwrap_or_default();
                at = self.plan.slots.get(slot).and_then(|slot| slot.over);
            }
            mask
        });
        all.collect()
    }
}
