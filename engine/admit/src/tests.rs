//! What no statement shows: the binder writes it otherwise, or it is at the end of a type.

mod carried;

use arrow::datatypes::{DataType, Field, IntervalDayTime, Schema, TimeUnit};
use chrono::{NaiveDate, NaiveDateTime};
use datafusion_common::{DFSchema, Result as DfResult, ScalarValue, TableReference};
use datafusion_expr::logical_plan::builder::table_scan;
use datafusion_expr::{Expr, col, lit};
use policy::capability::{Grain, TimeUnit as Unit};
use policy::denial::Code;
use policy::number::Decimal;

use crate::access::tables_read;
use crate::constant::{Quantity, constant_quantity};
use crate::cost::{Cost, Limits, afford};
use crate::grain::{Span, cell_months, cell_seconds, moment_on, span_on};
use crate::linear::{Linear, is_widening};
use crate::size::{layout, shrinks};

fn quantity(value: ScalarValue) -> Option<Quantity> {
    constant_quantity(&Expr::Literal(value, None))
}

fn span(months: i64, seconds: i64, nanos: i64) -> Span {
    Span {
        months,
        seconds,
        nanos,
    }
}

fn every(count: u32, unit: Unit) -> Grain {
    Grain::Time { count, unit }
}

/// An interval of another kind must be the same time, or an offset off the grid would pass for one on it.
#[test]
fn intervals_of_every_kind_are_the_same_time() {
    let months = quantity(ScalarValue::IntervalYearMonth(Some(14)));
    assert_eq!(months, Some(Quantity::Span(span(14, 0, 0))));
    let days = IntervalDayTime::new(2, 3_500);
    let days = quantity(ScalarValue::IntervalDayTime(Some(days)));
    assert_eq!(days, Some(Quantity::Span(span(0, 172_803, 500_000_000))));
    let parts = ScalarValue::new_interval_mdn(1, 2, 3_500_000_000);
    let parts = quantity(parts);
    assert_eq!(parts, Some(Quantity::Span(span(1, 172_803, 500_000_000))));
}

#[test]
fn a_span_is_a_grid_in_its_largest_unit() {
    let grain = |months, seconds, nanos| span(months, seconds, nanos).as_grain();
    assert_eq!(grain(0, 3 * 86_400, 0), Some(every(3, Unit::Day)));
    assert_eq!(grain(0, 86_401, 0), Some(every(86_401, Unit::Second)));
    assert_eq!(grain(3, 0, 0), Some(every(3, Unit::Month)));
    for (months, seconds, nanos) in [
        (0, 0, 0),
        (0, -86_400, 0),
        (-3, 0, 0),
        (0, 60, 1),
        (1, 60, 0),
    ] {
        assert_eq!(grain(months, seconds, nanos), None);
    }
}

fn first_of(year: i32, month: u32) -> Option<NaiveDateTime> {
    NaiveDate::from_ymd_opt(year, month, 1)?.and_hms_opt(0, 0, 0)
}

#[test]
fn cells_of_months_are_counted_from_the_year_nought() {
    let on = |year, month| first_of(year, month).map(|at| moment_on(&every(5, Unit::Month), at));
    assert_eq!(on(2026, 4), Some(true));
    assert_eq!(on(2026, 5), Some(false));
    assert_eq!(on(2026, 9), Some(true));
    assert_eq!(cell_months(5, Unit::Quarter), Some(15));
    assert_eq!(cell_seconds(2, Unit::Week), Some((14 * 86_400, 3 * 86_400)));
    assert_eq!(cell_seconds(2, Unit::Hour), Some((7_200, 0)));
    assert!(span_on(&every(2, Unit::Month), span(4, 0, 0)));
    for off in [span(3, 0, 0), span(4, 1, 0), span(4, 0, 1)] {
        assert!(!span_on(&every(2, Unit::Month), off));
    }
    for off in [span(1, 7_200, 0), span(0, 7_200, 1), span(0, 3_600, 0)] {
        assert!(!span_on(&every(2, Unit::Hour), off));
    }
}

fn difference(left: &Expr, right: &Expr) -> Option<Linear> {
    let moment = DataType::Timestamp(TimeUnit::Microsecond, None);
    let fields = ["a", "b"].map(|name| Field::new(name, moment.clone(), true));
    let schema = DFSchema::try_from(Schema::new(fields.to_vec())).ok()?;
    Some(Linear::of_difference(left, right, &schema))
}

fn minutes(minutes: i64) -> Expr {
    lit(ScalarValue::new_interval_mdn(
        0,
        0,
        minutes * 60_000_000_000,
    ))
}

/// Twenty minutes on one side and eighty on the other are an hour, not a hundred minutes.
#[test]
fn spans_on_both_sides_are_taken_from_each_other() {
    let sides = (col("a") + minutes(80), col("b") + minutes(20));
    let form = difference(&sides.0, &sides.1);
    assert_eq!(form.map(|form| form.constant.span), Some(span(0, 3_600, 0)));
    let sides = (col("a") - minutes(20), col("b") + minutes(40));
    let form = difference(&sides.0, &sides.1);
    assert_eq!(
        form.map(|form| form.constant.span),
        Some(span(0, -3_600, 0))
    );
}

