//! What is told: noise, cut, thresholds, and statistics made of others.

use arrow::array::{ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use policy::number::Decimal;
use release::{
    Duties, Memory, Ratio, Release, ReleaseError, Secrets, StatisticKind, Stream, discrete_gaussian,
};

use crate::bank::{Answer, Bank, COUNT, Row, SUM, duties, people};

#[test]
fn with_jitter_nobody_knows_the_threshold_but_never_below_k() {
    let mut told = [0_u32; 30];
    for seed in 0..400 {
        for n in 1..30_u64 {
            let mut bank = Bank::new(seed, duties(false, false, true));
            let first = bank.count(0..n).is_some();
            assert_eq!(bank.count(0..n).is_some(), first);
            told[usize::try_from(n).unwrap()] += u32::from(first);
        }
    }
    assert!(told[..10].iter().all(|told| *told == 0), "{told:?}");
    assert!(told[22..].iter().all(|told| *told == 400), "{told:?}");
    let (middle, below) = (told[16], told[13]);
    assert!(
        (200..=280).contains(&middle),
        "P(z >= 0) is a little more than half: {told:?}"
    );
    assert!(
        (10..=60).contains(&below),
        "P(z >= 3) for deviation 2: {told:?}"
    );
}

#[test]
fn noise_has_the_deviation_that_was_asked_for() {
    let mut errors = Vec::new();
    for seed in 0..1500_u64 {
        let mut bank = Bank::new(seed, duties(false, true, false));
        errors.push(bank.count(0..40 + seed % 3).unwrap() as f64 - (40 + seed % 3) as f64);
    }
    let n = errors.len() as f64;
    let mean = errors.iter().sum::<f64>() / n;
    let variance = errors.iter().map(|e| e * e).sum::<f64>() / n;
    assert!(
        mean.abs() < 0.4 && (variance / 16.0 - 1.0).abs() < 0.15,
        "mean {mean}, variance {variance}"
    );
    let large = Bank::new(1, duties(false, true, false))
        .count(0..20_000)
        .unwrap();
    assert!((large - 20_000).abs() < 24, "{large}");
}

#[test]
fn one_who_adds_much_more_than_others_is_cut_and_sums_lie_on_a_grid() {
    let rows = |rich: i64| {
        let others = (0..60_u64).map(|e| ("g", e, i64::try_from(e).unwrap() * 10 + 400));
        others.chain([("g", 99, rich)]).collect::<Vec<Row>>()
    };
    let exact: i64 = rows(0).iter().map(|row| row.2).sum();
    for seed in 0..40 {
        let modest = Bank::new(seed, duties(true, true, true))
            .one(SUM, &rows(1024))
            .unwrap();
        let rich = Bank::new(seed, duties(true, true, true))
            .one(SUM, &rows(1_000_000_000))
            .unwrap();
        assert_eq!(modest % 100, 0, "the grid of a cut of 1024 (gcd 1)");
        assert!(
            (rich - exact).abs() < 1024 + 6 * 4 * 1280,
            "{rich}, not far from {exact}"
        );
    }
    let mut bank = Bank::careful(8);
    assert_eq!(
        bank.one(SUM, &rows(1024)),
        bank.one(SUM, &rows(1_000_000_000))
    );
}

#[test]
fn the_scale_of_noise_does_not_follow_one_person_where_two_units_are_behind_a_sum() {
    let rows = |rich: i64| {
        let amount = |e: u64| if e == 7 { rich } else { 100 };
        (0..200).map(|e| ("g", e, amount(e))).collect::<Vec<Row>>()
    };
    for rich in [100, 1_000_000, 1_000_000_000] {
        for seed in 0..40 {
            let mut bank = Bank::new(seed, duties(true, true, true));
            bank.slots = 2;
            bank.partner = Some(|at, _| at % 50);
            let told = bank.one(SUM, &rows(rich)).unwrap();
            // A partner's four payments of 100 are cut at 512 units, a person's one at 128.
            assert!((told - 20_000).abs() < 512 + 6 * 4 * 512, "{rich}: {told}");
        }
    }
}

#[test]
fn a_statistic_is_not_mistaken_for_another_over_the_same_people() {
    let rows: Vec<Row> = (0..60_u64)
        .flat_map(|e| [("g", e, 1), ("g", e, 5)])
        .chain(people(0..30))
        .collect();
    for duties in [duties(true, false, false), duties(true, true, true)] {
        let mut bank = Bank::new(12, duties);
        let (one, all) = (bank.count(0..60).unwrap(), bank.one(COUNT, &rows).unwrap());
        let sum = bank.one(SUM, &rows).unwrap();
        assert!(
            (one - 60).abs() < 30 && (all - 150).abs() < 60 && (sum - 390).abs() < 200,
            "{one} {all} {sum}"
        );
    }
}

#[test]
fn owed_means_owed() {
    let bank = Bank::careful(9);
    let (spec, duties) = bank.spec(&[COUNT]);
    let batch = bank.batch(&people(0..50));
    let owing = Release::owing(spec.clone(), &batch.schema(), duties.clone()).unwrap();
    assert_eq!(owing.finish().unwrap_err(), ReleaseError::Owed);
    let mut plain = Release::new(spec.clone(), &batch.schema()).unwrap();
    let owing = Release::owing(spec.clone(), &batch.schema(), duties.clone()).unwrap();
    assert_eq!(plain.merge(owing).unwrap_err(), ReleaseError::Mismatch);
    let mismatched = Duties {
        spaces: Vec::new(),
        ..duties.clone()
    };
    assert!(matches!(
        Release::owing(spec.clone(), &batch.schema(), mismatched),
        Err(ReleaseError::Spec(_))
    ));
    let loud = Duties {
        noise: Some(Decimal::from(1_000_000)),
        ..duties
    };
    assert!(matches!(
        Release::owing(spec, &batch.schema(), loud),
        Err(ReleaseError::Spec(_))
    ));
}

#[test]
fn without_a_partys_secret_nothing_leaves_and_nothing_is_remembered() {
    let mut bank = Bank::careful(10);
    bank.secrets = Secrets::default();
    assert_eq!(
        bank.try_ask(&[COUNT], &people(0..50)).unwrap_err(),
        ReleaseError::Secret
    );
    assert!(bank.history.is_empty());
}

/// The rows of an answer of these statistics over some rows, all floating point.
fn floats(bank: &mut Bank, kinds: &[StatisticKind], rows: &[Row]) -> Vec<f64> {
    let (mut spec, duties) = bank.spec(kinds);
    for statistic in &mut spec.statistics {
        let whole = matches!(
            statistic.kind,
            StatisticKind::CountRows | StatisticKind::Count { .. }
        );
        statistic.output = if whole {
            DataType::Int64
        } else {
            DataType::Float64
        };
    }
    let batch = bank.batch(rows);
    let mut release = Release::owing(spec, &batch.schema(), duties).unwrap();
    release.update(&batch).unwrap();
    let memory = Memory {
        history: &mut bank.history,
        secrets: &bank.secrets,
    };
    let batch = release.finish_with(memory).unwrap().released.into_batch();
    let column = |array: &ArrayRef| match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().value(0) as f64,
        _ => array.as_primitive::<Float64Type>().value(0),
    };
    batch.columns()[1..].iter().map(column).collect()
}

