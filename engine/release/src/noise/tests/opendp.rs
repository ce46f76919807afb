//! The samplers beside `opendp`'s of the same distributions. They share no code with ours, and their randomness is not ours to fix: what a
//! test asserts fails by chance less than once in a hundred million runs.

use ::opendp::traits::samplers::{sample_discrete_gaussian, sample_discrete_laplace};

use super::*;

/// How many standard deviations two tallies of equally many draws are too far apart, by Pearson's statistic of two samples; rare values
/// are merged.
fn apart(ours: &BTreeMap<i128, f64>, theirs: &BTreeMap<i128, f64>) -> f64 {
    let values = ours.keys().chain(theirs.keys());
    let values: std::collections::BTreeSet<i128> = values.copied().collect();
    let of = |tally: &BTreeMap<i128, f64>, value| tally.get(&value).copied().unwrap_or(0.0);
    let pairs = values
        .iter()
        .map(|value| (of(ours, *value), of(theirs, *value)));
    let (common, rare): (Vec<_>, Vec<_>) = pairs.partition(|(a, b)| a + b >= 20.0);
    let merged = rare
        .iter()
        .fold((0.0, 0.0), |(a, b), (c, d)| (a + c, b + d));
    let bins = common.into_iter().chain([merged]);
    let bins: Vec<_> = bins.filter(|(a, b)| a + b >= 20.0).collect();
    let statistic = bins.iter().map(|(a, b)| (a - b).powi(2) / (a + b)).sum();
    deviations(statistic, bins.len() as f64 - 1.0)
}

/// By deviation in halves.
fn gaussian_beside(halves: u8, of_theirs: u8) -> f64 {
    let mut stream = stream(150 + halves);
    let variance = ratio(u128::from(halves).pow(2), 4);
    let scale = f64::from(of_theirs) / 2.0;
    let theirs = || sample_discrete_gaussian(scale.try_into().unwrap()).unwrap();
    apart(
        &tally(|| discrete_gaussian(&mut stream, variance)),
        &tally(|| theirs().try_into().unwrap()),
    )
}

#[test]
fn the_discrete_gaussian_is_opendps() {
    for halves in [1, 2, 3, 8, 61] {
        let far = gaussian_beside(halves, halves);
        assert!(far < 6.0, "{halves} halves: {far} standard deviations");
    }
    let far = gaussian_beside(30, 32);
    assert!(far > 6.0, "another deviation is seen: {far}");
}

#[test]
fn the_discrete_laplace_is_opendps() {
    for scale in [1_u8, 2, 5, 20] {
        let mut stream = stream(220 + scale);
        let theirs = || sample_discrete_laplace(scale.into()).unwrap();
        let far = apart(
            &tally(|| discrete_laplace(&mut stream, scale.into())),
            &tally(|| theirs().try_into().unwrap()),
        );
        assert!(far < 6.0, "scale {scale}: {far} standard deviations");
    }
}
