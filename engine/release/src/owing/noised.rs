//! Noise: a discrete Gaussian of deviation √variance × cut, on a grid no finer than a tenth of the cut.
//!
//! It is drawn from the secrets of every party behind the value and from what their entities add: the same people with
//! the same additions get the same noise, in whatever words and through whatever tables they are asked for.

use arrow::datatypes::i256;

use super::cut::Cut;
use super::digest;
use crate::memory::Fresh;
use crate::noise::{Ratio, discrete_gaussian};
use crate::secrets::Secrets;
use crate::{ReleaseError, Result};

/// A cut value with its noise.
pub(crate) fn noised(
    traces: &[Fresh],
    cut: Cut,
    variance: Ratio,
    secrets: &Secrets,
) -> Result<i256> {
    let (grid, variance) = scale(cut.cover.unsigned_abs(), variance)?;
    let grid = i256::from_i128(grid);
    let message = digest::of_value(traces, cut.value);
    let parties = traces
        .iter()
        .flat_map(|fresh| fresh.whose.parties.iter().map(String::as_str));
    let mut stream = secrets.stream(parties, "subrosa noise v1", &message)?;
    let noise = i256::from_i128(discrete_gaussian(&mut stream, variance));
    Ok(rounded(cut.value, grid)
        .wrapping_add(noise)
        .wrapping_mul(grid))
}

/// The grid, a power of ten not above what is covered, and the variance in units of it, at most 0.2 % too large.
fn scale(cover: u128, variance: Ratio) -> Result<(i128, Ratio)> {
    const THOUSAND: u128 = 1000;
    let cover = cover.max(1);
    let mut grid = 1_u128;
    while let Some(next) = grid.checked_mul(10).filter(|next| *next <= cover) {
        grid = next;
    }
    let thousandths = cover.checked_mul(THOUSAND).map_or_else(
        || cover.div_ceil(grid).saturating_mul(THOUSAND),
        |cover| cover.div_ceil(grid),
    );
    let above = variance
        .above()
        .checked_mul(thousandths * thousandths)
        .ok_or(ReleaseError::Overflow)?;
    let below = variance
        .below()
        .checked_mul(THOUSAND * THOUSAND)
        .ok_or(ReleaseError::Overflow)?;
    let variance = Ratio::new(above, below).ok_or(ReleaseError::Overflow)?;
    Ok((
        i128::try_from(grid).map_err(|_| ReleaseError::Overflow)?,
        variance,
    ))
}

/// How many grid steps a value is, rounded to the nearest, halves away from zero.
fn rounded(value: i256, grid: i256) -> i256 {
    let half = grid.checked_div(i256::from_i128(2)).unwrap_or(i256::ZERO);
    let moved = if value.is_negative() {
        value.wrapping_sub(half)
    } else {
        value.wrapping_add(half)
    };
    moved.checked_div(grid).unwrap_or(value)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_grid_is_a_power_of_ten_below_the_cut_and_the_deviation_a_multiple_of_the_cut() {
        let sixteen = Ratio::new(16, 1).unwrap();
        let of = |cover| {
            let (grid, variance) = scale(cover, sixteen).unwrap();
            (grid, variance.above(), variance.below())
        };
        assert_eq!(of(0), (1, 16, 1));
        assert_eq!(of(1), (1, 16, 1));
        assert_eq!(of(8), (1, 16 * 64, 1));
        assert_eq!(of(16), (10, 1024, 25));
        assert_eq!(of(2_000_000), (1_000_000, 64, 1));
        assert_eq!(of(u128::MAX).0, 10_i128.pow(38));
    }

    #[test]
    fn values_are_rounded_to_the_nearest_step() {
        let of = |value: i128| {
            rounded(i256::from_i128(value), i256::from_i128(10))
                .to_i128()
                .unwrap()
        };
        assert_eq!(
            [0, 4, 5, 14, 15, -4, -5, -15].map(of),
            [0, 0, 1, 1, 2, 0, -1, -2]
        );
    }
}
