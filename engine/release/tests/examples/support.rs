//! Who must stand behind a value.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, ListArray, RecordBatch, StringArray, UInt64Array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Int64Type};
use release::{Adds, Branch, BranchSource, Release, Statistic, StatisticKind, TrackForm};

use crate::case::{batch, batch_of, integers, run, same, spec, statistic, sum};

#[test]
fn a_global_aggregate_that_fails_has_no_row() {
    let batch = batch(same(3), integers(&[1, 1, 1]));
    assert_eq!(
        run(spec(4, false, vec![sum(DataType::Int64)]), &batch)
            .batch()
            .num_rows(),
        0
    );
    assert_eq!(
        run(spec(3, false, vec![sum(DataType::Int64)]), &batch)
            .batch()
            .num_rows(),
        1
    );
}

#[test]
fn nothing_in_gives_nothing_out_of_the_same_schema() {
    let full = batch(same(3), integers(&[1, 1, 1]));
    let empty = run(spec(3, true, vec![sum(DataType::Int64)]), &full.slice(0, 0));
    let withheld = run(spec(4, true, vec![sum(DataType::Int64)]), &full);
    assert_eq!(empty.batch(), withheld.batch());
    assert_eq!(empty.schema().field(1).data_type(), &DataType::Int64);
}

#[test]
fn distinct_without_statistics_needs_support_of_rows() {
    let keys: ArrayRef = Arc::new(StringArray::from(vec![
        Some("b"),
        None,
        Some("a"),
        Some("b"),
        None,
    ]));
    let released = run(spec(2, true, vec![]), &batch(keys, integers(&[0; 5])));
    let answer = released.batch().column(0).as_string::<i32>();
    assert_eq!(answer.iter().collect::<Vec<_>>(), [Some("b"), None]);
}

/// Two rows each that cancel out, for everybody but one: a crowd of rows, but the sum is one person's.
#[test]
fn rows_that_cancel_out_make_no_crowd() {
    let tracks: ArrayRef = Arc::new(
        (0..20_u64)
            .map(|row| Some(row / 2))
            .collect::<UInt64Array>(),
    );
    let mut values: Vec<i64> = (0..20)
        .map(|row| if row % 2 == 0 { 1 } else { -1 })
        .collect();
    values[0] = 4321;
    values[1] = 0;
    let batch = batch_of(tracks, same(20), integers(&values));
    assert_eq!(
        run(spec(3, true, vec![sum(DataType::Int64)]), &batch)
            .batch()
            .num_rows(),
        0
    );
    let count = statistic(StatisticKind::CountRows, DataType::Int64);
    assert_eq!(
        run(spec(3, true, vec![count]), &batch).batch().num_rows(),
        1
    );
}

/// The same with so many entities that the vector is bucketed.
#[test]
fn rows_that_cancel_out_make_no_crowd_however_large() {
    let tracks: ArrayRef = Arc::new(
        (0..10_000_u64)
            .map(|row| Some(row / 2))
            .collect::<UInt64Array>(),
    );
    let mut values: Vec<i64> = (0..10_000)
        .map(|row| if row % 2 == 0 { 5 } else { -5 })
        .collect();
    values[0] = 4321;
    let batch = batch_of(tracks, same(10_000), integers(&values));
    assert_eq!(
        run(spec(2, true, vec![sum(DataType::Int64)]), &batch)
            .batch()
            .num_rows(),
        0
    );
}

#[test]
fn an_arm_that_one_took_withholds_the_statistic_alone() {
    let flags: ArrayRef = Arc::new(BooleanArray::from(vec![true, false, false]));
    let by = |zero_ok| Statistic {
        branches: vec![Branch {
            source: BranchSource::Flag(2),
            zero_ok,
            adds: Adds::Something,
        }],
        ..statistic(StatisticKind::CountRows, DataType::Int64)
    };
    let plain = statistic(StatisticKind::CountRows, DataType::Int64);
    let released = run(
        spec(2, true, vec![plain.clone(), by(true)]),
        &batch(same(3), flags),
    );
    assert!(released.batch().column(1).is_valid(0) && released.batch().column(2).is_null(0));
    let nobody: ArrayRef = Arc::new(BooleanArray::from(vec![Some(false), None, Some(false)]));
    let released = run(
        spec(2, true, vec![plain, by(false), by(true)]),
        &batch(same(3), nobody),
    );
    assert!(released.batch().column(2).is_null(0) && released.batch().column(3).is_valid(0));
}