#[test]
fn averages_and_variances_are_made_of_what_is_told() {
    let rows: Vec<Row> = (0..200_u64)
        .map(|e| ("g", e, i64::try_from(e % 20).unwrap() + 30))
        .collect();
    let kinds = [
        COUNT,
        SUM,
        StatisticKind::Avg { column: 1 },
        StatisticKind::VarPop { column: 1 },
        StatisticKind::StddevPop { column: 1 },
    ];
    for (noise, jitter) in [(true, true), (false, false)] {
        let mut bank = Bank::new(15, duties(true, noise, jitter));
        let [count, sum, mean, variance, deviation] = floats(&mut bank, &kinds, &rows)[..] else {
            unreachable!()
        };
        assert!((mean - sum / count).abs() < 1e-9, "{mean} {sum} {count}");
        assert!((deviation * deviation - variance).abs() < 1e-6 * variance.max(1.0));
        if !noise {
            assert_eq!((count, sum), (200.0, 200.0 * 39.5));
            assert!((variance - 33.25).abs() < 1e-9, "{variance}");
        }
    }
}

#[test]
fn groups_without_statistics_appear_as_if_they_were_counted() {
    let rows: Vec<Row> = (0..60)
        .map(|e| ("many", e, 1))
        .chain((0..9).map(|e| ("few", e, 1)))
        .collect();
    let mut bank = Bank::careful(16);
    let names = |answer: Answer| answer.into_keys().collect::<Vec<_>>();
    assert_eq!(names(bank.ask(&[], &rows)), ["many"]);
    let fewer: Vec<Row> = rows.iter().copied().filter(|row| row.1 != 7).collect();
    assert_eq!(names(bank.ask(&[], &fewer)), ["many"]);
}

