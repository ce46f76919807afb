//! Values that may be NULL by what they are computed from.
//!
//! `1 / (x - 777)`, `sqrt(777 - x)`, a cast to a smaller type, a product too large for its type: whether such a value is NULL
//! compares x with a number that the question chose, and COUNT or SUM leaves the rows out for which it is. So where a value may
//! be NULL by a chosen bound it may neither be aggregated nor stand under IS NULL, beside another column or on a grid in a predicate: not
//! even where its column may be compared, for then the comparison is written out, and its arms have k people each. A bound that nobody
//! chose (a plain divisor that is 0, the root of a plain negative number) is none.

use arrow::datatypes::DataType;
use datafusion_expr::{BinaryExpr, Expr, Operator};
use policy::denial::Code;

use crate::constant::{Quantity, constant_quantity};
use crate::predicate::Judge;
use crate::refusals::Explain;
use crate::size::{OF_FRACTION, bits_in, capacity, finite, layout, of_digits, type_of};
use crate::traits::Traits;

/// Sums and products: how large they may be, and whether that may be too large for their type.
pub(crate) fn arithmetic(
    judge: &Judge<'_>,
    binary: &BinaryExpr,
    (left, right): (&Traits, &Traits),
    mut found: Traits,
) -> Traits {
    let a = bits_in(judge, &binary.left, left);
    let b = bits_in(judge, &binary.right, right);
    found.bits = match binary.op {
        Operator::Multiply => a.saturating_add(b),
        _sum => a.max(b).saturating_add(1),
    };
    let kind = type_of(judge, &Expr::BinaryExpr(binary.clone()));
    let chosen = match kind {
        Some(DataType::Timestamp(_, _) | DataType::Date32 | DataType::Date64) => {
            found.moved = moved(binary, left.moved.saturating_add(right.moved));
            found.moved > MOST_YEARS
        }
        Some(kind) => capacity(&kind)
            .or_else(|| finite(&kind))
            .is_some_and(|room| found.bits > room),
        None => true,
    };
    found.partial = left.partial || right.partial || chosen;
    found
}

/// Years by which a moment may be moved before the end of its type comes into sight of what is stored.
const MOST_YEARS: u32 = 100;

/// Years by which a moment is moved in all; a span that is no literal moves it anywhere.
fn moved(binary: &BinaryExpr, before: u32) -> u32 {
    const DAYS: i64 = 365;
    let span = |expr: &Expr| match constant_quantity(expr) {
        Some(Quantity::Span(span)) => Some(span),
        Some(_) | None => None,
    };
    let Some(span) = span(&binary.left).or_else(|| span(&binary.right)) else {
        return u32::MAX;
    };
    let days = (span.seconds / 86_400).unsigned_abs();
    let years = (span.months / 12).unsigned_abs();
    let years = years.saturating_add(days / DAYS.unsigned_abs());
    before.saturating_add(u32::try_from(years).unwrap_or(u32::MAX).saturating_add(1))
}

/// Quotients and remainders: NULL where the divisor is 0, or where the numerator is too large once it has their digits.
pub(crate) fn quotient(
    judge: &Judge<'_>,
    binary: &BinaryExpr,
    (left, right): (&Traits, &Traits),
    mut found: Traits,
) -> Traits {
    let divisor = constant_quantity(&binary.right);
    let zero = divisor.is_none() && !is_unchosen(right);
    let a = bits_in(judge, &binary.left, left);
    let b = bits_in(judge, &binary.right, right);
    let kind = |expr: &Expr| type_of(judge, expr).and_then(|kind| layout(&kind));
    let digits = kind(&binary.right).map(|(digits, _)| digits);
    let whole = kind(&Expr::BinaryExpr(binary.clone()));
    let made = |result: i32| match binary.op {
        Operator::Modulo => a.max(b).saturating_add(of_digits(result)),
        _divide => a.saturating_add(of_digits(result.saturating_add(digits.unwrap_or(0)))),
    };
    let large = whole.is_some_and(|(digits, room)| made(digits) > room);
    let least = match divisor {
        Some(Quantity::Number(n)) => of_digits(n.scale().into()),
        Some(_) | None => digits.map_or(OF_FRACTION, of_digits),
    };
    found.bits = match binary.op {
        Operator::Modulo => b,
        _divide => a.saturating_add(least),
    };
    found.partial = left.partial || right.partial || zero || large;
    found
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
    let never = |t: &Traits| is_unchosen(t) && t.above_zero;
    let unchosen = is_unchosen(found) || (shifted && after_one.is_some_and(never));
    found.partial || !unchosen
}

/// A cast: NULL where the value does not fit.
pub(crate) fn cast(from: Option<&DataType>, to: &DataType, found: &Traits) -> bool {
    let Some(from) = from else { return true };
    let wide = match (from.is_numeric(), to.is_numeric()) {
        // What is below zero is NULL, and the question may have moved it there.
        (true, true) if to.is_unsigned_integer() => from == to,
        (true, true) => capacity(to).is_none_or(|room| {
            capacity(from).is_some_and(|needed| needed <= room)
                || (found.bits > 0 && found.bits <= room)
        }),
        (true, false) => !to.is_temporal(),
        (false, true) => *from == DataType::Boolean,
        (false, false) => {
            from == to
                || (from.is_temporal() && to.is_temporal())
                || !(to.is_temporal() || *to == DataType::Boolean)
        }
    };
    found.partial || !wide
}

/// Whether a cast between exact numbers changes none of them, going by how large they may be.
pub(crate) fn keeps(from: Option<&DataType>, to: &DataType, found: &Traits) -> bool {
    let digits = |kind: &DataType| layout(kind).map(|(digits, _)| digits);
    let finer = from
        .and_then(digits)
        .zip(digits(to))
        .is_some_and(|(from, to)| from <= to);
    finer
        && !to.is_unsigned_integer()
        && found.bits > 0
        && capacity(to).is_some_and(|room| found.bits <= room)
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
        .help("aggregate the column, or divide by a column as it stands; casts may only widen, and sums of sums outgrow their type");
}
