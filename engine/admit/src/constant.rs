//! The constants of a question: literals and what can be computed from literals alone.

use arrow::array::{ArrayRef, Datum};
use arrow::compute::kernels::numeric;
use arrow::datatypes::{DataType, IntervalUnit};
use arrow::error::ArrowError;
use chrono::{DateTime, NaiveDateTime};
use datafusion_common::ScalarValue;
use datafusion_expr::type_coercion::binary::BinaryTypeCoercer;
use datafusion_expr::{Cast, Expr, Operator, TryCast};
use policy::number::Decimal;

use crate::grain::Span;

/// A constant as the rules see it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Quantity {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(String),
    Moment(NaiveDateTime),
    Span(Span),
    /// A constant of a kind that no grid knows.
    Other,
}

type Kernel = fn(&dyn Datum, &dyn Datum) -> Result<ArrayRef, ArrowError>;

/// The value of an expression without columns; `None` when it is not constant or fails.
pub(crate) fn constant(expr: &Expr) -> Option<ScalarValue> {
    match expr {
        Expr::Literal(value, _) => Some(value.clone()),
        Expr::Alias(alias) => constant(&alias.expr),
        Expr::Cast(Cast { expr, field }) | Expr::TryCast(TryCast { expr, field }) => {
            constant(expr)?.cast_to(field.data_type()).ok()
        }
        Expr::Negative(inner) => constant(inner)?.arithmetic_negate().ok(),
        Expr::BinaryExpr(binary) => {
            let kernel: Kernel = match binary.op {
                Operator::Plus => numeric::add,
                Operator::Minus => numeric::sub,
                Operator::Multiply => numeric::mul,
                Operator::Divide => numeric::div,
                _not_arithmetic => return None,
            };
            let sides = (constant(&binary.left)?, constant(&binary.right)?);
            let (left, right) = unify(sides, binary.op)?;
            let result = kernel(&left.to_scalar().ok()?, &right.to_scalar().ok()?).ok()?;
            ScalarValue::try_from_array(&result, 0).ok()
        }
        _not_constant => None,
    }
}

/// Numbers brought to the types in which the operator will run: any others would judge another constant.
fn unify(
    (left, right): (ScalarValue, ScalarValue),
    op: Operator,
) -> Option<(ScalarValue, ScalarValue)> {
    let (l, r) = (left.data_type(), right.data_type());
    if !(l.is_numeric() && r.is_numeric()) {
        return Some((left, right));
    }
    let (l, r) = BinaryTypeCoercer::new(&l, &op, &r).get_input_types().ok()?;
    Some((left.cast_to(&l).ok()?, right.cast_to(&r).ok()?))
}

/// An exact number; floats by their shortest decimal text.
fn number(value: &ScalarValue) -> Option<Decimal> {
    match value {
        ScalarValue::Decimal128(Some(mantissa), _, scale) => {
            let scale = u8::try_from(*scale).ok()?;
            Some(Decimal::new(*mantissa, scale))
        }
        ScalarValue::Decimal256(Some(mantissa), _, scale) => {
            let scale = u8::try_from(*scale).ok()?;
            Some(Decimal::new(mantissa.to_i128()?, scale))
        }
        ScalarValue::Float64(Some(v)) => Decimal::parse(&v.to_string()),
        ScalarValue::Float32(Some(v)) => Decimal::parse(&v.to_string()),
        other if other.data_type().is_integer() => {
            match other.cast_to(&DataType::Decimal128(38, 0)).ok()? {
                ScalarValue::Decimal128(Some(mantissa), _, _) => Some(Decimal::new(mantissa, 0)),
                _null => None,
            }
        }
        _no_number => None,
    }
}

fn moment(value: &ScalarValue) -> Option<NaiveDateTime> {
    let nanos = DataType::Timestamp(arrow::datatypes::TimeUnit::Microsecond, None);
    match value.cast_to(&nanos).ok()? {
        ScalarValue::TimestampMicrosecond(Some(micros), _) => {
            DateTime::from_timestamp_micros(micros).map(|at| at.naive_utc())
        }
        _null => None,
    }
}

fn span(value: &ScalarValue) -> Option<Span> {
    match value {
        ScalarValue::IntervalYearMonth(Some(months)) => Some(Span {
            months: i64::from(*months),
            ..Span::default()
        }),
        ScalarValue::IntervalDayTime(Some(v)) => Some(Span {
            months: 0,
            seconds: i64::from(v.days) * 86_400 + i64::from(v.milliseconds) / 1_000,
            nanos: i64::from(v.milliseconds) % 1_000 * 1_000_000,
        }),
        ScalarValue::IntervalMonthDayNano(Some(v)) => Some(Span {
            months: i64::from(v.months),
            seconds: i64::from(v.days) * 86_400 + v.nanoseconds / 1_000_000_000,
            nanos: v.nanoseconds % 1_000_000_000,
        }),
        _other => None,
    }
}

/// The constant as the rules see it.
pub(crate) fn quantity(value: &ScalarValue) -> Quantity {
    if value.is_null() {
        return Quantity::Null;
    }
    let found = match value.data_type() {
        DataType::Boolean => match value {
            ScalarValue::Boolean(Some(v)) => Some(Quantity::Bool(*v)),
            _other => None,
        },
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => value
            .try_as_str()
            .flatten()
            .map(|s| Quantity::Text(s.to_owned())),
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, _) => {
            moment(value).map(Quantity::Moment)
        }
        DataType::Interval(
            IntervalUnit::YearMonth | IntervalUnit::DayTime | IntervalUnit::MonthDayNano,
        ) => span(value).map(Quantity::Span),
        _number_or_other => number(value).map(Quantity::Number),
    };
    found.unwrap_or(Quantity::Other)
}

/// The constant quantity of an expression, if it is one.
pub(crate) fn constant_quantity(expr: &Expr) -> Option<Quantity> {
    constant(expr).as_ref().map(quantity)
}
