//! Values that may be NULL by what they are computed from.
//!
//! `1 / (x - 777)`, `sqrt(777 - x)`, a cast to a smaller type, a product too large for its type: whether such a value is NULL
//! compares x with a number that the question chose, and COUNT or SUM leaves the rows out for which it is. So where a value may
//! be NULL by a chosen bound it may neither be aggregated nor stand under IS NULL or beside another column in a predicate: not
//! even where its column may be compared, for then the comparison is written out, and its arms have k people each. A bound that nobody
//! chose (a plain divisor that is 0, the root of a plain negative number) is none.

use arrow::datatypes::DataType;
use datafusion_expr::{BinaryExpr, Expr, ExprSchemable, Operator};
use policy::capability::{Bounds, Filter, Grain};
use policy::denial::Code;

use crate::constant::{Quantity, constant_quantity};
use crate::predicate::Judge;
use crate::refusals::Explain;
use crate::traits::Traits;

/// Bits of a count of rows.
pub(crate) const OF_COUNT: u32 = 40;

/// Bits of a natural logarithm.
pub(crate) const OF_LOGARITHM: u32 = 8;

/// Bits of the largest number within some bounds.
pub(crate) fn bits_of(bounds: Option<Bounds>) -> u32 {
    let Some(bounds) = bounds else { return 0 };
    let whole = |number: policy::number::Decimal| {
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

fn quantity_bits(quantity: &Quantity) -> u32 {
    match quantity {
        Quantity::Number(n) => {
            let unit = 10_u128.checked_pow(u32::from(n.scale())).unwrap_or(1);
            bits(n.mantissa().unsigned_abs().div_ceil(unit))
        }
        Quantity::Null
        | Quantity::Bool(_)
        | Quantity::Text(_)
        | Quantity::Moment(_)
        | Quantity::Span(_)
        | Quantity::Other => 0,
    }
}

/// What a type can hold; `None` if it holds everything.
fn capacity(kind: &DataType) -> Option<u32> {
    match kind {
        DataType::Decimal32(p, s) | DataType::Decimal64(p, s) | DataType::Decimal128(p, s) => {
            let digits = i32::from(*p) - i32::from(*s);
            Some(u32::try_from(digits).unwrap_or(0).saturating_mul(332) / 100)
        }
        DataType::Int64 | DataType::UInt64 => Some(63),
        DataType::Int32 | DataType::UInt32 => Some(31),
        DataType::Int16 | DataType::UInt16 => Some(15),
        DataType::Int8 | DataType::UInt8 => Some(7),
        _other => None,
    }
}

/// Sums and products: how large they may be, and whether that may be too large for their type.
pub(crate) fn arithmetic(
    judge: &Judge<'_>,
    binary: &BinaryExpr,
    (left, right): (&Traits, &Traits),
    mut found: Traits,
) -> Traits {
    let schema = judge.rel.plan.schema();
    let of_type = |expr: &Expr| {
        let kind = expr.get_type(schema.as_ref()).ok();
        kind.and_then(|kind| capacity(&kind)).unwrap_or(0)
    };
    let of = |expr: &Expr, traits: &Traits| match (literal_bits(expr), &traits.known) {
        (Some(bits), _) => bits,
        (None, Some(known)) => known.iter().map(quantity_bits).max().unwrap_or(0),
        (None, None) if traits.bits > 0 => traits.bits,
        (None, None) if is_comparable(traits) => used(of_type(expr)),
        (None, None) => of_type(expr),
    };
    let (a, b) = (of(&binary.left, left), of(&binary.right, right));
    found.bits = match binary.op {
        Operator::Multiply => a.saturating_add(b),
        _sum => a.max(b).saturating_add(1),
    };
    let expr = Expr::BinaryExpr(binary.clone());
    let kind = expr.get_type(judge.rel.plan.schema().as_ref());
    let room = kind.ok().and_then(|kind| capacity(&kind));
    let chosen = room.is_some_and(|room| found.bits > room);
    found.partial = left.partial || right.partial || chosen;
    found
}

/// Quotients and remainders: NULL where the divisor is 0.
pub(crate) fn quotient(
    binary: &BinaryExpr,
    (left, right): (&Traits, &Traits),
    mut found: Traits,
) -> Traits {
    let literal = constant_quantity(&binary.right).is_some();
    let chosen = !literal && !is_unchosen(right);
    found.bits = left.bits.saturating_add(20);
    found.partial = left.partial || right.partial || chosen;
    found
}

/// It may be compared with any number anyway.
fn is_comparable(traits: &Traits) -> bool {
    matches!(traits.filter, Some(Filter::Grain(Grain::Any)))
}

/// Bits that numbers of a type really take: what is beyond compares them with the end of their type, not with a number that is
/// chosen.
fn used(capacity: u32) -> u32 {
    capacity.saturating_mul(3) / 4
}

/// A column, its multiples, aggregates and counts: 0 is a bound of it that nobody chose.
fn is_unchosen(traits: &Traits) -> bool {
    (traits.plain || traits.lattice.is_some()) && !traits.mixed
}

/// Roots and logarithms: NULL below 0, or below -1 of `1 + x`.
pub(crate) fn root(argument: &Expr, found: &Traits, after_one: Option<&Traits>) -> bool {
    let one = |expr: &Expr| matches!(constant_quantity(expr), Some(Quantity::Number(n)) if n == policy::number::Decimal::from(1));
    let shifted = match argument {
        Expr::BinaryExpr(BinaryExpr {
            left,
            op: Operator::Plus,
            right,
        }) => one(left) || one(right),
        _other => false,
    };
    let unchosen = is_unchosen(found) || (shifted && after_one.is_some_and(is_unchosen));
    found.partial || !unchosen
}

/// A cast: NULL where the value does not fit.
pub(crate) fn cast(from: Option<&DataType>, to: &DataType, found: &Traits) -> bool {
    let Some(from) = from else { return true };
    let wide = match (from.is_numeric(), to.is_numeric()) {
        (true, true) => capacity(to).is_none_or(|room| {
            capacity(from).is_some_and(|needed| needed <= room)
                || (found.bits > 0 && found.bits <= room)
        }),
        (true, false) => !to.is_temporal(),
        (false, true) => *from == DataType::Boolean,
        (false, false) => from == to || !to.is_temporal() || from.is_temporal(),
    };
    found.partial || !wide
}

/// Refuses to aggregate what may be NULL by a bound that the question chose.
pub(crate) fn refuse(judge: &mut Judge<'_>, found: &Traits, expr: &Expr) {
    if !found.partial {
        return;
    }
    judge
        .refusals
        .rule(
            Code::MeasureExpr,
            "whether this is NULL would compare the column with a number of the question's",
        )
        .of(found.origin.as_ref())
        .at(expr)
        .help("aggregate the column, or divide by a column as it stands; casts may only widen");
}
