//! The noise is what it is said to be, and so are thresholds.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Decimal128Type, Float64Type, Int64Type};
use zeroize::Zeroizing;

use super::super::threshold;
use super::*;
use crate::noise::{Ratio, Stream, discrete_laplace_of};

#[test]
fn a_threshold_lets_one_entity_through_no_more_often_than_delta() {
    for (above, below) in [(1, 1), (4, 1), (10, 3), (1, 5), (400, 1), (123_456, 1)] {
        for groups in [1, 4, 1_000] {
            for delta in [1e-3, 1e-6, 1e-12] {
                let scale = above as f64 / below as f64;
                let alpha = (-1.0 / scale).exp();
                let limit = threshold(Ratio::new(above, below).unwrap(), groups, delta);
                let lifted = alpha.powf((limit - 1) as f64) / (1.0 + alpha);
                assert!(
                    lifted * f64::from(groups) <= delta,
                    "{scale} {groups} {delta}"
                );
                // And not much higher than it must be.
                let before = alpha.powf((limit - 4) as f64);
                assert!(
                    before * f64::from(groups) >= delta,
                    "{scale} {groups} {delta}"
                );
            }
        }
    }
}

fn key(number: u32) -> Zeroizing<[u8; 32]> {
    let mut key = [9; 32];
    key[..4].copy_from_slice(&number.to_be_bytes());
    Zeroizing::new(key)
}

#[test]
fn a_group_of_one_is_not_told_and_a_group_of_many_is() {
    let many: Vec<Row> = (0..600)
        .map(|entity| one(entity, 1, 100))
        .chain([one(1_000, 0, 100)])
        .collect();
    let terms = DpTerms {
        epsilon: 4_000_000,
        ..terms(DpGroups::Threshold, 1, 1)
    };
    for draw in 0..50 {
        let told = release(&terms, &many)
            .finish(&key(draw))
            .unwrap()
            .into_batch();
        let groups = told.column(0).as_string::<i32>();
        assert_eq!(groups.iter().collect::<Vec<_>>(), [Some("g1")]);
    }
}

#[test]
fn without_keys_a_number_is_told_of_nobody() {
    let terms = terms(DpGroups::Whole, 1, 1);
    let told = release(&terms, &[]).finish(&key(0)).unwrap().into_batch();
    assert_eq!(told.num_rows(), 1);
    assert!(!told.column(0).is_null(0) && !told.column(3).is_null(0));
}

#[test]
fn listed_groups_are_told_and_no_others() {
    let terms = terms(DpGroups::Listed, 2, 1);
    let mut release = release(&terms, &[one(1, 0, 100), one(1, 3, 100), one(2, 4, 100)]);
    let keys = StringArray::from(vec!["g0", "g1", "g2"]);
    release
        .list(&RecordBatch::try_from_iter([("g", Arc::new(keys) as _)]).unwrap())
        .unwrap();
    assert_eq!(
        before_noise(&release).len(),
        1,
        "of those listed, one has somebody"
    );
    let told = release.finish(&key(0)).unwrap().into_batch();
    let groups: Vec<_> = told
        .column(0)
        .as_string::<i32>()
        .iter()
        .map(Option::unwrap)
        .collect();
    assert_eq!(groups, ["g0", "g1", "g2"]);
}

/// Mean and variance of many draws.
fn moments(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>();
    (mean, squares / values.len() as f64)
}

fn variance(scale: f64) -> f64 {
    let alpha = (-1.0 / scale).exp();
    2.0 * alpha / (1.0 - alpha).powi(2)
}

#[test]
fn a_told_number_has_the_noise_that_it_should_have() {
    let rows: Vec<Row> = (0..40).map(|entity| one(entity, 0, 1_000)).collect();
    let terms = terms(DpGroups::Whole, 1, 1);
    let draws = 3_000;
    let mut told: [Vec<f64>; 3] = Default::default();
    let shares = release(&terms, &rows).shares();
    assert_eq!(
        shares, 7,
        "rows, values, distinct, sum, and three for mean and variance"
    );
    for draw in 0..draws {
        let batch = release(&terms, &rows)
            .finish(&key(draw))
            .unwrap()
            .into_batch();
        told[0].push(batch.column(0).as_primitive::<Int64Type>().value(0) as f64);
        told[1].push(batch.column(3).as_primitive::<Decimal128Type>().value(0) as f64);
        assert!(
            !batch.column(5).is_valid(0)
                || batch.column(5).as_primitive::<Float64Type>().value(0) >= 0.0
        );
    }
    for (values, (truth, bound)) in told.iter().zip([(40.0, 1.0), (40_000.0, 12_000.0)]) {
        let (mean, spread) = moments(values);
        let expected = variance(bound * 7.0);
        let sigma = (expected / f64::from(draws)).sqrt();
        assert!((mean - truth).abs() < 5.0 * sigma, "mean {mean} of {truth}");
        // The variance of a Laplace variable's square is five times the square of its variance.
        let off = (spread / expected - 1.0).abs();
        assert!(
            off < 5.0 * (5.0 / f64::from(draws)).sqrt(),
            "variance {spread} of {expected}"
        );
    }
}

#[test]
fn rational_scales_are_exact() {
    for (above, below) in [(1, 1), (7, 2), (1, 3), (40, 7)] {
        let mut stream = Stream::new(&[3; 32], "test");
        let scale = Ratio::new(above, below).unwrap();
        let draws = 40_000;
        let mut counts: BTreeMap<i128, f64> = BTreeMap::new();
        for _ in 0..draws {
            *counts
                .entry(discrete_laplace_of(&mut stream, scale))
                .or_default() += 1.0;
        }
        let alpha = (-(below as f64) / above as f64).exp();
        for x in -6..=6_i128 {
            let p = (1.0 - alpha) / (1.0 + alpha) * alpha.powf(x.unsigned_abs() as f64);
            let (seen, expected) = (counts.get(&x).copied().unwrap_or(0.0), p * f64::from(draws));
            assert!(
                (seen - expected).abs() < 5.0 * expected.sqrt() + 5.0,
                "{above}/{below} {x}: {seen} of {expected}"
            );
        }
    }
}

#[test]
fn a_scale_that_a_draw_could_overflow_is_refused() {
    let is_made = |max_groups, bound: i64| {
        let mut terms = terms(DpGroups::Whole, max_groups, 1);
        terms.bounds[3].1 = Decimal::from(bound);
        PrivateRelease::new(spec(false), terms, &batch(&[]).schema()).is_ok()
    };
    // 2⁶⁰ cents, 2³¹ groups and a million, of which a scale is made.
    let cents = 2_i64.pow(60) / 100;
    assert!(is_made(1 << 31, cents));
    assert!(!is_made(u32::MAX, cents * 2));
}
