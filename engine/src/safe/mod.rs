//! Total functions: no expression may fail on data, because failing is an answer of one bit.
//!
//! After type coercion every operation that could fail on a value becomes one that gives NULL for
//! it: division and remainder by zero, overflow of integers, decimals, dates and intervals, casts,
//! and the listed functions that raise errors. What is not listed is not called at all.

mod aggregate;
mod cast;
mod function;
mod listed;
mod operator;
mod retry;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{DFSchema, Result as DfResult};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{BinaryExpr, Cast, Expr, ExprSchemable, LogicalPlan, TryCast};

pub(crate) use listed::{unlisted, verify as listed};

/// The plan with every expression total. Subqueries included; names stay.
pub(crate) fn make_total(plan: LogicalPlan) -> DfResult<LogicalPlan> {
    plan.transform_up_with_subqueries(|node| {
        let node = expressions(node)?.data.recompute_schema()?;
        aggregate::exact(node)
    })
    .data()
}

/// The plan with literals in the place of casts of literals among the arguments of functions: the type of `round` depends on
/// its second argument, and whatever stands above is coerced to that type.
pub(crate) fn fold_arguments(plan: LogicalPlan) -> DfResult<LogicalPlan> {
    plan.transform_up_with_subqueries(|node| {
        let names = NamePreserver::new(&node);
        let folded = node.map_expressions(|expr| {
            let name = names.save(&expr);
            let folded = expr.transform_up(|part| Ok(folded(part)))?;
            Ok(folded.update_data(|expr| name.restore(expr)))
        })?;
        if folded.transformed {
            Ok(Transformed::yes(folded.data.recompute_schema()?))
        } else {
            Ok(folded)
        }
    })
    .data()
}

fn folded(expr: Expr) -> Transformed<Expr> {
    let Expr::ScalarFunction(mut call) = expr else {
        return Transformed::no(expr);
    };
    let mut changed = false;
    for arg in &mut call.args {
        if let Expr::Cast(Cast { expr, field }) = arg
            && let Expr::Literal(value, _) = expr.as_ref()
            && let Ok(value) = value.cast_to(field.data_type())
        {
            *arg = Expr::Literal(value, None);
            changed = true;
        }
    }
    Transformed::new_transformed(Expr::ScalarFunction(call), changed)
}

fn expressions(node: LogicalPlan) -> DfResult<Transformed<LogicalPlan>> {
    let mut schema = merge_schema(&node.inputs());
    if let LogicalPlan::TableScan(scan) = &node {
        schema = scan.projected_schema.as_ref().clone();
    }
    let names = NamePreserver::new(&node);
    node.map_expressions(|expr| {
        let name = names.save(&expr);
        let total = expr.transform_up(|part| one(part, &schema))?;
        Ok(total.update_data(|expr| name.restore(expr)))
    })
}

fn one(expr: Expr, schema: &DFSchema) -> DfResult<Transformed<Expr>> {
    match expr {
        Expr::Cast(Cast { expr, field }) => {
            let from = expr.get_type(schema)?;
            if cast::never_fails(&from, field.data_type()) {
                return Ok(Transformed::no(Expr::Cast(Cast { expr, field })));
            }
            Ok(tried(TryCast { expr, field }, &from))
        }
        Expr::TryCast(cast) => {
            let from = cast.expr.get_type(schema)?;
            Ok(tried(cast, &from))
        }
        Expr::BinaryExpr(binary) if operator::may_fail(&binary, schema)? => {
            let BinaryExpr { left, op, right } = binary;
            let function = operator::binary(op);
            Ok(Transformed::yes(function.call(vec![*left, *right])))
        }
        Expr::Negative(inner) if operator::may_fail_negated(&inner.get_type(schema)?) => {
            Ok(Transformed::yes(operator::negative().call(vec![*inner])))
        }
        Expr::ScalarFunction(_) => {
            let kind = expr.get_type(schema)?;
            let Expr::ScalarFunction(ScalarFunction { func, args }) = expr else {
                return Ok(Transformed::no(expr));
            };
            Ok(match function::total(&func, &kind) {
                Some(total) => Transformed::yes(total.call(args)),
                None => Transformed::no(Expr::ScalarFunction(ScalarFunction { func, args })),
            })
        }
        other => Ok(Transformed::no(other)),
    }
}

fn tried(cast: TryCast, from: &DataType) -> Transformed<Expr> {
    if cast::fails_tried(from, cast.field.data_type()) {
        let total = cast::total(cast.field.data_type());
        return Transformed::yes(total.call(vec![*cast.expr]));
    }
    Transformed::yes(Expr::TryCast(cast))
}

#[cfg(test)]
mod tests;
