//! How large numbers may be: bits before the point, by the bounds of measures, by literals, by types.

use arrow::datatypes::DataType;
use datafusion_common::ExprSchema;
use datafusion_expr::{BinaryExpr, Expr, ExprSchemable};
use policy::capability::Bounds;
use policy::number::Decimal;

use crate::constant::{Quantity, constant_quantity};
use crate::predicate::Judge;
use crate::traits::Traits;

/// Bits of a count of rows.
pub(crate) const OF_COUNT: u32 = 40;

/// Bits of a natural logarithm.
pub(crate) const OF_LOGARITHM: u32 = 10;

/// Bits by which a quotient is larger than its numerator, where the divisor is a float.
pub(crate) const OF_FRACTION: u32 = 20;

/// More bits than any type has.
pub(crate) const UNKNOWN: u32 = 1 << 16;

/// Bits of the largest number within some bounds.
pub(crate) fn bits_of(bounds: Option<Bounds>) -> u32 {
    let Some(bounds) = bounds else { return 0 };
    let whole = |number: Decimal| {
        let unit = 10_i128.checked_pow(u32::from(number.scale())).unwrap_or(1);
        number.mantissa().unsigned_abs() / unit.unsigned_abs()
    };
    bits(whole(bounds.low).max(whole(bounds.high)))
}

fn bits(number: u128) -> u32 {
    u128::BITS.saturating_sub(number.leading_zeros())
}

/// Bits of a literal.
fn literal_bits(expr: &Expr) -> Option<u32> {
    constant_quantity(expr).map(|quantity| quantity_bits(&quantity))
}

/// Bits of a value that is one or the other; nothing is known of it if nothing is known of one.
pub(crate) fn either(a: &Traits, b: &Traits) -> u32 {
    let unknown = |traits: &Traits| traits.bits == 0 && !traits.literal;
    if unknown(a) || unknown(b) {
        0
    } else {
        a.bits.max(b.bits)
    }
}

pub(crate) fn quantity_bits(quantity: &Quantity) -> u32 {
    match quantity {
        Quantity::Number(n) => {
            let unit = 10_u128.checked_pow(u32::from(n.scale())).unwrap_or(1);
            bits(n.mantissa().unsigned_abs().div_ceil(unit))
        }
        Quantity::Null
        | Quantity::Bool(_)
        | Quantity::Text(_)
        | Quantity::Moment(_)
        | Quantity::Span(_) => 0,
        // A number of more digits than the rules can hold.
        Quantity::Other => UNKNOWN,
    }
}

/// Bits that so many decimal digits take, rounded up.
pub(crate) fn of_digits(digits: i32) -> u32 {
    let digits = u32::try_from(digits).unwrap_or(0);
    digits.saturating_mul(333).div_ceil(100)
}

/// Bits before the point that a number of this type can hold; `None` for what holds everything, or is no number.
pub(crate) fn capacity(kind: &DataType) -> Option<u32> {
    match kind {
        DataType::Decimal32(p, s)
        | DataType::Decimal64(p, s)
        | DataType::Decimal128(p, s)
        | DataType::Decimal256(p, s) => {
            let digits = i32::from(*p).saturating_sub(i32::from(*s));
            Some(u32::try_from(digits).unwrap_or(0).saturating_mul(332) / 100)
        }
        DataType::Int64 | DataType::UInt64 => Some(63),
        DataType::Int32 | DataType::UInt32 => Some(31),
        DataType::Int16 | DataType::UInt16 => Some(15),
        DataType::Int8 | DataType::UInt8 => Some(7),
        DataType::Float16
        | DataType::Float32
        | DataType::Float64
        | DataType::Null
        | DataType::Boolean
        | DataType::Timestamp(_, _)
        | DataType::Date32
        | DataType::Date64
        | DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Duration(_)
        | DataType::Interval(_)
        | DataType::Binary
        | DataType::FixedSizeBinary(_)
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::List(_)
        | DataType::ListView(_)
        | DataType::FixedSizeList(_, _)
        | DataType::LargeList(_)
        | DataType::LargeListView(_)
        | DataType::Struct(_)
        | DataType::Union(_, _)
        | DataType::Dictionary(_, _)
        | DataType::Map(_, _)
        | DataType::RunEndEncoded(_, _) => None,
    }
}

