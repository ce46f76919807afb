//! What a release says it holds is near what it holds, however it came together.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::DataType;
use release::{Release, ReleaseSpec, StatisticKind};

use crate::case::{batch_of, spec, statistic, sum};

/// A release over every kind of statistic.
fn of_all_kinds(k: u32) -> ReleaseSpec {
    let column = 2;
    let statistics = vec![
        statistic(StatisticKind::CountRows, DataType::Int64),
        statistic(StatisticKind::Count { column }, DataType::Int64),
        statistic(StatisticKind::CountDistinct { column }, DataType::Int64),
        statistic(
            StatisticKind::CountDistinctSupported { column },
            DataType::Int64,
        ),
        sum(DataType::Int64),
        statistic(StatisticKind::VarPop { column }, DataType::Float64),
    ];
    spec(k, true, statistics)
}

/// Rows of so many entities in so many groups, each row with a value of its own or all with the same.
fn rows(from: u64, entities: u64, groups: u64, distinct: bool) -> RecordBatch {
    let numbers = from..from + entities;
    let who: ArrayRef = Arc::new(numbers.clone().map(Some).collect::<UInt64Array>());
    let key = |n: u64| Some(format!("group {}", n % groups));
    let keys: ArrayRef = Arc::new(numbers.clone().map(key).collect::<StringArray>());
    let value = |n: u64| i64::try_from(if distinct { n + 1 } else { 1 }).ok();
    let values: ArrayRef = Arc::new(numbers.map(value).collect::<Int64Array>());
    batch_of(who, keys, values)
}

fn release(spec: ReleaseSpec, batches: &[RecordBatch]) -> Release {
    let mut release = Release::new(spec, &batches[0].schema()).unwrap();
    for batch in batches {
        release.update(batch).unwrap();
    }
    release
}

/// Otherwise a limit of memory would be met sooner or later by how many partitions there were.
#[test]
fn two_halves_hold_together_what_the_whole_holds() {
    for (groups, distinct) in [(1, true), (7, true), (300, true), (7, false)] {
        let halves = [
            rows(0, 600, groups, distinct),
            rows(600, 600, groups, distinct),
        ];
        let whole = release(of_all_kinds(400), &halves).size();
        let [first, second] = halves.map(|half| release(of_all_kinds(400), &[half]));
        let mut merged = first;
        merged.merge(second).unwrap();
        assert_eq!(merged.size(), whole, "{groups} groups, {distinct}");
    }
}

/// By entity there are a sum and up to three sets, by distinct value a number and its bytes.
#[test]
fn what_is_held_grows_with_entities_values_and_groups() {
    let size = |entities, groups, distinct| {
        let batch = rows(0, entities, groups, distinct);
        release(of_all_kinds(100_000), &[batch]).size()
    };
    let per_entity = (size(2000, 1, false) - size(1000, 1, false)) / 1000;
    assert!(
        (64..400).contains(&per_entity),
        "{per_entity} bytes an entity"
    );
    let per_value = (size(1000, 1, true) - size(1000, 1, false)) / 1000;
    assert!((24..400).contains(&per_value), "{per_value} bytes a value");
    let per_group = (size(1000, 500, false) - size(1000, 1, false)) / 499;
    assert!(
        (200..6000).contains(&per_group),
        "{per_group} bytes a group"
    );
}

/// Nobody beyond k is kept where nothing more is owed.
#[test]
fn no_more_entities_are_held_than_are_asked_for() {
    let count = || vec![statistic(StatisticKind::CountRows, DataType::Int64)];
    let size = |k, entities| release(spec(k, true, count()), &[rows(0, entities, 1, true)]).size();
    let (few, many) = (size(10, 20), size(10, 20_000));
    assert_eq!(few, many);
    assert!(size(5000, 20_000) > many + 4000 * 8);
}