#[test]
fn a_constant_of_any_kind_is_one() {
    let empty =
        |left: &Expr, right: &Expr| difference(left, right).map(|form| form.constant.is_empty());
    assert_eq!(empty(&col("a"), &col("b")), Some(true));
    assert_eq!(empty(&(col("a") + minutes(1)), &col("b")), Some(false));
    for constant in [
        lit(3),
        lit("x"),
        lit(true),
        lit(ScalarValue::Null),
        lit(ScalarValue::TimestampMicrosecond(Some(1), None)),
    ] {
        assert_eq!(empty(&col("a"), &constant), Some(false), "{constant}");
    }
}

#[test]
fn a_cast_widens_if_every_value_fits() {
    use DataType::{Decimal128, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Utf8};
    for (from, to) in [
        (Int16, Int32),
        (Int32, Int64),
        (UInt8, UInt16),
        (UInt8, Int16),
        (UInt16, Int32),
        (UInt32, Int64),
        (Int32, Decimal128(12, 2)),
        (Decimal128(10, 2), Decimal128(12, 4)),
    ] {
        assert!(is_widening(&from, &to), "{from} {to}");
    }
    for (from, to) in [
        (Int32, Int16),
        (UInt16, UInt8),
        (Int16, UInt16),
        (UInt16, Int16),
        (UInt32, Int32),
        (UInt64, Int64),
        (Int32, Decimal128(11, 2)),
        (Decimal128(10, 2), Decimal128(12, 1)),
        (Utf8, Int64),
    ] {
        assert!(!is_widening(&from, &to), "{from} {to}");
    }
}

#[test]
fn only_exact_numbers_have_a_layout_and_only_factors_below_one_shrink() {
    assert_eq!(layout(&DataType::Int16), Some((0, 15)));
    assert_eq!(layout(&DataType::Decimal128(10, 2)), Some((2, 127)));
    for other in [DataType::Float64, DataType::Utf8, DataType::Boolean] {
        assert_eq!(layout(&other), None, "{other}");
    }
    let factor = |text| Decimal::parse(text).map(shrinks);
    assert_eq!(factor("1"), Some(0));
    assert_eq!(factor("-2"), Some(0));
    assert_eq!(factor("0.5"), Some(2));
    assert_eq!(factor("-0.25"), Some(3));
}

/// At the limit a question may be asked; what is beyond is told as a power of ten.
#[test]
fn a_question_that_costs_too_much_is_told_how_much() {
    let limits = Limits {
        rows: 1e9,
        bytes: 1e9,
    };
    let cost = |rows, bytes| afford(Cost { rows, bytes }, limits).map_err(|denial| denial.message);
    assert_eq!(cost(1e9, 1e9), Ok(()));
    let rows = "this would look at about 10^12 pairs of rows, more than the engine can in its time";
    assert_eq!(cost(1.1e12, 0.0), Err(rows.to_owned()));
    let bytes = "this would hold about 10^10 bytes at once, more than a question may";
    assert_eq!(cost(0.0, 1e10), Err(bytes.to_owned()));
}

/// A table that no party can have is unknown; a name without a schema is that of a recursion's own rows.
#[test]
fn names_of_no_party_are_unknown() -> DfResult<()> {
    let schema = Schema::new(vec![Field::new("a", DataType::Int64, true)]);
    let read = |name: TableReference| {
        let scan = table_scan(Some(name), &schema, None)?.build()?;
        Ok::<_, datafusion_common::DataFusionError>(tables_read(&scan).map(|tables| tables.len()))
    };
    let unknown = read(TableReference::partial("Not A Party", "t"))?;
    assert_eq!(unknown.map_err(|denial| denial.code), Err(Code::Unknown));
    assert_eq!(read(TableReference::partial("bank", "t"))?.ok(), Some(1));
    assert_eq!(read(TableReference::bare("hops"))?.ok(), Some(0));
    Ok(())
}

/// Constants are added up in the type in which they will be.
#[test]
fn constants_of_two_types_are_added_up() {
    let sum = constant_quantity(&(lit(1_i64) + lit(0.5_f64)));
    let half = Decimal::parse("1.5").map(Quantity::Number);
    assert_eq!(sum, half);
}

/// Of constants too large to be added up nothing is left that could lie on a grid.
#[test]
fn constants_that_are_too_large_are_no_numbers() -> DfResult<()> {
    let kind = DataType::Decimal128(38, 0);
    let schema = DFSchema::try_from(Schema::new(vec![Field::new("a", kind, true)]))?;
    let large = 10_i128.pow(38) - 1;
    let constant = |mantissa| lit(ScalarValue::Decimal128(Some(mantissa), 38, 0));
    let of = |left: &Expr| Linear::of_difference(left, &constant(-large), &schema).constant;
    assert!(of(&(col("a") + constant(large))).other);
    assert!(!of(&(col("a") + constant(1))).other);
    Ok(())
}