/// Who takes the arm adds 0, or what cancels out: nothing to a sum, but a mean is of one value more and a spread of two.
#[test]
fn an_arm_that_one_took_moves_a_mean_by_nothing() {
    let column = 2;
    let by = |kind, output| Statistic {
        branches: vec![Branch {
            source: BranchSource::Flag(3),
            zero_ok: true,
            adds: Adds::Something,
        }],
        ..statistic(kind, output)
    };
    let statistics = vec![
        by(StatisticKind::Sum { column }, DataType::Int64),
        by(StatisticKind::Avg { column }, DataType::Float64),
        by(StatisticKind::VarPop { column }, DataType::Float64),
    ];
    let told = |flags: [bool; 5]| {
        let tracks: ArrayRef = Arc::new(UInt64Array::from(vec![0, 1, 2, 3, 4]));
        let flags: ArrayRef = Arc::new(BooleanArray::from(flags.to_vec()));
        let columns = [
            ("who", tracks, true),
            ("key", same(5), true),
            ("x", integers(&[0, 2, 4, 6, 8]), true),
            ("arm", flags, true),
        ];
        let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        let released = run(spec(2, true, statistics.clone()), &batch);
        [1, 2, 3].map(|at| released.batch().column(at).is_valid(0))
    };
    assert_eq!(told([false; 5]), [true, true, true], "nobody took it");
    assert_eq!(
        told([true, false, false, false, false]),
        [true, false, false]
    );
    assert_eq!(told([false, true, true, false, false]), [true, true, true]);
}

#[test]
fn dominance_withholds_what_one_contributor_makes_up() {
    let asked = |dominance| {
        let mut spec = spec(3, true, vec![sum(DataType::Int64)]);
        spec.parties[0].dominance = dominance;
        spec
    };
    let batch = batch(same(4), integers(&[1000, 50, 60, 39]));
    assert_eq!(
        run(asked(8), &batch).batch().num_rows(),
        1,
        "89 is at least 8 % of 1000"
    );
    assert_eq!(
        run(asked(9), &batch).batch().num_rows(),
        0,
        "89 is less than 9 % of 1000"
    );
}

/// In distinct counts an entity's contribution is how many values it has, wherever its rows were computed.
#[test]
fn dominance_of_distinct_values_survives_a_merge() {
    let asked = |dominance| {
        let distinct = statistic(StatisticKind::CountDistinct { column: 2 }, DataType::Int64);
        let mut spec = spec(3, true, vec![distinct]);
        spec.parties[0].dominance = dominance;
        spec
    };
    let part = |rows: &[(u64, i64)]| {
        let tracks: ArrayRef = Arc::new(
            rows.iter()
                .map(|(who, _)| Some(*who))
                .collect::<UInt64Array>(),
        );
        let values: Vec<i64> = rows.iter().map(|(_, value)| *value).collect();
        batch_of(tracks, same(rows.len()), integers(&values))
    };
    // entity 0 has ten values, half of them in both parts; entities 1 to 4 have one each
    let first: Vec<_> = (0..8)
        .map(|value| (0, value))
        .chain([(1, 0), (2, 1)])
        .collect();
    let second: Vec<_> = (3..10)
        .rev()
        .map(|value| (0, value))
        .chain([(3, 9), (4, 8)])
        .collect();
    let rows = |dominance| {
        let batches = [part(&second), part(&first)];
        let [mut one, two] = batches.map(|batch| {
            let mut release = Release::new(asked(dominance), &batch.schema()).unwrap();
            release.update(&batch).unwrap();
            release
        });
        one.merge(two).unwrap();
        one.finish().unwrap().batch().num_rows()
    };
    assert_eq!(
        (rows(30), rows(31)),
        (1, 0),
        "three others are 30 % of ten values"
    );
}

/// What stands under a NULL set, or under a NULL in a set, is nobody.
#[test]
fn nobody_stands_under_a_null() {
    let members = UInt64Array::new(
        (0..8).collect::<Vec<u64>>().into(),
        Some(NullBuffer::from(vec![
            true, true, false, true, true, true, true, true,
        ])),
    );
    let item = Arc::new(Field::new_list_field(DataType::UInt64, true));
    let offsets = OffsetBuffer::from_lengths([3, 3, 2]);
    let sets = ListArray::new(
        item,
        offsets,
        Arc::new(members),
        Some(NullBuffer::from(vec![true, false, true])),
    );
    let batch = batch_of(Arc::new(sets), same(3), integers(&[1, 2, 3]));
    let asked = |k| {
        let mut spec = spec(
            k,
            true,
            vec![statistic(StatisticKind::CountRows, DataType::Int64)],
        );
        spec.slots[0].form = TrackForm::Set;
        spec
    };
    let released = run(asked(4), &batch);
    assert_eq!(
        released
            .batch()
            .column(1)
            .as_primitive::<Int64Type>()
            .value(0),
        2
    );
    assert_eq!(run(asked(5), &batch).batch().num_rows(), 0);
}
