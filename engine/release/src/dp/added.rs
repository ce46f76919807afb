//! What one bearer's rows add to one group, before anything is bounded.

use arrow::datatypes::i256;

use super::base::Base;
use crate::hash::NumberSet;
use crate::measure::square;
use crate::part::NONE;
use crate::value::Arguments;

/// Values beyond this are brought back to it, so that no order of adding them up matters.
const MOST: i128 = 1 << 92;

/// Sums over rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Added {
    rows: u64,
    present: Vec<u64>,
    numbers: Vec<Sum>,
    distinct: Vec<NumberSet<u32>>,
}

/// Values of one argument.
#[derive(Debug, Clone, Copy)]
struct Sum {
    values: u64,
    total: i128,
    squares: i256,
}

impl Added {
    /// Nothing, of so many arguments of each kind.
    pub(super) fn new(present: usize, measures: usize, distinct: usize) -> Self {
        let none = Sum {
            values: 0,
            total: 0,
            squares: i256::ZERO,
        };
        Self {
            rows: 0,
            present: vec![0; present],
            numbers: vec![none; measures],
            distinct: vec![NumberSet::default(); distinct],
        }
    }

    /// Adds a row of a batch; returns how many distinct values are new.
    pub(super) fn row(&mut self, arguments: &Arguments, row: usize) -> usize {
        let before = self.values();
        self.rows = self.rows.saturating_add(1);
        for (count, nulls) in self.present.iter_mut().zip(&arguments.present) {
            let valid = nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
            *count = count.saturating_add(u64::from(valid));
        }
        for (sum, numbers) in self.numbers.iter_mut().zip(&arguments.numbers) {
            if let Some(value) = numbers.values.get(row).filter(|_| numbers.is_valid(row)) {
                sum.add((*value).clamp(-MOST, MOST));
            }
        }
        for (set, values) in self.distinct.iter_mut().zip(&arguments.distinct) {
            set.extend(values.get(row).filter(|value| **value != NONE));
        }
        self.values().saturating_sub(before)
    }

    /// Adds what was seen elsewhere; `numbers` are our numbers of its distinct values. Returns how many are new.
    pub(super) fn merge(&mut self, other: Self, numbers: &[Vec<u32>]) -> usize {
        let before = self.values();
        self.rows = self.rows.saturating_add(other.rows);
        for (ours, theirs) in self.present.iter_mut().zip(other.present) {
            *ours = ours.saturating_add(theirs);
        }
        for (ours, theirs) in self.numbers.iter_mut().zip(other.numbers) {
            ours.values = ours.values.saturating_add(theirs.values);
            ours.total = ours.total.saturating_add(theirs.total);
            ours.squares = ours.squares.wrapping_add(theirs.squares);
        }
        let sets = self.distinct.iter_mut().zip(other.distinct);
        for ((ours, theirs), numbers) in sets.zip(numbers) {
            let ours_of = |value: u32| numbers.get(crate::part::index(value)).copied();
            ours.extend(theirs.into_iter().filter_map(ours_of));
        }
        self.values().saturating_sub(before)
    }

    /// What it adds to a base statistic, without bounds; 0 for what cannot be added up.
    pub(super) fn whole(&self, base: Base) -> i128 {
        let of = |measure: usize| self.numbers.get(measure).copied();
        match base {
            Base::Rows { .. } => self.rows.into(),
            Base::Present { at, .. } => self.present.get(at).copied().unwrap_or(0).into(),
            Base::Sum { measure, .. } => of(measure).map_or(0, |sum| sum.total),
            Base::Distinct { .. }
            | Base::Values { .. }
            | Base::Total { .. }
            | Base::Squares { .. } => 0,
        }
    }

    /// What it adds to a base statistic, within its bound. Distinct values are added up elsewhere.
    pub(super) fn bounded(&self, base: Base) -> i128 {
        let capped = |count: u64, most: u64| i128::from(count.min(most));
        let of = |measure: usize| self.numbers.get(measure).copied();
        match base {
            Base::Rows { most } => capped(self.rows, most),
            Base::Present { at, most } => capped(self.present.get(at).copied().unwrap_or(0), most),
            Base::Distinct { .. } => 0,
            Base::Sum { measure, low, high } => {
                of(measure).map_or(0, |sum| sum.total.clamp(low, high))
            }
            Base::Values { measure, most } => of(measure).map_or(0, |sum| capped(sum.values, most)),
            Base::Total { measure, most, .. } => {
                let bound = bound(base);
                of(measure).map_or(0, |sum| {
                    sum.thinned(i256::from_i128(sum.total), most)
                        .clamp(-bound, bound)
                })
            }
            Base::Squares { measure, most, .. } => of(measure).map_or(0, |sum| {
                sum.thinned(sum.squares, most).clamp(0, bound(base))
            }),
        }
    }

    /// The distinct values of an argument.
    pub(super) fn distinct(&self, at: usize) -> impl Iterator<Item = u32> + '_ {
        self.distinct.get(at).into_iter().flatten().copied()
    }

    /// Distinct values held.
    fn values(&self) -> usize {
        self.distinct.iter().map(NumberSet::len).sum()
    }

    /// Bytes held but for distinct values, estimated.
    pub(super) fn size(present: usize, measures: usize, distinct: usize) -> usize {
        let arguments = present * 8 + measures * size_of::<Sum>();
        size_of::<Self>() + arguments + distinct * size_of::<NumberSet<u32>>()
    }
}

fn bound(base: Base) -> i128 {
    i128::try_from(base.sensitivity()).unwrap_or(i128::MAX)
}

impl Sum {
    fn add(&mut self, value: i128) {
        self.values = self.values.saturating_add(1);
        self.total = self.total.saturating_add(value);
        self.squares = self.squares.wrapping_add(square(value));
    }

    /// A sum over its values as if they were only so many of the same average.
    fn thinned(self, sum: i256, most: u64) -> i128 {
        let whole = |number: u64| i256::from_i128(i128::from(number));
        let thinned = if self.values > most {
            sum.checked_mul(whole(most))
                .and_then(|sum| sum.checked_div(whole(self.values)))
        } else {
            Some(sum)
        };
        let large = if sum.is_negative() {
            i128::MIN + 1
        } else {
            i128::MAX
        };
        thinned.and_then(i256::to_i128).unwrap_or(large)
    }
}
