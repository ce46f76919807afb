//! The samplers against their exact distributions. Seeds are fixed, so a run cannot come out otherwise than the last.
#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "tests"
)]

mod opendp;

use std::collections::BTreeMap;

use super::bernoulli::{bernoulli, bernoulli_exp, geometric};
use super::{Ratio, Stream, discrete_gaussian, discrete_laplace};

/// How many draws a test looks at: `SUBROSA_DRAWS`, or enough for every day.
fn draws() -> usize {
    let asked = std::env::var("SUBROSA_DRAWS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(100_000)
}

fn stream(seed: u8) -> Stream {
    Stream::new(&[seed; 32], "test")
}

fn ratio(above: u128, below: u128) -> Ratio {
    Ratio::new(above, below).unwrap()
}

fn tally(mut draw: impl FnMut() -> i128) -> BTreeMap<i128, f64> {
    let mut counts = BTreeMap::new();
    for _ in 0..draws() {
        *counts.entry(draw()).or_insert(0.0) += 1.0;
    }
    counts
}

/// How many standard deviations Pearson's statistic is too large, with tails of fewer than ten merged; by the normal
/// approximation of Wilson and Hilferty, which holds for few bins too.
fn surprise(counts: &BTreeMap<i128, f64>, weight: impl Fn(i128) -> f64) -> f64 {
    let (low, high) = (-400_i128, 400_i128);
    let total: f64 = (low..=high).map(&weight).sum();
    let expected = |x| weight(x) / total * draws() as f64;
    let (mut statistic, mut bins) = (0.0, 0.0);
    let (mut rest, mut rest_expected) = (0.0, 0.0);
    for x in low..=high {
        let (seen, expected) = (counts.get(&x).copied().unwrap_or(0.0), expected(x));
        if expected < 10.0 {
            rest += seen;
            rest_expected += expected;
        } else {
            statistic += (seen - expected).powi(2) / expected;
            bins += 1.0;
        }
    }
    if rest_expected > 1.0 {
        statistic += (rest - rest_expected).powi(2) / rest_expected;
        bins += 1.0;
    }
    deviations(statistic, bins - 1.0)
}

/// A statistic of χ² as standard deviations of a normal one.
fn deviations(statistic: f64, freedom: f64) -> f64 {
    let spread = 2.0 / (9.0 * freedom);
    ((statistic / freedom).cbrt() - (1.0 - spread)) / spread.sqrt()
}

fn gauss(variance: f64) -> impl Fn(i128) -> f64 {
    move |x| (-(x as f64).powi(2) / (2.0 * variance)).exp()
}

#[test]
fn the_discrete_gaussian_has_its_distribution() {
    for (seed, (above, below)) in [
        (1, 3),
        (1, 1),
        (5, 2),
        (4, 1),
        (16, 1),
        (1024, 1),
        (3721, 4),
    ]
    .into_iter()
    .enumerate()
    {
        let mut stream = stream(seed as u8);
        let counts = tally(|| discrete_gaussian(&mut stream, ratio(above, below)));
        let variance = above as f64 / below as f64;
        let far = surprise(&counts, gauss(variance));
        assert!(far < 4.0, "variance {variance}: {far} standard deviations");
    }
}

#[test]
fn the_test_itself_sees_a_wrong_variance() {
    let mut stream = stream(1);
    let counts = tally(|| discrete_gaussian(&mut stream, ratio(16, 1)));
    let far = surprise(&counts, gauss(16.5));
    assert!(far > 6.0, "{far}");
}

#[test]
fn the_discrete_laplace_has_its_distribution() {
    for (seed, scale) in [1_u64, 2, 5, 20].into_iter().enumerate() {
        let mut stream = stream(100 + seed as u8);
        let counts = tally(|| discrete_laplace(&mut stream, scale));
        let far = surprise(&counts, |x| {
            (-(x.unsigned_abs() as f64) / scale as f64).exp()
        });
        assert!(far < 4.0, "scale {scale}: {far} standard deviations");
    }
}

#[test]
fn coins_have_their_bias() {
    let mut coins = stream(50);
    for (above, below) in [(1_u128, 7_u128), (3, 2), (0, 1), (22, 7), (1, 1)] {
        let gamma = ratio(above, below);
        let heads = (0..draws())
            .filter(|_| bernoulli_exp(&mut coins, gamma))
            .count() as f64;
        let p = (-(above as f64) / below as f64).exp();
        let deviation = (draws() as f64 * p * (1.0 - p)).sqrt().max(0.5);
        assert!(
            (heads - draws() as f64 * p).abs() < 4.0 * deviation,
            "exp(-{above}/{below}): {heads}"
        );
    }
    let sixths = (0..draws()).filter(|_| bernoulli(&mut coins, 1, 6)).count() as f64;
    assert!(
        (sixths - draws() as f64 / 6.0).abs() < 4.0 * (draws() as f64 * 5.0 / 36.0).sqrt(),
        "{sixths}"
    );
}

#[test]
fn the_geometric_has_its_distribution() {
    let mut stream = stream(51);
    let counts = tally(|| geometric(&mut stream).cast_signed());
    let far = surprise(&counts, |x| if x < 0 { 0.0 } else { (-(x as f64)).exp() });
    assert!(far < 4.0, "{far}");
}

#[test]
fn uniform_numbers_are_uniform_and_below_their_bound() {
    let mut stream = stream(52);
    for bound in [1_u128, 2, 3, 10, 256, 257] {
        let counts = tally(|| stream.below(bound).cast_signed());
        assert!(counts.keys().all(|x| (0..bound.cast_signed()).contains(x)));
        if bound > 1 {
            let weight = |x| f64::from(u8::from((0..bound.cast_signed()).contains(&x)));
            assert!(surprise(&counts, weight) < 4.0, "{bound}");
        }
    }
    assert_eq!(stream.below(0), 0);
    assert!((0..100).any(|_| stream.below(u128::MAX) > u128::MAX / 2));
}

#[test]
fn moments_are_right_where_a_table_of_the_distribution_is_not() {
    let variance = ratio(16 * 9999 * 9999, 1_000_000);
    let mut stream = stream(53);
    let drawn: Vec<f64> = (0..draws())
        .map(|_| discrete_gaussian(&mut stream, variance) as f64)
        .collect();
    let mean = drawn.iter().sum::<f64>() / draws() as f64;
    let spread = drawn.iter().map(|x| x * x).sum::<f64>() / draws() as f64;
    let exact = variance.above() as f64 / variance.below() as f64;
    assert!(
        mean.abs() < 4.0 * (exact / draws() as f64).sqrt(),
        "mean {mean}"
    );
    assert!(
        (spread / exact - 1.0).abs() < 4.0 * (2.0 / draws() as f64).sqrt(),
        "variance {spread}, not {exact}"
    );
}

#[test]
fn a_draw_is_a_function_of_key_and_label() {
    let draw = |key: u8, label: &str| {
        let mut stream = Stream::new(&[key; 32], label);
        (0..64)
            .map(|_| discrete_gaussian(&mut stream, ratio(1600, 1)))
            .collect::<Vec<_>>()
    };
    assert_eq!(draw(1, "a"), draw(1, "a"));
    assert_ne!(draw(1, "a"), draw(2, "a"));
    assert_ne!(draw(1, "a"), draw(1, "b"));
}

#[test]
fn no_variance_is_no_noise() {
    let mut stream = stream(54);
    assert!((0..100).all(|_| discrete_gaussian(&mut stream, ratio(0, 1)) == 0));
    assert!((0..100).all(|_| discrete_laplace(&mut stream, 0) == 0));
    assert_eq!(Ratio::new(1, 0), None);
}
