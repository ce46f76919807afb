//! Between what bounds an expression lies, by the bounds of the measures in it.
//!
//! The release clamps to the bound that is stated, whatever it is, so a bound that is too wide costs accuracy and nothing
//! else; where none is known there is nothing to state, and the sum is refused.

use datafusion_common::DFSchema;
use datafusion_expr::{BinaryExpr, Expr, Operator};
use policy::number::Decimal;

use super::shape::{Interval, Shape};
use crate::constant::{Quantity, constant_quantity};

/// The interval of an expression over a relation's columns; `None` where nothing is known.
pub(super) fn of(expr: &Expr, shape: &Shape, schema: &DFSchema) -> Option<Interval> {
    match constant_quantity(expr) {
        Some(Quantity::Number(number)) => return Some((number, number)),
        // NULL adds nothing.
        Some(Quantity::Null) => return Some((Decimal::from(0), Decimal::from(0))),
        Some(
            Quantity::Bool(_)
            | Quantity::Text(_)
            | Quantity::Moment(_)
            | Quantity::Span(_)
            | Quantity::Other,
        )
        | None => {}
    }
    let inner = |expr: &Expr| of(expr, shape, schema);
    match expr {
        Expr::Column(column) => shape.at(column, schema)?.1.interval,
        Expr::Alias(alias) => inner(&alias.expr),
        Expr::Cast(cast) => inner(&cast.expr),
        Expr::TryCast(cast) => inner(&cast.expr),
        Expr::Negative(negated) => {
            let (low, high) = inner(negated)?;
            Some((negative(high)?, negative(low)?))
        }
        Expr::BinaryExpr(binary) => operation(binary, inner(&binary.left)?, inner(&binary.right)?),
        Expr::Case(case) => {
            let thens = case.when_then_expr.iter().map(|(_, then)| then.as_ref());
            hull(thens.chain(case.else_expr.as_deref()).map(inner))
        }
        Expr::ScalarFunction(call) => match call.func.name() {
            "abs" => call.args.first().and_then(inner).map(absolute),
            "coalesce" | "nvl" | "ifnull" | "greatest" | "least" => {
                hull(call.args.iter().map(inner))
            }
            "nullif" => call.args.first().and_then(inner),
            _other => None,
        },
        // Nothing is known of the values of any other kind of expression, whatever it may be.
        _other => None,
    }
}

/// The interval of so many values together.
pub(super) fn times(interval: Interval, rows: u32) -> Option<Interval> {
    let rows = Decimal::from(i64::from(rows));
    Some((interval.0.checked_mul(rows)?, interval.1.checked_mul(rows)?))
}

/// The least interval around some.
pub(super) fn hull(all: impl IntoIterator<Item = Option<Interval>>) -> Option<Interval> {
    let mut found: Option<Interval> = None;
    for interval in all {
        let (low, high) = interval?;
        found = Some(found.map_or((low, high), |(l, h)| (l.min(low), h.max(high))));
    }
    found
}

fn absolute((low, high): Interval) -> Interval {
    (Decimal::from(0), low.abs().max(high.abs()))
}

fn operation(binary: &BinaryExpr, a: Interval, b: Interval) -> Option<Interval> {
    match binary.op {
        Operator::Plus => Some((sum(a.0, b.0)?, sum(a.1, b.1)?)),
        Operator::Minus => Some((sum(a.0, negative(b.1)?)?, sum(a.1, negative(b.0)?)?)),
        Operator::Multiply => spread([
            a.0.checked_mul(b.0)?,
            a.0.checked_mul(b.1)?,
            a.1.checked_mul(b.0)?,
            a.1.checked_mul(b.1)?,
        ]),
        Operator::Divide if b.0 == b.1 => spread([a.0.checked_div(b.0)?, a.1.checked_div(b.0)?]),
        _other => None,
    }
}

fn spread<const N: usize>(all: [Decimal; N]) -> Option<Interval> {
    all.iter().copied().min().zip(all.iter().copied().max())
}

fn negative(number: Decimal) -> Option<Decimal> {
    Some(Decimal::new(
        number.mantissa().checked_neg()?,
        number.scale(),
    ))
}

fn sum(a: Decimal, b: Decimal) -> Option<Decimal> {
    let scale = a.scale().max(b.scale());
    let whole = a.at_scale(scale)?.checked_add(b.at_scale(scale)?)?;
    Some(Decimal::new(whole, scale))
}
