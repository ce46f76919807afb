//! Single cases, each with its reason.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryViewArray, BooleanArray, Date32Array, Decimal128Array,
    DictionaryArray, Float64Array, Int32Array, Int64Array, LargeStringArray, ListArray,
    RecordBatch, StringArray, StringViewArray, TimestampMicrosecondArray, UInt64Array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{
    DataType, Decimal128Type, Field, Float64Type, Int32Type, Int64Type, TimeUnit,
};
use release::{
    Branch, BranchSource, KeyColumn, PartyRule, Release, ReleaseError, ReleaseSpec, Released, Slot,
    Statistic, StatisticKind, TrackForm,
};

/// A spec over a track in column 0, a key in column 1 (if any), an argument in column 2.
fn spec(k: u32, keyed: bool, statistics: Vec<Statistic>) -> ReleaseSpec {
    ReleaseSpec {
        keys: if keyed {
            vec![KeyColumn {
                column: 1,
                name: "key".into(),
            }]
        } else {
            vec![]
        },
        statistics,
        slots: vec![Slot {
            column: 0,
            form: TrackForm::Scalar,
            merged: false,
            k: vec![(0, k)],
        }],
        parties: vec![PartyRule {
            name: "bank_a".into(),
            exempt: false,
            pool: 0,
            dominance: 0,
        }],
    }
}

fn statistic(kind: StatisticKind, output: DataType) -> Statistic {
    Statistic {
        name: "value".into(),
        kind,
        branches: vec![],
        output,
    }
}

fn sum(output: DataType) -> Statistic {
    statistic(StatisticKind::Sum { column: 2 }, output)
}

/// A batch of one row an entity.
fn batch(key: ArrayRef, argument: ArrayRef) -> RecordBatch {
    let tracks: ArrayRef = Arc::new((0..key.len() as u64).map(Some).collect::<UInt64Array>());
    batch_of(tracks, key, argument)
}

