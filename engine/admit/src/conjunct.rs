//! What the conjuncts of a predicate say, and which columns it makes equal.

use std::collections::BTreeSet;

use arrow::datatypes::DataType;
use datafusion_common::{Column, ExprSchema};
use datafusion_expr::{Expr, Operator};

use crate::linear::is_widening;
use crate::relation::Rel;
use crate::traits::SlotId;

/// The expression under its names.
pub(crate) fn unaliased(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => unaliased(&alias.expr),
        other => other,
    }
}

/// The conjuncts of a predicate.
pub(crate) fn conjuncts(predicate: &Expr, into: &mut Vec<Expr>) {
    match predicate {
        Expr::BinaryExpr(binary) if binary.op == Operator::And => {
            conjuncts(&binary.left, into);
            conjuncts(&binary.right, into);
        }
        Expr::Alias(alias) => conjuncts(&alias.expr, into),
        other => into.push(other.clone()),
    }
}

/// Columns that a conjunct equates name the same entities from here on.
pub(crate) fn equate_columns(rel: &mut Rel, predicate: &Expr) {
    let mut all = Vec::new();
    conjuncts(predicate, &mut all);
    for conjunct in &all {
        if let Some((left, right)) = column_equality(conjunct, &[rel])
            && equates(rel, &left, rel, &right)
            && let (Some(a), Some(b)) = (rel.position(&left), rel.position(&right))
        {
            equate(rel, a, b);
        }
    }
}

/// `column = column`, of these relations. A cast that may lose something makes it none: by `CAST(id AS BOOLEAN)` everybody equals everybody.
pub(crate) fn column_equality(expr: &Expr, of: &[&Rel]) -> Option<(Column, Column)> {
    let Expr::BinaryExpr(binary) = expr else {
        return None;
    };
    if binary.op != Operator::Eq {
        return None;
    }
    Some((
        bare_column(&binary.left, of)?,
        bare_column(&binary.right, of)?,
    ))
}

/// The column under aliases and casts to a wider type of its kind, as the binder writes them inside EXISTS.
fn bare_column(expr: &Expr, of: &[&Rel]) -> Option<Column> {
    match expr {
        Expr::Column(column) => Some(column.clone()),
        Expr::Alias(alias) => bare_column(&alias.expr, of),
        Expr::Cast(cast) => {
            let column = bare_column(&cast.expr, of)?;
            let kind = of.iter().find_map(|rel| kind_in(rel, &column))?;
            let wider = cast.field.data_type();
            (are_alike(&kind, wider) && is_widening(&kind, wider)).then_some(column)
        }
        _other => None,
    }
}

fn kind_in(rel: &Rel, column: &Column) -> Option<DataType> {
    rel.plan.schema().data_type(column).ok().cloned()
}

/// Whether two columns of relations are equal only where they hold the same value.
pub(crate) fn equates(left: &Rel, a: &Column, right: &Rel, b: &Column) -> bool {
    match (kind_in(left, a), kind_in(right, b)) {
        (Some(a), Some(b)) => are_alike(&a, &b),
        (None, _) | (_, None) => false,
    }
}

/// Whether values of two types are equal only where they are the same. Whole numbers and decimals are compared by the finer scale
/// (`DataFusion` 55.2, `get_wider_decimal_type`), where what has no room is NULL. Of other types one is cast: as numbers the texts '7'
/// and '07' are one.
fn are_alike(a: &DataType, b: &DataType) -> bool {
    let exact = |kind: &DataType| kind.is_integer() || matches!(kind, DataType::Decimal128(..));
    a == b || (exact(a) && exact(b)) || (a.is_string() && b.is_string())
}

/// Two columns hold the same value: each names the other's entities too.
pub(crate) fn equate(rel: &mut Rel, a: usize, b: usize) {
    let slots: BTreeSet<SlotId> = [a, b]
        .iter()
        .filter_map(|i| rel.cols.get(*i))
        .flat_map(|c| c.traits.slots.iter().copied())
        .collect();
    for index in [a, b] {
        if let Some(col) = rel.cols.get_mut(index) {
            col.traits.slots.extend(slots.iter().copied());
        }
    }
}
