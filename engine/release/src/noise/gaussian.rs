//! The discrete Gaussian distribution.

use super::bernoulli::bernoulli_exp;
use super::laplace::discrete_laplace;
use super::ratio::Ratio;
use super::stream::Stream;

/// A whole number x with probability proportional to exp(−x² / (2 variance)); 0 for a variance of 0.
///
/// Drawn from a discrete Laplace distribution and kept with the probability that makes it Gaussian. Exact while
/// numerator and denominator of the variance are below 2⁴⁰.
pub fn discrete_gaussian(stream: &mut Stream, variance: Ratio) -> i128 {
    if variance.above() == 0 {
        return 0;
    }
    let scale = u64::try_from(variance.floor().isqrt() + 1).unwrap_or(u64::MAX);
    loop {
        let drawn = discrete_laplace(stream, scale);
        if exponent(drawn.unsigned_abs(), u128::from(scale), variance)
            .is_some_and(|gamma| bernoulli_exp(stream, gamma))
        {
            return drawn;
        }
    }
}

/// (|y| − v/t)² / 2v; `None` where it is beyond all bounds.
fn exponent(drawn: u128, scale: u128, variance: Ratio) -> Option<Ratio> {
    let (above, below) = (variance.above(), variance.below());
    let distance = drawn
        .checked_mul(below)?
        .checked_mul(scale)?
        .abs_diff(above);
    let divisor = above
        .checked_mul(below)?
        .checked_mul(scale)?
        .checked_mul(scale)?;
    Ratio::new(distance.checked_mul(distance)?, divisor.checked_mul(2)?)
}
