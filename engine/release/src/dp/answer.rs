//! Noise, once a number, and the answer that is made of what has it.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{DataType, Field, Schema, i256};
use zeroize::Zeroizing;

use super::base::Made;
use super::rows::PrivateRelease;
use super::sums::GroupSums;
use super::terms::{DpGroups, MICRO};
use super::threshold::threshold;
use crate::measure::{Moments, power_of_ten, to_f64};
use crate::noise::{Ratio, Stream, discrete_laplace_of};
use crate::output::{Datum, column, fit, plain, rebuild};
use crate::released::Released;
use crate::{ReleaseError, Result};

/// The largest numerator of a scale: drawing multiplies it by numbers that reach 2¹⁵ with no probability worth the name, and a
/// product that does not fit would cut noise off.
const MOST_SCALE: u128 = 1 << 112;

impl PrivateRelease {
    /// How many numbers share what the release spends: its base statistics, and the test of groups.
    #[must_use]
    pub fn shares(&self) -> usize {
        let tested = usize::from(self.terms.groups == DpGroups::Threshold);
        self.bases.list.len().saturating_add(tested)
    }

    /// The scale of the noise on a number to which one entity adds at most so much in a group.
    pub(super) fn scale(&self, sensitivity: u128) -> Result<Ratio> {
        let shares = u64::try_from(self.shares()).unwrap_or(u64::MAX).max(1);
        let share = self
            .terms
            .epsilon
            .checked_div(shares)
            .filter(|share| *share > 0);
        let whole = sensitivity.checked_mul(u128::from(self.terms.max_groups));
        let whole = whole.and_then(|whole| whole.checked_mul(u128::from(MICRO)));
        let whole = whole.filter(|whole| *whole <= MOST_SCALE);
        let scale = whole
            .zip(share)
            .and_then(|(whole, share)| Ratio::new(whole, share.into()));
        scale.ok_or_else(|| ReleaseError::Spec("a bound is too large".into()))
    }

    /// The scale of the noise of each base statistic.
    pub(super) fn scales(&self) -> Result<Vec<Ratio>> {
        self.scale(1)?;
        let bases = self.bases.list.iter();
        bases.map(|base| self.scale(base.sensitivity())).collect()
    }

    /// Adds noise and lets the answer out. The key is fresh randomness, used once.
    ///
    /// # Errors
    /// If an array cannot be built, or a bound is too large; the message says nothing about values.
    pub fn finish(self, key: &Zeroizing<[u8; 32]>) -> Result<Released> {
        let mut sums = match self.terms.sides {
            None => self.sums(key),
            Some(sides) => self.between(sides)?,
        };
        self.always_there(&mut sums)?;
        let mut stream = Stream::new(key, "dp");
        let scales = self.scales()?;
        let mut keys = Vec::new();
        let mut columns = vec![Vec::new(); self.bases.made.len()];
        for (key, cell) in self.cells.sorted() {
            let Some(mut sum) = sums.remove(&cell) else {
                continue;
            };
            if !self.is_told(&mut stream, &sum)? {
                continue;
            }
            for (value, scale) in sum.values.iter_mut().zip(&scales) {
                *value = value.saturating_add(discrete_laplace_of(&mut stream, *scale));
            }
            keys.push(key);
            let made = self.bases.made.iter().zip(&self.spec.statistics);
            for (column, (made, statistic)) in columns.iter_mut().zip(made) {
                let value = value_of(*made, &sum.values, &statistic.output);
                column.push(value.and_then(|value| fit(value, &statistic.output)));
            }
        }
        self.batch(&keys, &columns)
    }

    /// Groups that are told whether anybody is in them or not.
    fn always_there(&self, sums: &mut BTreeMap<u32, GroupSums>) -> Result<()> {
        match self.terms.groups {
            DpGroups::Threshold => {}
            DpGroups::Listed => {
                for cell in &self.listed {
                    sums.entry(*cell).or_insert_with(|| self.nothing());
                }
            }
            DpGroups::Whole => {
                let (_, only) = self
                    .cells
                    .sorted()
                    .first()
                    .copied()
                    .ok_or(ReleaseError::Values)?;
                sums.entry(only).or_insert_with(|| self.nothing());
            }
        }
        Ok(())
    }

