//! One distinct argument: group by the keys and the argument, then by the keys.
//!
//! Every other call is computed in parts by the first level and merged by the second.

use std::sync::Arc;

use datafusion::common::Result as DfResult;
use datafusion::functions_aggregate::sum::sum_udaf;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, Projection};

use super::distinct::{Call, Shape, column, or_zero, over};
use crate::guard::TRACKS;

/// Whether every plain call can be merged from parts without a change of its value.
pub(super) fn merges(shape: &Shape) -> bool {
    shape.calls.iter().all(|call| match call {
        Call::Distinct(_, _) => true,
        Call::Plain(function) => how(function).is_some(),
    })
}

/// How parts of a call are merged.
enum Merge {
    /// By the call itself.
    Itself,
    /// By adding; no parts are a count of zero.
    Count,
}

fn how(function: &AggregateFunction) -> Option<Merge> {
    match function.func.name() {
        "sum" | "min" | "max" | "bool_and" | "bool_or" | TRACKS => Some(Merge::Itself),
        "count" => Some(Merge::Count),
        _other => None,
    }
}

/// The plan: keys, then one column a call.
pub(super) fn plan(shape: &Shape) -> DfResult<LogicalPlan> {
    let mut parts = Vec::new();
    let mut merged = Vec::new();
    for (index, call) in shape.calls.iter().enumerate() {
        let whole = format!("__whole_{index}");
        match call {
            Call::Distinct(function, argument) => {
                let values = shape.distinct.get(*argument).cloned();
                let values = values.unwrap_or_else(|| column("__distinct_0"));
                merged.push(over(function, values, None).alias(whole));
            }
            Call::Plain(function) => {
                let part = format!("__part_{index}");
                parts.push(Expr::AggregateFunction(function.clone()).alias(&part));
                merged.push(merge(function, &part).alias(whole));
            }
        }
    }
    let first: Vec<Expr> = shape.keys.iter().chain(&shape.distinct).cloned().collect();
    let inner = Aggregate::try_new(Arc::clone(&shape.input), first, parts)?;
    let inner = Arc::new(LogicalPlan::Aggregate(inner));
    let outer = LogicalPlan::Aggregate(Aggregate::try_new(inner, shape.keys.clone(), merged)?);
    let columns = shape.keys.iter().cloned();
    let calls = shape.calls.iter().enumerate();
    let calls = calls.map(|(index, call)| or_zero(call, column(format!("__whole_{index}"))));
    let columns = columns.chain(calls).collect();
    Ok(LogicalPlan::Projection(Projection::try_new(
        columns,
        Arc::new(outer),
    )?))
}

fn merge(function: &AggregateFunction, part: &str) -> Expr {
    match how(function) {
        Some(Merge::Count) => Expr::AggregateFunction(AggregateFunction::new_udf(
            sum_udaf(),
            vec![column(part)],
            false,
            None,
            Vec::new(),
            None,
        )),
        Some(Merge::Itself) | None => over(function, column(part), None),
    }
}
