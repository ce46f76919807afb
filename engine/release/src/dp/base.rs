//! Base statistics: the numbers that carry noise, each with what one entity may add to it in a group.

use arrow::datatypes::{DataType, Schema};
use policy::number::Decimal;

use super::terms::DpTerms;
use crate::measure::scale_of;
use crate::plan::{Plan, Source};
use crate::spec::ReleaseSpec;
use crate::{ReleaseError, Result};

/// The largest bound, so that sums and scales stay far within 128 bits.
const MOST: u128 = 1 << 90;

/// A number that carries noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    /// Rows, each entity's at most so many.
    Rows { most: u64 },
    /// Rows whose argument is not NULL.
    Present { at: usize, most: u64 },
    /// Distinct values, of each entity at most so many.
    Distinct { at: usize, most: u64 },
    /// The sum of an argument, each entity's between these.
    Sum {
        measure: usize,
        low: i128,
        high: i128,
    },
    /// Values of an argument; entities with more count as so many of their average values.
    Values { measure: usize, most: u64 },
    /// The sum of the same.
    Total {
        measure: usize,
        most: u64,
        value: i128,
    },
    /// The sum of their squares.
    Squares {
        measure: usize,
        most: u64,
        value: i128,
    },
}

impl Base {
    /// The most that one entity changes it by in a group.
    pub(super) fn sensitivity(self) -> u128 {
        match self {
            Self::Rows { most }
            | Self::Present { most, .. }
            | Self::Distinct { most, .. }
            | Self::Values { most, .. } => u128::from(most),
            Self::Sum { low, high, .. } => low.unsigned_abs().max(high.unsigned_abs()),
            Self::Total { most, value, .. } => value.unsigned_abs().saturating_mul(most.into()),
            Self::Squares { most, value, .. } => {
                let square = value.unsigned_abs().saturating_mul(value.unsigned_abs());
                square.saturating_mul(most.into())
            }
        }
    }
}

/// How a statistic is made of base statistics.
#[derive(Debug, Clone, Copy)]
pub(super) enum Made {
    /// It is one.
    Is(usize),
    /// A sum with so many digits behind the point.
    Sum { base: usize, scale: i8 },
    /// The quotient of two.
    Mean {
        values: usize,
        total: usize,
        scale: i8,
    },
    /// A variance or deviation of three.
    Spread {
        values: usize,
        total: usize,
        squares: usize,
        scale: i8,
        sample: bool,
        root: bool,
    },
}

/// The base statistics of a release, and how its statistics are made of them.
#[derive(Debug, Default)]
pub(super) struct Bases {
    pub(super) list: Vec<Base>,
    pub(super) made: Vec<Made>,
}

impl Bases {
    /// Compiles the statistics of a spec.
    pub(super) fn new(
        plan: &Plan,
        spec: &ReleaseSpec,
        terms: &DpTerms,
        schema: &Schema,
    ) -> Result<Self> {
        if terms.bounds.len() != spec.statistics.len() {
            return Err(ReleaseError::Spec(
                "bounds that are not about these statistics".into(),
            ));
        }
        let mut bases = Self::default();
        let each = plan.recipes.iter().zip(&spec.statistics).zip(&terms.bounds);
        for ((recipe, statistic), bounds) in each {
            let kind = statistic
                .kind
                .column()
                .and_then(|at| schema.fields().get(at));
            let kind = kind.map(|field| field.data_type());
            let made = bases.statistic(recipe.value, *bounds, terms.max_rows.into(), kind)?;
            bases.made.push(made);
        }
        match bases.list.iter().find(|base| base.sensitivity() > MOST) {
            Some(_) => Err(ReleaseError::Spec("a bound is too large".into())),
            None => Ok(bases),
        }
    }

    fn statistic(
        &mut self,
        source: Source,
        (low, high): (Decimal, Decimal),
        rows: u64,
        kind: Option<&DataType>,
    ) -> Result<Made> {
        let most = || {
            let whole = high.at_scale(0).and_then(|most| u64::try_from(most).ok());
            whole.ok_or_else(|| ReleaseError::Spec("the bound of a count is no number".into()))
        };
        let scale_of = || kind.and_then(scale_of).ok_or(ReleaseError::Batch);
        Ok(match source {
            Source::Rows => Made::Is(self.number(Base::Rows { most: most()? })),
            Source::Present(at) => Made::Is(self.number(Base::Present { at, most: most()? })),
            Source::Distinct(at) | Source::Supported { distinct: at, .. } => {
                Made::Is(self.number(Base::Distinct { at, most: most()? }))
            }
            Source::Sum { measure, scale } => {
                let (low, high) = interval(low, high, scale_of()?)?;
                let base = self.number(Base::Sum { measure, low, high });
                Made::Sum { base, scale }
            }
            Source::Mean { measure, scale } => {
                let value = largest(low, high, scale_of()?)?;
                let (values, total) = self.mean(measure, rows, value);
                Made::Mean {
                    values,
                    total,
                    scale,
                }
            }
            Source::Spread {
                measure,
                scale,
                sample,
                root,
            } => {
                let value = largest(low, high, scale_of()?)?;
                let (values, total) = self.mean(measure, rows, value);
                let squares = self.number(Base::Squares {
                    measure,
                    most: rows,
                    value,
                });
                Made::Spread {
                    values,
                    total,
                    squares,
                    scale,
                    sample,
                    root,
                }
            }
        })
    }

    fn mean(&mut self, measure: usize, most: u64, value: i128) -> (usize, usize) {
        let values = self.number(Base::Values { measure, most });
        let total = self.number(Base::Total {
            measure,
            most,
            value,
        });
        (values, total)
    }

    /// The number of a base statistic: what two statistics share is noised and paid for once.
    fn number(&mut self, base: Base) -> usize {
        let known = self.list.iter().position(|other| *other == base);
        known.unwrap_or_else(|| {
            self.list.push(base);
            self.list.len().saturating_sub(1)
        })
    }
}

/// Bounds in the units that a column is summed in, with 0 between them: who is not there adds that.
fn interval(low: Decimal, high: Decimal, scale: i8) -> Result<(i128, i128)> {
    let (low, high) = (unscaled(low, scale)?, unscaled(high, scale)?);
    Ok((low.min(0), high.max(0)))
}

/// The largest size of a value.
fn largest(low: Decimal, high: Decimal, scale: i8) -> Result<i128> {
    let (low, high) = interval(low, high, scale)?;
    Ok(high.max(low.saturating_neg()))
}

/// A bound in units of 10^-scale, away from zero where digits are lost.
fn unscaled(bound: Decimal, scale: i8) -> Result<i128> {
    let digits = i32::from(scale) - i32::from(bound.scale());
    let power = 10_i128.checked_pow(digits.unsigned_abs());
    let units = power.and_then(|power| {
        if digits >= 0 {
            return bound.mantissa().checked_mul(power);
        }
        let away = bound
            .mantissa()
            .signum()
            .checked_mul(power.checked_sub(1)?)?;
        bound.mantissa().checked_add(away)?.checked_div(power)
    });
    units.ok_or_else(|| ReleaseError::Spec("a bound is too large".into()))
}
