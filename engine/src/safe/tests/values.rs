//! Values at which a total function has to prove itself.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array,
    IntervalMonthDayNanoArray, RecordBatch, StringViewArray, TimestampNanosecondArray,
    TimestampSecondArray,
};
use datafusion::arrow::datatypes::IntervalMonthDayNano;

/// The columns of [`adversarial`].
pub(super) const COLUMNS: &[&str] = &[
    "whole", "small", "exact", "fine", "real", "ns", "s", "day", "words", "flag", "span",
];

/// Values at the ends of their types, and some that look like others.
pub(super) fn adversarial() -> RecordBatch {
    let huge = 10_i128.pow(38) - 1;
    let spans = [
        IntervalMonthDayNano::MIN,
        IntervalMonthDayNano::MAX,
        IntervalMonthDayNano::new(1, -1, 1),
        IntervalMonthDayNano::new(0, 0, 0),
    ];
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "whole",
            Arc::new(Int64Array::from(vec![i64::MIN, i64::MAX, -1, 0])),
        ),
        (
            "small",
            Arc::new(Int32Array::from(vec![i32::MIN, i32::MAX, -1, 0])),
        ),
        (
            "exact",
            Arc::new(
                Decimal128Array::from(vec![huge, -huge, 1, 0])
                    .with_precision_and_scale(38, 2)
                    .unwrap(),
            ),
        ),
        (
            "fine",
            Arc::new(
                Decimal128Array::from(vec![huge, -huge, 1, 0])
                    .with_precision_and_scale(38, 37)
                    .unwrap(),
            ),
        ),
        (
            "real",
            Arc::new(Float64Array::from(vec![
                f64::NAN,
                f64::MAX,
                -0.0,
                f64::NEG_INFINITY,
            ])),
        ),
        (
            "ns",
            Arc::new(TimestampNanosecondArray::from(vec![
                i64::MIN,
                i64::MAX,
                -1,
                0,
            ])),
        ),
        (
            "s",
            Arc::new(TimestampSecondArray::from(vec![i64::MIN, i64::MAX, -1, 0])),
        ),
        (
            "day",
            Arc::new(Date32Array::from(vec![i32::MIN, i32::MAX, -1, 0])),
        ),
        (
            "words",
            Arc::new(StringViewArray::from(vec![
                "\u{0}[(*\\",
                "9e999",
                "9999999-99-99T99",
                "",
            ])),
        ),
        (
            "flag",
            Arc::new(BooleanArray::from(vec![
                Some(true),
                None,
                Some(false),
                None,
            ])),
        ),
        (
            "span",
            Arc::new(IntervalMonthDayNanoArray::from(spans.to_vec())),
        ),
    ];
    // As the columns of sealed tables are.
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true)))
        .unwrap()
}
