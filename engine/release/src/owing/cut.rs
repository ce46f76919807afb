//! The cut: how much one entity may add, and what is left of a value once nobody adds more.
//!
//! The cut is the owner's, else the power of two that is not below the k-th largest addition; never the largest, which
//! is a person. Where several parties stand behind a value, it is cut in the view of the one whose cut takes most. An
//! entity of another party may then still add more than its own cut through the rows of many; noise covers the most
//! that any of those adds.

use arrow::datatypes::i256;

use super::base::{Base, Kind};
use super::mismatch;
use crate::Result;
use crate::hash::{NumberMap, NumberSet};
use crate::memory::Fresh;
use crate::release::Release;
use crate::spec::TrackForm;

/// A value with nobody adding more than the cut, and what noise must cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) value: i256,
    pub(crate) cover: i128,
}

/// What cutting in one party's view comes to.
struct View {
    /// What the cut takes from the value.
    taken: i256,
    /// What it takes, in absolute amounts.
    size: i256,
    cut: i128,
    largest: i128,
    /// Each row is one entity's, so that what it adds can be cut.
    scalar: bool,
}

impl Release {
    /// Cuts a value; the traces learn their cuts.
    pub(crate) fn cut(
        &self,
        part: u32,
        base: Base,
        raw: i256,
        unit: i128,
        owner: Option<(u8, i128)>,
        traces: &mut [Fresh],
    ) -> Result<Cut> {
        let owner = owner.filter(|_| matches!(base.kind, Kind::Sum(_)));
        let mut views = Vec::new();
        for (number, need) in self.kind_of(part)?.needs.iter().enumerate() {
            let fresh = traces.get_mut(number).ok_or_else(mismatch)?;
            let own = owner.filter(|(party, _)| {
                need.parties.checked_shr(u32::from(*party)).unwrap_or(0) & 1 == 1
            });
            fresh.cut = own.map_or_else(|| automatic(fresh, unit), |(_, cut)| cut);
            let scalar = self
                .spec
                .slots
                .get(need.slot)
                .is_some_and(|slot| slot.form == TrackForm::Scalar);
            let (taken, size) = match base.kind {
                _ if !scalar => (i256::ZERO, i256::ZERO),
                Kind::Distinct(argument) => {
                    let taken = raw.wrapping_sub(self.kept(part, base, number, argument, fresh)?);
                    (taken, taken)
                }
                Kind::Rows | Kind::Present(_) | Kind::Sum(_) | Kind::Squares(_) => above(fresh),
            };
            let largest = fresh
                .entries
                .iter()
                .map(|(_, amount)| amount.saturating_abs())
                .max()
                .unwrap_or(0);
            views.push(View {
                taken,
                size,
                cut: fresh.cut,
                largest,
                scalar,
            });
        }
        Ok(combine(raw, unit, &views))
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

fn combine(raw: i256, unit: i128, views: &[View]) -> Cut {
    let scalars = views.iter().enumerate().filter(|(_, view)| view.scalar);
    let most = scalars.max_by_key(|(number, view)| (view.size, std::cmp::Reverse(*number)));
    let taken = most.map_or(i256::ZERO, |(_, view)| view.taken);
    let covered = views.iter().enumerate().map(|(number, view)| {
        let cut_elsewhere = most.is_some_and(|(most, _)| most != number) && view.size > i256::ZERO;
        if cut_elsewhere {
            power_of_two(view.largest, unit)
        } else {
            view.cut
        }
    });
    Cut {
        value: raw.wrapping_sub(taken),
        cover: covered.max().unwrap_or(unit),
    }
}

/// What stands above the cut: in all, and in absolute amounts.
fn above(fresh: &Fresh) -> (i256, i256) {
    let over = fresh.entries.iter().filter_map(|(_, amount)| {
        let over = amount
            .saturating_abs()
            .checked_sub(fresh.cut)
            .filter(|over| *over > 0)?;
        Some((
            i256::from_i128(amount.signum().saturating_mul(over)),
            i256::from_i128(over),
        ))
    });
    over.fold((i256::ZERO, i256::ZERO), |(taken, size), (signed, over)| {
        (taken.wrapping_add(signed), size.wrapping_add(over))
    })
}

/// The power of two, in units, that is not below the k-th largest addition.
fn automatic(fresh: &Fresh, unit: i128) -> i128 {
    let mut amounts: Vec<i128> = fresh
        .entries
        .iter()
        .map(|(_, amount)| amount.saturating_abs())
        .collect();
    let k = usize::try_from(fresh.k).unwrap_or(usize::MAX).max(1);
    let at = amounts.len().saturating_sub(k);
    let kth = if amounts.is_empty() {
        unit
    } else {
        *amounts.select_nth_unstable(at).1
    };
    power_of_two(kth, unit)
}

/// The power of two times the unit that is not below an amount.
fn power_of_two(amount: i128, unit: i128) -> i128 {
    let unit = unit.max(1);
    let units = amount.unsigned_abs().div_ceil(unit.unsigned_abs()).max(1);
    let power = units
        .checked_next_power_of_two()
        .and_then(|power| i128::try_from(power).ok());
    power
        .and_then(|power| power.checked_mul(unit))
        .unwrap_or(i128::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(taken: i128, cut: i128, largest: i128, scalar: bool) -> View {
        let amount = i256::from_i128(taken);
        View {
            taken: amount,
            size: amount,
            cut,
            largest,
            scalar,
        }
    }

    #[test]
    fn powers_of_two_are_not_below() {
        let of = |amounts: &[i128], unit| {
            amounts
                .iter()
                .map(|a| power_of_two(*a, unit))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&[0, 1, 2, 3, 4, 5, 1000], 1), [1, 1, 2, 4, 4, 8, 1024]);
        assert_eq!(of(&[3, 4, 30, -30], 3), [3, 6, 48, 48]);
        assert_eq!(power_of_two(i128::MAX, 1), i128::MAX);
    }

    #[test]
    fn the_view_that_takes_most_cuts_and_the_others_are_covered() {
        let raw = i256::from_i128(1000);
        let cut = combine(
            raw,
            1,
            &[
                view(100, 8, 60, true),
                view(300, 16, 90, true),
                view(0, 4, 4, true),
            ],
        );
        assert_eq!(
            cut,
            Cut {
                value: i256::from_i128(700),
                cover: 64
            }
        );
        let sets = combine(raw, 1, &[view(0, 32, 900, false)]);
        assert_eq!(
            sets,
            Cut {
                value: raw,
                cover: 32
            }
        );
    }
}
