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
    /// another owner stands behind the other with rows that are not behind the one. A person's own second unit, had or not, is no
    /// other row. Whom frames of places hold is compared by who is missing alone: who is seen hides another.
    fn is_within(&self, one: &Kind, other: &Kind) -> bool {
        let slots = || one.masks.iter().zip(&other.masks).zip(&self.plan.slots);
        let (seen, beside) = (self.around(&one.masks), self.around(&other.masks));
        let mask = |slot: &usize| one.masks.get(*slot).copied().unwrap_or_default();
        let all = one.masks.iter().fold(0_u64, |all, mask| all | mask);
        let missing = |(own, other): (&u64, &u64), same: &[usize]| {
            let missing = other & !same.iter().fold(*own, |all, slot| all | mask(slot));
            missing & !all != 0 || (missing != 0 && all.count_ones() > 1)
        };
        let mut all_seen = seen.iter().zip(&beside).zip(&self.plan.slots);
        all_seen.all(|((one, other), slot)| slot.displaces || one & !other == 0)
            && slots().any(|(masks, slot)| {
                missing(masks, &slot.same) || (slot.merged && masks.0 != masks.1)
            })
    }

    /// The owners slot by slot, behind a frame those of the row itself too: a row whose LAG took another owner's stands beside those
    /// whose LAG took their own owner's.
    fn around(&self, masks: &[u64]) -> Vec<u64> {
        let mask = |slot: &usize| masks.get(*slot).copied().unwrap_or_default();
        let all = (0..masks.len()).map(|slot| {
            let mut seen = vec![slot];
            let mut at = 0;
            while let Some(slot) = seen.get(at).and_then(|slot| self.plan.slots.get(*slot)) {
                for over in &slot.over {
                    if !seen.contains(over) {
                        seen.push(*over);
                    }
                }
                at += 1;
            }
            seen.iter().fold(0, |all, slot| all | mask(slot))
        });
        all.collect()
    }
}
