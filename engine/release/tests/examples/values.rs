//! What values come out as, and what is refused.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryViewArray, BooleanArray, Date32Array, Decimal128Array,
    DictionaryArray, Float64Array, Int32Array, Int64Array, LargeStringArray, RecordBatch,
    StringViewArray, TimestampMicrosecondArray,
};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int32Type, Int64Type, TimeUnit};
use release::{
    Adds, Branch, BranchSource, Release, ReleaseError, ReleaseSpec, Statistic, StatisticKind,
    TrackForm,
};

use crate::case::{batch, integers, run, same, spec, statistic, sum};

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
        adds: Adds::Something,
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

/// An owner that asks for itself owes nobody anything, so its sums of nothing are told: as everybody tells them.
#[test]
fn a_sum_of_no_values_is_no_value_and_a_count_of_them_is_0() {
    let mut spec = spec(
        10,
        false,
        vec![
            sum(DataType::Int64),
            statistic(StatisticKind::Count { column: 2 }, DataType::Int64),
            statistic(StatisticKind::Avg { column: 2 }, DataType::Float64),
        ],
    );
    spec.parties[0].exempt = true;
    let nothing: ArrayRef = Arc::new(vec![None; 3].into_iter().collect::<Int64Array>());
    let told = run(spec, &batch(same(3), nothing)).into_batch();
    assert!(told.column(0).is_null(0) && told.column(2).is_null(0));
    assert_eq!(told.column(1).as_primitive::<Int64Type>().value(0), 0);
}
