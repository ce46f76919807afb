//! Cells: values as they stand, and as they enter aggregates.

use std::collections::BTreeSet;

use super::expression::Expr;
use super::number::Number;
use super::relation::{Cell, Row};
use super::value::Value;

/// Rows of one key may enter aggregates as different values if the key is computed: the least of them does.
pub(super) fn key_cell(key: &Expr, rows: &[Row]) -> Cell {
    let entering = rows.iter().map(|row| clamped(key, row));
    let least = entering.filter(|value| *value != Value::Null).min();
    Cell {
        raw: key.value(&rows[0].raw()),
        clamped: least.unwrap_or(Value::Null),
        names: rows.iter().flat_map(|row| cell(key, row).names).collect(),
        nobody: rows.iter().any(|row| cell(key, row).nobody),
    }
}

/// The cell of an expression.
pub(super) fn cell(expr: &Expr, row: &Row) -> Cell {
    Cell {
        raw: expr.value(&row.raw()),
        clamped: clamped(expr, row),
        names: match expr {
            Expr::Column(at) => row.cells[*at].names.clone(),
            _ => BTreeSet::new(),
        },
        nobody: matches!(expr, Expr::Column(at) if row.cells[*at].nobody),
    }
}

/// The value of an expression as it enters an aggregate: conditions see values as they stand.
#[must_use]
pub(super) fn clamped(expr: &Expr, row: &Row) -> Value {
    match expr {
        Expr::Case(arms, otherwise) => {
            let taken = arms.iter().find(|(when, _)| when.holds(&row.raw()));
            let value = taken.map(|(_, then)| then).or(otherwise.as_deref());
            value.map_or(Value::Null, |value| clamped(value, row))
        }
        Expr::Math(sum, a, b) => {
            let both = [clamped(a, row), clamped(b, row)];
            let columns = Expr::Math(*sum, Box::new(Expr::Column(0)), Box::new(Expr::Column(1)));
            columns.value(&|at| both[at].clone())
        }
        Expr::Column(at) => row.cells[*at].clamped.clone(),
        other => other.value(&row.raw()),
    }
}

/// A number brought between bounds.
pub(super) fn clamp(value: &Value, bounds: Option<(i64, i64)>) -> Value {
    match (value, bounds) {
        (Value::Number(number), Some((low, high))) => {
            Value::Number((*number).max(Number::from(low)).min(Number::from(high)))
        }
        (value, _) => value.clone(),
    }
}
