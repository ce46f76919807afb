//! Biased coins of exact bias, among them those of bias exp(−γ).

use super::ratio::Ratio;
use super::stream::Stream;

/// True with probability `above / below`.
pub(crate) fn bernoulli(stream: &mut Stream, above: u128, below: u128) -> bool {
    stream.below(below) < above
}

/// True with probability exp(−γ).
pub(crate) fn bernoulli_exp(stream: &mut Stream, gamma: Ratio) -> bool {
    let one = Ratio::new(1, 1).unwrap_or(gamma);
    let mut whole = gamma.floor();
    while whole > 0 {
        if !below_one(stream, one) {
            return false;
        }
        whole -= 1;
    }
    below_one(stream, gamma.fraction())
}

/// True with probability exp(−γ) for γ ≤ 1: the first k at which a coin of bias γ/k falls is odd.
fn below_one(stream: &mut Stream, gamma: Ratio) -> bool {
    let mut k = 1_u128;
    while bernoulli(stream, gamma.above(), gamma.below().saturating_mul(k)) {
        k += 1;
    }
    k % 2 == 1
}

/// How often a coin of bias exp(−1) comes up before it falls: n with probability (1 − 1/e)·exp(−n).
pub(crate) fn geometric(stream: &mut Stream) -> u128 {
    let mut count = 0;
    while Ratio::new(1, 1).is_some_and(|one| bernoulli_exp(stream, one)) {
        count += 1;
    }
    count
}