fn batch_of(tracks: ArrayRef, key: ArrayRef, argument: ArrayRef) -> RecordBatch {
    let columns = [
        ("who", tracks, true),
        ("key", key, true),
        ("x", argument, true),
    ];
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

fn run(spec: ReleaseSpec, batch: &RecordBatch) -> Released {
    let mut release = Release::new(spec, &batch.schema()).unwrap();
    release.update(batch).unwrap();
    release.finish().unwrap()
}

fn same(rows: usize) -> ArrayRef {
    Arc::new(vec![Some(7); rows].into_iter().collect::<Int32Array>())
}

fn integers(values: &[i64]) -> ArrayRef {
    Arc::new(values.iter().copied().map(Some).collect::<Int64Array>())
}

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

#[test]
fn a_sum_that_does_not_fit_is_null_and_no_error() {
    let one = |values: ArrayRef, output| {
        run(spec(2, true, vec![sum(output)]), &batch(same(2), values)).into_batch()
    };
    assert_eq!(one(integers(&[i64::MAX, 1]), DataType::Int64).num_rows(), 0);
    assert_eq!(
        one(integers(&[i64::MAX, -1]), DataType::Int64).num_rows(),
        1
    );
    let nines = 10_i128.pow(38) - 1;
    let money = |values: [i128; 2]| -> ArrayRef {
        Arc::new(
            Decimal128Array::from(values.to_vec())
                .with_precision_and_scale(38, 2)
                .unwrap(),
        )
    };
    assert_eq!(
        one(money([nines, nines]), DataType::Decimal128(38, 2)).num_rows(),
        0
    );
    assert_eq!(
        one(money([nines, -nines + 1]), DataType::Decimal128(38, 2)).num_rows(),
        1
    );
}

#[test]
fn decimal_averages_are_cut_off_towards_zero() {
    let average = statistic(
        StatisticKind::Avg { column: 2 },
        DataType::Decimal128(14, 6),
    );
    let values = Decimal128Array::from(vec![-100, -100, -100, 98])
        .with_precision_and_scale(10, 2)
        .unwrap();
    let three: ArrayRef = Arc::new(values.slice(0, 3));
    let of = |argument: ArrayRef| {
        let released = run(
            spec(2, true, vec![average.clone()]),
            &batch(same(argument.len()), argument),
        );
        released
            .batch()
            .column(1)
            .as_primitive::<Decimal128Type>()
            .value(0)
    };
    assert_eq!(of(three), -1_000_000);
    assert_eq!(of(Arc::new(values)), -505_000);
    let thirds = Decimal128Array::from(vec![-1, -1, 1, 1, 1, 1])
        .with_precision_and_scale(10, 2)
        .unwrap();
    assert_eq!(of(Arc::new(thirds)), 3_333);
    let thirds = Decimal128Array::from(vec![1, 1, -1, -1, -1, -1])
        .with_precision_and_scale(10, 2)
        .unwrap();
    assert_eq!(of(Arc::new(thirds)), -3_333);
}

/// Large values close together: with floating point sums of squares nothing would be left of the variance.
#[test]
fn variances_are_exact() {
    let values: Vec<i64> = [4, 7, 13, 16]
        .iter()
        .map(|small| small + 1_000_000_000_000_000)
        .collect();
    let batch = batch(same(4), integers(&values));
    let of = |kind| {
        let released = run(
            spec(2, true, vec![statistic(kind, DataType::Float64)]),
            &batch,
        );
        released
            .batch()
            .column(1)
            .as_primitive::<Float64Type>()
            .value(0)
    };
    assert!((of(StatisticKind::VarSamp { column: 2 }) - 30.0).abs() < 1e-12);
    assert!((of(StatisticKind::VarPop { column: 2 }) - 22.5).abs() < 1e-12);
    assert!((of(StatisticKind::StddevPop { column: 2 }) - 22.5_f64.sqrt()).abs() < 1e-12);
    assert!((of(StatisticKind::StddevSamp { column: 2 }) - 30_f64.sqrt()).abs() < 1e-12);
}

#[test]
fn keys_come_out_plain_and_in_order() {
    let keys: Vec<(ArrayRef, DataType)> = vec![
        (
            Arc::new(StringViewArray::from(vec!["b", "a", "b"])),
            DataType::Utf8,
        ),
        (
            Arc::new(LargeStringArray::from(vec!["b", "a", "b"])),
            DataType::Utf8,
        ),
        (
            Arc::new(
                ["b", "a", "b"]
                    .into_iter()
                    .collect::<DictionaryArray<Int32Type>>(),
            ),
            DataType::Utf8,
        ),
        (
            Arc::new(BinaryViewArray::from_iter_values(["b", "a", "b"])),
            DataType::Binary,
        ),
        (
            Arc::new(BooleanArray::from(vec![true, false, true])),
            DataType::Boolean,
        ),
        (
            Arc::new(Date32Array::from(vec![2, -1, 2])),
            DataType::Date32,
        ),
        (
            Arc::new(TimestampMicrosecondArray::from(vec![2, -1, 2]).with_timezone("UTC")),
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ),
        (
            Arc::new(
                Decimal128Array::from(vec![2, -1, 2])
                    .with_precision_and_scale(9, 3)
                    .unwrap(),
            ),
            DataType::Decimal128(9, 3),
        ),
    ];
    for (key, plain) in keys {
        let released = run(
            spec(1, true, vec![sum(DataType::Int64)]),
            &batch(key, integers(&[1, 2, 3])),
        );
        assert_eq!(released.schema().field(0).data_type(), &plain);
        assert_eq!(released.batch().column(0).data_type(), &plain);
        let sums = released
            .batch()
            .column(1)
            .as_primitive::<Int64Type>()
            .values()
            .to_vec();
        assert_eq!(sums, [2, 4], "{plain}");
    }
}

/// Old bytes under a NULL, values of other rows in a dictionary, a view or beside a slice: none of it may go along.
#[test]
fn nothing_of_the_input_goes_along() {
    let nulls = NullBuffer::from(vec![true, false, true, false, true, true]);
    let secret = ScalarBuffer::from(vec![7, 4242, 7, 4242, 7, 4242]);
    let number: ArrayRef = Arc::new(Int32Array::new(secret, Some(nulls)));
    let words =
        StringViewArray::from(["common to many rows", "a secret of this row only"].repeat(3));
    let words: ArrayRef = Arc::new(words);
    for key in [number, words] {
        let input = batch(key, integers(&[1, 2, 3, 4, 5, 6])).slice(0, 5);
        let released = run(spec(2, true, vec![sum(DataType::Int64)]), &input);
        let pointers = |batch: &RecordBatch| -> Vec<usize> {
            let data = batch.columns().iter().map(Array::to_data);
            data.flat_map(|data| {
                data.buffers()
                    .iter()
                    .map(|b| b.as_ptr().addr())
                    .collect::<Vec<_>>()
            })
            .collect()
        };
        let ours = pointers(released.batch());
        assert!(
            !ours.is_empty()
                && !pointers(&input)
                    .iter()
                    .any(|pointer| ours.contains(pointer))
        );
        if let Some(key) = released.batch().column(0).as_primitive_opt::<Int32Type>() {
            assert_eq!(key.values().to_vec(), [7, 0]);
            assert!(key.is_null(1));
        }
    }
}

#[test]
fn a_spec_that_does_not_fit_is_refused_in_words() {
    let floats: ArrayRef = Arc::new(Float64Array::from(vec![1.5]));
    let batch = batch(same(1), floats);
    let refused = |spec: ReleaseSpec| match Release::new(spec, &batch.schema()) {
        Err(ReleaseError::Spec(words)) => words,
        other => unreachable!("{other:?}"),
    };
    assert!(refused(spec(1, true, vec![sum(DataType::Float64)])).contains("Float64"));
    let missing = statistic(StatisticKind::Count { column: 9 }, DataType::Int64);
    assert!(refused(spec(1, true, vec![missing])).contains("no column 9"));
    let mut trackless = spec(1, true, vec![]);
    trackless.slots.clear();
    assert!(refused(trackless).contains("no tracks"));
    let mut set = spec(1, true, vec![]);
    set.slots[0].form = TrackForm::Set;
    assert!(refused(set).contains("track column 0"));
    let mut unknown = spec(1, true, vec![]);
    unknown.slots[0].k = vec![(3, 1)];
    assert!(refused(unknown).contains("party 3"));
    let mut many = spec(1, true, vec![]);
    many.parties = vec![many.parties[0].clone(); 65];
    assert!(refused(many).contains("65 parties"));
    let arm = Branch {
        source: BranchSource::Tracks(vec![]),
        zero_ok: false,
    };
    let arms = Statistic {
        branches: vec![arm],
        ..statistic(StatisticKind::CountRows, DataType::Int64)
    };
    assert!(refused(spec(1, true, vec![arms])).contains("0 arm tracks"));
}

#[test]
fn other_batches_and_other_specs_are_refused() {
    let ours = batch(same(2), integers(&[1, 2]));
    let theirs = batch(integers(&[1, 2]), integers(&[1, 2]));
    let mut release = Release::new(spec(1, true, vec![]), &ours.schema()).unwrap();
    assert_eq!(release.update(&theirs), Err(ReleaseError::Batch));
    let other = Release::new(spec(2, true, vec![]), &ours.schema()).unwrap();
    assert_eq!(release.merge(other), Err(ReleaseError::Mismatch));
}

#[test]
fn debug_prints_no_value_and_size_grows() {
    let batch = batch(same(2), integers(&[987_654, 987_654]));
    let mut release =
        Release::new(spec(1, true, vec![sum(DataType::Int64)]), &batch.schema()).unwrap();
    let before = release.size();
    release.update(&batch).unwrap();
    assert!(release.size() > before);
    assert_eq!(format!("{release:?}"), "Release { .. }");
    let released = release.finish().unwrap();
    assert_eq!(released.batch().num_rows(), 1);
    assert_eq!(format!("{released:?}"), "Released { .. }");
}