/// Digits behind the point, and bits of the number that stands for the whole; `None` for what is no exact number.
pub(crate) fn layout(kind: &DataType) -> Option<(i32, u32)> {
    match kind {
        DataType::Decimal32(_, scale) => Some((i32::from(*scale), 31)),
        DataType::Decimal64(_, scale) => Some((i32::from(*scale), 63)),
        DataType::Decimal128(_, scale) => Some((i32::from(*scale), 127)),
        DataType::Decimal256(_, scale) => Some((i32::from(*scale), 255)),
        kind if kind.is_integer() => capacity(kind).map(|bits| (0, bits)),
        _no_exact_number => None,
    }
}

pub(crate) fn type_of(judge: &Judge<'_>, expr: &Expr) -> Option<DataType> {
    expr.get_type(judge.rel.plan.schema().as_ref()).ok()
}

/// Bits before the point of a side of an operator.
pub(crate) fn bits_in(judge: &Judge<'_>, expr: &Expr, traits: &Traits) -> u32 {
    let of_type = || type_of(judge, expr).and_then(|kind| capacity(&kind));
    match (literal_bits(expr), &traits.known) {
        (Some(bits), _) => bits,
        (None, Some(known)) => known.iter().map(quantity_bits).max().unwrap_or(0),
        (None, None) if traits.bits > 0 => traits.bits,
        (None, None) if traits.filter.is_some() => used(of_type().unwrap_or(0)),
        (None, None) => of_type().unwrap_or(0),
    }
}

/// Bits that numbers of a type really take: what is beyond compares them with the end of their type, not with a number that is
/// chosen.
fn used(capacity: u32) -> u32 {
    capacity.saturating_mul(3) / 4
}

/// Bits before the point up to which arithmetic of floats makes no infinity.
pub(crate) fn finite(kind: &DataType) -> Option<u32> {
    match kind {
        DataType::Float16 => Some(15),
        DataType::Float32 => Some(127),
        DataType::Float64 => Some(1023),
        _exact_or_no_number => None,
    }
}

/// Bits before the point up to which floats tell values apart that differ by a few hundredths, of the 53, 24 and 11 that they have.
/// Sizes add up, also where values cancel out, so that whatever was swallowed on the way is small beside the result's size.
pub(crate) fn precise(kind: &DataType) -> u32 {
    match kind {
        DataType::Float64 => 44,
        DataType::Float32 => 20,
        _coarse_or_no_float => 0,
    }
}

/// A value as a float of this type: still a measure, and on its grid, while the float tells all of its values apart.
pub(crate) fn faithful(kind: &DataType, bits: u32, found: Traits) -> Traits {
    if bits <= precise(kind) && found.shrunk <= MOST_SHRUNK {
        return found;
    }
    Traits {
        degree: None,
        ..crate::expression::only_ungridded(found)
    }
}

/// Bits by which a float may have been made smaller: released values have six digits behind the point.
const MOST_SHRUNK: u32 = 10;

/// Bits by which a factor makes a number smaller.
pub(crate) fn shrinks(factor: Decimal) -> u32 {
    let inverse = Decimal::from(1).checked_div(factor.abs());
    match inverse {
        _ if factor.abs() >= Decimal::from(1) => 0,
        Some(inverse) => quantity_bits(&Quantity::Number(inverse)),
        None => of_digits(factor.scale().into()),
    }
}

/// What a division by a literal does to the values that it divides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Division {
    /// They stay apart: the quotient has digits for all of them.
    Apart,
    /// All within a cell of this width become one.
    Cells(Decimal),
    /// Floats: nobody knows.
    Unknown,
}

/// How a quotient by a literal cuts off: integers at the point, decimals behind the digits of their type.
pub(crate) fn division(binary: &BinaryExpr, divisor: Decimal, schema: &dyn ExprSchema) -> Division {
    let digits = |expr: &Expr| expr.get_type(schema).ok().and_then(|kind| layout(&kind));
    let quotient = Expr::BinaryExpr(binary.clone());
    let (Some((own, _)), Some((made, _))) = (digits(&binary.left), digits(&quotient)) else {
        return Division::Unknown;
    };
    let unit = |digits: i32| {
        u8::try_from(digits)
            .ok()
            .map(|scale| Decimal::new(1, scale))
    };
    let width = unit(made).and_then(|unit| divisor.abs().checked_mul(unit));
    match (width, unit(own)) {
        (Some(width), Some(step)) if width <= step => Division::Apart,
        (Some(width), Some(_)) => Division::Cells(width),
        (None, _) | (_, None) => Division::Unknown,
    }
}
