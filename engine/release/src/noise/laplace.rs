//! The discrete Laplace distribution.

use super::bernoulli::{bernoulli_exp, geometric};
use super::ratio::Ratio;
use super::stream::Stream;

/// A whole number x with probability proportional to exp(−|x| / scale); 0 for a scale of 0.
pub fn discrete_laplace(stream: &mut Stream, scale: u64) -> i128 {
    let scale = u128::from(scale);
    loop {
        let low = stream.below(scale);
        let Some(gamma) = Ratio::new(low, scale) else {
            return 0;
        };
        if !bernoulli_exp(stream, gamma) {
            continue;
        }
        let size = geometric(stream).saturating_mul(scale).saturating_add(low);
        let size = i128::try_from(size).unwrap_or(i128::MAX);
        match (stream.coin(), size) {
            (true, 0) => {}
            (true, size) => return -size,
            (false, size) => return size,
        }
    }
}
