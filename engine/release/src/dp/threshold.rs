//! The threshold that noise makes for groups.

use crate::noise::Ratio;

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
