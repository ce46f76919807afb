//! Bands: values all of which stand in the text, so that the owners have read whatever may leave.
//!
//! A list tells of one entity at a time. An amount, a count or a name beside it would tell what another bank's customer
//! did; `CASE WHEN n >= 10 THEN '10 and more' ELSE 'fewer' END` tells what its owner agreed to.

use arrow::datatypes::DataType;
use datafusion_common::Column;
use datafusion_expr::{Case, Expr, ExprSchemable, LogicalPlan};

use super::made::{Made, made};
use crate::functions;
use crate::group::aggregate_call;

/// Whether the column at this position of a plan is a band.
pub(super) fn is_band(plan: &LogicalPlan, index: usize) -> bool {
    match made(plan, index) {
        Some(Made::Expr(expr, input)) => band(expr, input),
        Some(Made::Call(call, input)) => picks(call, input),
        Some(Made::Scan(..)) | None => false,
    }
}

/// Whether all values of an expression stand in the text: truth values, literals, and choices among them.
fn band(expr: &Expr, input: &LogicalPlan) -> bool {
    if is_truth(expr, input) {
        return true;
    }
    match expr {
        Expr::Literal(..) => true,
        Expr::Alias(alias) => band(&alias.expr, input),
        Expr::Cast(cast) => band(&cast.expr, input),
        Expr::TryCast(cast) => band(&cast.expr, input),
        Expr::Case(case) => results(case).all(|result| band(result, input)),
        Expr::ScalarFunction(call) if matches!(call.func.name(), "coalesce" | "nullif") => {
            call.args.iter().all(|arg| band(arg, input))
        }
        Expr::Column(column) => {
            let index = input.schema().maybe_index_of_column(column);
            index.is_some_and(|index| is_band(input, index))
        }
        _computed => false,
    }
}

/// A truth value of what many come to: whether the largest of them is above a bound is what one of them did.
fn is_truth(expr: &Expr, input: &LogicalPlan) -> bool {
    let kind = expr.get_type(input.schema().as_ref());
    let of_many = |column: &&Column| {
        let index = input.schema().maybe_index_of_column(column);
        index.is_none_or(|index| !is_extreme(input, index))
    };
    kind.is_ok_and(|kind| kind == DataType::Boolean) && expr.column_refs().iter().all(of_many)
}

/// Whether a column is one row's value, picked from several, and no band.
fn is_extreme(plan: &LogicalPlan, index: usize) -> bool {
    match made(plan, index) {
        Some(Made::Call(call, input)) => {
            let many = aggregate_call(call).is_some_and(|function| {
                let name = function.func.name();
                functions::RELEASED.contains(&name) || matches!(name, "bool_and" | "bool_or")
            });
            !many && !picks(call, input)
        }
        Some(Made::Expr(expr, input)) => expr.column_refs().iter().any(|column| {
            let index = input.schema().maybe_index_of_column(column);
            index.is_some_and(|index| is_extreme(input, index))
        }),
        Some(Made::Scan(..)) | None => false,
    }
}

fn results(case: &Case) -> impl Iterator<Item = &Expr> {
    let results = case.when_then_expr.iter().map(|(_, then)| then.as_ref());
    results.chain(case.else_expr.as_deref())
}

/// An aggregate that picks one of the bands of a group, or a truth value.
fn picks(call: &Expr, input: &LogicalPlan) -> bool {
    let Some(function) = aggregate_call(call) else {
        return false;
    };
    let arguments = &function.params.args;
    is_truth(call, input)
        || (matches!(function.func.name(), "min" | "max")
            && arguments.iter().all(|argument| band(argument, input)))
}
