//! The discrete Laplace distribution.

use super::bernoulli::{bernoulli_exp, geometric};
use super::ratio::Ratio;
use super::stream::Stream;

/// A whole number x with probability proportional to exp(−|x| / scale); 0 for a scale of 0.
pub fn discrete_laplace(stream: &mut Stream, scale: u64) -> i128 {
    Ratio::new(scale.into(), 1).map_or(0, |scale| discrete_laplace_of(stream, scale))
}

/// The same of a scale that is a quotient.
///
/// Algorithm 2 of Canonne, Kamath and Steinke (2020): exact for a scale that is a quotient, as that of a bound by a
/// share of a budget is.
pub fn discrete_laplace_of(stream: &mut Stream, scale: Ratio) -> i128 {
    let (above, below) = (scale.above(), scale.below());
    loop {
        let low = stream.below(above);
        let Some(gamma) = Ratio::new(low, above) else {
            return 0;
        };
        if !bernoulli_exp(stream, gamma) {
            continue;
        }
        let whole = geometric(stream).saturating_mul(above).saturating_add(low);
        let size = whole.checked_div(below).unwrap_or(u128::MAX);
        let size = i128::try_from(size).unwrap_or(i128::MAX);
        match (stream.coin(), size) {
            (true, 0) => {}
            (true, size) => return -size,
            (false, size) => return size,
        }
    }
}
