//! Numbers of every type, up to the ends of their types.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Decimal128Array, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, UInt64Type};
use release::{Release, StatisticKind};

use crate::case::{batch, integers, run, same, spec, statistic, sum};

/// A type that is admitted and not read would be an answer without its numbers.
#[test]
fn numbers_of_every_type_are_added_up() {
    let types = [
        DataType::Int8,
        DataType::Int16,
        DataType::Int32,
        DataType::Int64,
        DataType::UInt8,
        DataType::UInt16,
        DataType::UInt32,
        DataType::UInt64,
        DataType::Decimal32(9, 0),
        DataType::Decimal64(18, 0),
        DataType::Decimal128(38, 0),
    ];
    for kind in types {
        let values: ArrayRef = Arc::new(Int64Array::from(vec![Some(5), None, Some(97)]));
        let values = cast(&values, &kind).unwrap();
        let output = DataType::Decimal128(38, 0);
        let batch = batch(same(3), values);
        let released = run(spec(2, true, vec![sum(output)]), &batch).into_batch();
        let told = released.column(1).as_primitive::<Decimal128Type>();
        assert_eq!(told.value(0), 102, "{kind}");
    }
}

#[test]
fn a_number_without_a_sign_is_told_where_it_fits() {
    let of = |values: &[i64]| {
        let statistics = vec![sum(DataType::UInt64)];
        let batch = batch(same(values.len()), integers(values));
        run(spec(2, true, statistics), &batch).into_batch()
    };
    let large = of(&[i64::MAX, i64::MAX, 1]);
    let told = large.column(1).as_primitive::<UInt64Type>();
    assert_eq!(told.value(0), u64::MAX);
    assert_eq!(of(&[i64::MAX, i64::MAX, 2]).num_rows(), 0);
    assert_eq!(of(&[1, -2]).num_rows(), 0);
    let counted = statistic(StatisticKind::CountRows, DataType::UInt64);
    let counted = run(
        spec(2, true, vec![counted]),
        &batch(same(3), integers(&[1, 2, 3])),
    );
    let told = counted.batch().column(1).as_primitive::<UInt64Type>();
    assert_eq!(told.value(0), 3);
}

/// The sum of the squares fits 255 bits; a thousand times as much, which an exact variance needs, does not.
#[test]
fn a_variance_that_is_too_large_to_be_exact_is_near() {
    let large = 7 * 10_i128.pow(36);
    let values: Vec<i128> = (0..1000)
        .map(|n| if n % 2 == 0 { large } else { 0 })
        .collect();
    let values = Decimal128Array::from(values).with_precision_and_scale(38, 0);
    let values: ArrayRef = Arc::new(values.unwrap());
    let variance = statistic(StatisticKind::VarPop { column: 2 }, DataType::Float64);
    let batch = batch(same(1000), values);
    let released = run(spec(2, true, vec![variance]), &batch).into_batch();
    let told = released.column(1).as_primitive::<Float64Type>();
    let expected = 1.225e73;
    assert!(
        (told.value(0) / expected - 1.0).abs() < 1e-6,
        "{}",
        told.value(0)
    );
}

/// Below a negative sum its square is positive, and the sign of what is told is the sum's.
#[test]
fn averages_of_negative_numbers_are_negative() {
    let average = statistic(StatisticKind::Avg { column: 2 }, DataType::Float64);
    let batch = batch(same(3), integers(&[-5, -6, -7]));
    let released = run(spec(2, true, vec![average]), &batch).into_batch();
    let told = released.column(1).as_primitive::<Float64Type>();
    assert!((told.value(0) + 6.0).abs() < 1e-12, "{}", told.value(0));
}

/// Cents are told as parts of the whole, whatever is computed from them.
#[test]
fn what_has_digits_behind_the_point_is_told_as_a_real_number() {
    let cents = Decimal128Array::from(vec![150, 250, 350]).with_precision_and_scale(10, 2);
    let cents: ArrayRef = Arc::new(cents.unwrap());
    let column = 2;
    for (kind, expected) in [
        (StatisticKind::Sum { column }, 7.5),
        (StatisticKind::Avg { column }, 2.5),
        (StatisticKind::VarSamp { column }, 1.0),
        (StatisticKind::StddevSamp { column }, 1.0),
        (StatisticKind::VarPop { column }, 2.0 / 3.0),
    ] {
        let statistics = vec![statistic(kind, DataType::Float64)];
        let batch = batch(same(3), Arc::clone(&cents));
        let released = run(spec(2, true, statistics), &batch).into_batch();
        let told = released.column(1).as_primitive::<Float64Type>().value(0);
        assert!((told - expected).abs() < 1e-9, "{kind:?}: {told}");
    }
}

#[test]
fn a_sum_of_one_digit_too_many_is_no_answer() {
    let nines = 10_i128.pow(38) - 1;
    let of = |values: Vec<i128>| {
        let rows = values.len();
        let values = Decimal128Array::from(values).with_precision_and_scale(38, 0);
        let output = DataType::Decimal128(38, 0);
        let batch = batch(same(rows), Arc::new(values.unwrap()));
        let released = run(spec(2, true, vec![sum(output)]), &batch);
        released.batch().num_rows()
    };
    assert_eq!(of(vec![nines, 1]), 0);
    assert_eq!(of(vec![nines - 1, 1]), 1);
    assert_eq!(of(vec![-nines, -1]), 0);
}

/// What is logged by mistake must not be an answer, a secret or a name.
#[test]
fn what_is_printed_for_developers_tells_nothing() {
    let release = Release::new(
        spec(1, true, vec![]),
        &batch(same(1), integers(&[1])).schema(),
    );
    assert_eq!(format!("{:?}", release.unwrap()), "Release { .. }");
    assert_eq!(format!("{:?}", release::History::new()), "History { .. }");
    let mut secrets = release::Secrets::default();
    secrets.insert("bank", zeroize::Zeroizing::new([7; 32]));
    assert_eq!(format!("{secrets:?}"), "Secrets(..)");
    let stream = release::Stream::new(&[7; 32], "noise");
    assert_eq!(format!("{stream:?}"), "Stream(..)");
}
