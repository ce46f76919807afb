//! Discrete Laplace noise of any rational scale, and the threshold that it makes for groups.

use crate::noise::{Ratio, Stream, bernoulli_exp, geometric};

/// A whole number x with probability proportional to exp(−|x| / scale); 0 for a scale of 0.
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

/// The noised number of entities from which on a group is told: 1 + ⌈scale · ln(groups / delta)⌉.
///
/// A group that is there because of one entity has a true number of 1. That noise lifts it to the threshold has the
/// probability α^(τ−1) / (1 + α) with α = exp(−1 / scale), which is below delta / groups; and there are at most `groups`
/// groups of one entity. One more covers the last bits of the logarithm.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a threshold has far fewer than fifty bits, and one more is added than it needs"
)]
pub fn threshold(scale: Ratio, groups: u32, delta: f64) -> i128 {
    let scale = scale.above() as f64 / scale.below() as f64;
    let most = (scale * (f64::from(groups) / delta).ln()).max(0.0).ceil();
    if most.is_finite() && most < 1e30 {
        (most as i128).saturating_add(2)
    } else {
        i128::MAX
    }
}