#[test]
fn distinct_values_are_counted_cut_and_told_apart() {
    // everybody has one value of ten, and one person has two hundred of her own
    let plain: Vec<Row> = (0..100_u64)
        .map(|e| ("g", e, i64::try_from(e % 10).unwrap()))
        .collect();
    let rich: Vec<Row> = plain
        .iter()
        .copied()
        .chain((1000..1200).map(|value| ("g", 3, value)))
        .collect();
    let distinct = StatisticKind::CountDistinct { column: 1 };
    let mut exact = Bank::new(17, duties(true, false, false));
    assert_eq!(
        [exact.one(COUNT, &plain), exact.one(distinct, &plain)],
        [Some(100), Some(10)]
    );
    let errors: Vec<i64> = (0..20)
        .map(|seed| {
            Bank::new(seed, duties(false, true, false))
                .one(distinct, &rich)
                .unwrap()
                - 10
        })
        .collect();
    assert!(
        errors.iter().all(|error| error.abs() < 24),
        "the cut is one value a person: {errors:?}"
    );
    let mut bank = Bank::careful(18);
    assert_eq!(bank.one(distinct, &plain), bank.one(distinct, &rich));
}

#[test]
fn the_published_sampler_is_the_one_that_is_used() {
    let draw = |key| {
        discrete_gaussian(
            &mut Stream::new(&[key; 32], "x"),
            Ratio::new(16, 1).unwrap(),
        )
    };
    assert_eq!(draw(1), draw(1));
    assert!((0..20).any(|key| draw(key) != draw(key + 1)));
}

/// More than are listed one by one, and forty who have some of their values.
#[test]
fn distinct_values_that_very_many_share_with_others_are_counted_once() {
    let distinct = StatisticKind::CountDistinct { column: 1 };
    let mut bank = Bank::new(19, duties(true, false, false));
    let row = |e: u64| {
        (
            "g",
            e,
            i64::try_from(if e < 1100 { e } else { e - 1100 }).unwrap(),
        )
    };
    let mut ask =
        |from: u64, to: u64| bank.one(distinct, &(from..to).map(row).collect::<Vec<Row>>());
    let told = [ask(0, 1100), ask(1100, 1140), ask(0, 1140)];
    assert_eq!(told, [Some(1100), Some(40), Some(1100)]);
}

/// Eleven add 1 each and one adds the rest, of which the others but one must make up a tenth.
#[test]
fn who_dominates_a_sum_withholds_it_whatever_is_owed() {
    let rows = |rich: i64| -> Vec<Row> {
        let others = (0..11).map(|e| ("g", e, 1));
        others.chain([("g", 50, rich)]).collect()
    };
    let told = |rich: i64| {
        let mut bank = Bank::new(20, duties(true, false, false));
        let (mut spec, duties) = bank.spec(&[SUM]);
        spec.parties[0].dominance = 10;
        let batch = bank.batch(&rows(rich));
        let mut release = Release::owing(spec, &batch.schema(), duties).unwrap();
        release.update(&batch).unwrap();
        let memory = Memory {
            history: &mut bank.history,
            secrets: &bank.secrets,
        };
        release
            .finish_with(memory)
            .unwrap()
            .released
            .batch()
            .num_rows()
    };
    // The ten others come to 10.
    assert_eq!([1, 100, 101].map(told), [1, 1, 0]);
}
