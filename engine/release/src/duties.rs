//! What a release owes beyond support: jitter, history and noise.
//!
//! Kept apart from [`ReleaseSpec`](crate::ReleaseSpec), because a release that owes none of it takes the short way.

use policy::number::Decimal;

use crate::measure::scale_of;
use crate::noise::Ratio;
use crate::spec::ReleaseSpec;
use crate::{ReleaseError, Result};

use arrow::datatypes::DataType;

/// What is owed to the tables of a plan, the strictest of them all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Duties {
    /// Support is tested with sticky noise on the number of entities.
    pub jitter: bool,
    /// Earlier outcomes are returned for little changes.
    pub history: bool,
    /// The variance of the noise in units of the cut, if values carry noise.
    pub noise: Option<Decimal>,
    /// By slot: the unit space it is of.
    pub spaces: Vec<String>,
    /// By statistic: what its owner lets one entity add to it.
    pub cuts: Vec<Option<OwnerCut>>,
}

/// What one entity of an owner may add to a sum of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnerCut {
    /// The owner's party number.
    pub party: u8,
    /// The most, in the unit of the column.
    pub amount: Decimal,
}

/// The largest variance that noise is drawn with.
const MOST: u128 = 100_000;
/// Variances are kept in thousandths.
const THOUSAND: i128 = 1000;

impl Duties {
    /// Whether anything is owed.
    #[must_use]
    pub fn any(&self) -> bool {
        self.jitter || self.history || self.noise.is_some()
    }

    /// The variance of the noise as a rational number, thousandths rounded up.
    pub(crate) fn variance(&self) -> Result<Option<Ratio>> {
        let Some(variance) = self.noise else {
            return Ok(None);
        };
        let refuse = || {
            ReleaseError::Spec(format!(
                "noise of variance {variance}, which is not between 0 and {MOST}"
            ))
        };
        let unit = 10_i128
            .checked_pow(u32::from(variance.scale()))
            .ok_or_else(refuse)?;
        let scaled = variance
            .mantissa()
            .checked_mul(THOUSAND)
            .ok_or_else(refuse)?;
        let up = scaled
            .checked_add(unit - 1)
            .and_then(|up| up.checked_div(unit))
            .ok_or_else(refuse)?;
        let up = u128::try_from(up).map_err(|_| refuse())?;
        let ratio = Ratio::new(up, THOUSAND.unsigned_abs()).ok_or_else(refuse)?;
        if ratio.floor() > MOST {
            Err(refuse())
        } else {
            Ok(Some(ratio))
        }
    }

    /// Checks that the duties are about this spec.
    pub(crate) fn check(&self, spec: &ReleaseSpec) -> Result<()> {
        if self.spaces.len() != spec.slots.len() || self.cuts.len() != spec.statistics.len() {
            return Err(ReleaseError::Spec(
                "duties that are not about these tracks and statistics".into(),
            ));
        }
        self.variance().map(|_| ())
    }

    /// The owner's cut of a statistic in the units that its column is summed in.
    pub(crate) fn cut(
        &self,
        spec: &ReleaseSpec,
        types: &[DataType],
        statistic: usize,
    ) -> Option<(u8, i128)> {
        let cut = self.cuts.get(statistic).copied().flatten()?;
        let kind = spec.statistics.get(statistic)?.kind;
        let scale = scale_of(types.get(kind.column()?)?)?;
        Some((cut.party, unscaled(cut.amount, scale)?))
    }
}

/// A decimal in units of 10^-scale, rounded up, at least 1.
fn unscaled(amount: Decimal, scale: i8) -> Option<i128> {
    let digits = i32::from(scale) - i32::from(amount.scale());
    let power = 10_i128.checked_pow(digits.unsigned_abs())?;
    let units = if digits >= 0 {
        amount.mantissa().checked_mul(power)?
    } else {
        amount
            .mantissa()
            .checked_add(power - 1)?
            .checked_div(power)?
    };
    Some(units.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or(Decimal::from(-1))
    }

    /// Rounded down a cut would be nothing, and noise in its units too.
    #[test]
    fn a_cut_is_rounded_up_to_the_units_of_its_column() {
        let cases = [
            ("20000", 2, 2_000_000),
            ("20000", 0, 20_000),
            ("0.5", 0, 1),
            ("2.5", 0, 3),
            ("2", 0, 2),
            ("0.25", 1, 3),
            ("0.20", 1, 2),
            ("0.25", 2, 25),
            ("0", 2, 1),
        ];
        for (amount, scale, units) in cases {
            assert_eq!(
                unscaled(decimal(amount), scale),
                Some(units),
                "{amount} {scale}"
            );
        }
        // Digits that are written and say nothing.
        let written = |mantissa| unscaled(Decimal::new(mantissa, 3), 1);
        assert_eq!([200, 201, 299, 300].map(written), [2, 3, 3, 3].map(Some));
    }

    #[test]
    fn variances_are_thousandths_rounded_up_within_bounds() {
        let variance = |text: &str| {
            let noise = Some(decimal(text));
            let duties = Duties {
                noise,
                ..Duties::default()
            };
            duties.variance()
        };
        let ratio = |thousandths| Ratio::new(thousandths, 1000);
        for (text, thousandths) in [
            ("16", 16_000),
            ("16.5", 16_500),
            ("0.001", 1),
            ("0.0001", 1),
            ("2.0004", 2001),
            ("100000", 100_000_000),
            ("100000.999", 100_000_999),
        ] {
            assert_eq!(variance(text), Ok(ratio(thousandths)), "{text}");
        }
        for text in ["100001", "-1"] {
            assert!(variance(text).is_err(), "{text}");
        }
        assert_eq!(Duties::default().variance(), Ok(None));
    }

    #[test]
    fn each_of_the_three_is_owed_by_itself() {
        let none = Duties::default();
        assert!(!none.any());
        let jitter = Duties {
            jitter: true,
            ..none.clone()
        };
        let history = Duties {
            history: true,
            ..none.clone()
        };
        let noise = Duties {
            noise: Some(decimal("1")),
            ..none
        };
        assert!(jitter.any() && history.any() && noise.any());
    }

    #[test]
    fn a_cut_in_coarser_units_is_rounded_up() {
        let of = |text| unscaled(decimal(text), -1);
        assert_eq!(["20", "21", "29.5", "3"].map(of), [2, 3, 3, 1].map(Some));
    }
}
