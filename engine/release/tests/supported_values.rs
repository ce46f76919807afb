//! `COUNT(DISTINCT …)` of what is no entity counts only values that enough entities stand behind.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::{DataType, Int64Type};
use release::{PartyRule, Release, ReleaseSpec, Slot, Statistic, StatisticKind, TrackForm};

fn spec(exempt: bool) -> ReleaseSpec {
    ReleaseSpec {
        keys: vec![],
        statistics: vec![Statistic {
            name: "values".into(),
            kind: StatisticKind::CountDistinctSupported { column: 1 },
            branches: vec![],
            output: DataType::Int64,
        }],
        slots: vec![Slot {
            column: 0,
            form: TrackForm::Scalar,
            merged: false,
            same: Vec::new(),
            over: Vec::new(),
            displaces: false,
            k: vec![(0, 3)],
        }],
        parties: vec![PartyRule {
            name: "bank_a".into(),
            exempt,
            pool: 0,
            dominance: 0,
        }],
    }
}

fn batch(rows: &[(u64, Option<&str>)]) -> RecordBatch {
    let who: ArrayRef = Arc::new(
        rows.iter()
            .map(|(who, _)| Some(*who))
            .collect::<UInt64Array>(),
    );
    let what: ArrayRef = Arc::new(rows.iter().map(|(_, what)| *what).collect::<StringArray>());
    RecordBatch::try_from_iter_with_nullable([("who", who, true), ("what", what, true)]).unwrap()
}

/// The answer of the rows in one release, and of the rows in two that are merged.
fn answers(exempt: bool, rows: &[(u64, Option<&str>)]) -> Option<i64> {
    let schema = batch(rows).schema();
    let of = |rows| {
        let mut release = Release::new(spec(exempt), &schema).unwrap();
        release.update(&batch(rows)).unwrap();
        release
    };
    let (first, second) = rows.split_at(rows.len() / 2);
    let (whole, mut merged) = (of(rows), of(second));
    merged.merge(of(first)).unwrap();
    let value = |release: Release| {
        let batch = release.finish().unwrap().batch().clone();
        let column = batch.column(0).as_primitive::<Int64Type>();
        (!column.is_empty() && column.is_valid(0)).then(|| column.value(0))
    };
    let whole = value(whole);
    assert_eq!(whole, value(merged));
    whole
}

#[test]
fn a_value_of_too_few_is_not_counted() {
    let rows = [
        (1, Some("LU")),
        (2, Some("LU")),
        (3, Some("LU")),
        (1, Some("DE")),
        (2, Some("DE")),
        (3, Some("DE")),
        (4, Some("KY")),
        (4, Some("KY")),
        (4, Some("KY")),
        (5, Some("KY")),
        (6, None),
        (7, None),
        (8, None),
    ];
    assert_eq!(answers(false, &rows), Some(2));
}

#[test]
fn values_that_are_all_of_too_few_are_no_answer() {
    let rows = [(1, Some("LU")), (2, Some("DE")), (3, Some("KY"))];
    assert_eq!(answers(false, &rows), None);
}

#[test]
fn an_owner_that_asks_for_itself_is_owed_nothing() {
    let rows = [(1, Some("LU")), (2, Some("DE")), (3, Some("KY"))];
    assert_eq!(answers(true, &rows), Some(3));
}