    fn is_told(&self, stream: &mut Stream, sum: &GroupSums) -> Result<bool> {
        if self.terms.groups != DpGroups::Threshold {
            return Ok(true);
        }
        let noised = discrete_laplace_of(stream, self.scale(1)?);
        Ok(sum.bearers.saturating_add(noised) >= self.limit_of_groups()?)
    }

    /// The noised number of entities from which on a group is told.
    pub(super) fn limit_of_groups(&self) -> Result<i128> {
        let limit = threshold(self.scale(1)?, self.terms.max_groups, self.terms.delta);
        Ok(limit.max(self.terms.least.into()))
    }

    fn batch(&self, keys: &[&[u8]], values: &[Vec<Option<Datum>>]) -> Result<Released> {
        let mut fields = Vec::new();
        let mut columns: Vec<ArrayRef> = Vec::new();
        for (key, array) in self.spec.keys.iter().zip(self.cells.arrays(keys)?) {
            let to = self
                .types
                .get(key.column)
                .and_then(plain)
                .ok_or(ReleaseError::Mismatch)?;
            columns.push(rebuild(&array, &to)?);
            fields.push(Field::new(&key.name, to, true));
        }
        for (statistic, values) in self.spec.statistics.iter().zip(values) {
            columns.push(column(values, &statistic.output)?);
            fields.push(Field::new(&statistic.name, statistic.output.clone(), true));
        }
        let options = RecordBatchOptions::new().with_row_count(Some(keys.len()));
        let schema = Arc::new(Schema::new(fields));
        RecordBatch::try_new_with_options(schema, columns, &options)
            .map(Released::new)
            .map_err(ReleaseError::hide)
    }
}

/// A statistic, from numbers that have their noise.
fn value_of(made: Made, noised: &[i128], output: &DataType) -> Option<Datum> {
    let of = |base: usize| noised.get(base).copied();
    let wide = |base: usize| of(base).map(i256::from_i128);
    match made {
        Made::Is(base) => wide(base).map(Datum::Integer),
        Made::Sum { base, scale } => crate::finish::number(wide(base)?, scale, output),
        Made::Mean {
            values,
            total,
            scale,
        } => {
            let moments = Moments::of(count(of(values)?)?, wide(total)?, i256::ZERO);
            mean(&moments, scale, output)
        }
        Made::Spread {
            values,
            total,
            squares,
            scale,
            sample,
            root,
        } => {
            let moments = Moments::of(count(of(values)?)?, wide(total)?, wide(squares)?);
            let variance = moments.variance(sample)? / power_of_ten(2 * i32::from(scale));
            Some(Datum::Float(if root { variance.sqrt() } else { variance }))
        }
    }
}

/// A noised number of values that something can be divided by.
fn count(values: i128) -> Option<u64> {
    u64::try_from(values).ok().filter(|values| *values > 0)
}

fn mean(moments: &Moments, scale: i8, output: &DataType) -> Option<Datum> {
    if let DataType::Decimal128(_, out) = output {
        let digits = i16::from(*out) - i16::from(scale);
        return Some(Datum::Integer(moments.mean(u32::try_from(digits).ok()?)?));
    }
    let count = to_f64(i256::from_i128(i128::from(moments.count())));
    Some(Datum::Float(
        to_f64(moments.sum()) / power_of_ten(i32::from(scale)) / count,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_divided_by_no_values() {
        assert_eq!([-3, 0, 1, 9].map(count), [None, None, Some(1), Some(9)]);
    }

    #[test]
    fn a_mean_is_in_the_scale_of_its_sum() {
        let moments = Moments::of(4, i256::from_i128(5000), i256::ZERO);
        let mean = mean(&moments, 3, &DataType::Float64);
        assert!(matches!(mean, Some(Datum::Float(mean)) if (mean - 1.25).abs() < 1e-12));
    }

    /// 1 and 5, in thousandths: they are 2 from their mean.
    #[test]
    fn a_spread_is_in_the_scale_of_its_squares() {
        let spread = |sample, root| {
            let made = Made::Spread {
                values: 0,
                total: 1,
                squares: 2,
                scale: 3,
                sample,
                root,
            };
            match value_of(made, &[2, 6_000, 26_000_000], &DataType::Float64) {
                Some(Datum::Float(spread)) => Some(spread),
                Some(Datum::Integer(_)) | None => None,
            }
        };
        assert_eq!(spread(false, false), Some(4.0));
        assert_eq!(spread(true, false), Some(8.0));
        assert_eq!(spread(false, true), Some(2.0));
    }
}
