//! Several distinct arguments: one grouping set for each, and one for the rows themselves.
//!
//! The first level groups every row once by keys and each argument; the second puts the sets of a
//! group side by side. A call over rows has its whole value in one row of its set, so no type
//! changes and any call can be carried.

use std::sync::Arc;

use datafusion::common::{Result as DfResult, ScalarValue};
use datafusion::functions_aggregate::first_last::first_value_udaf;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{
    Aggregate, Expr, ExprSchemable, GroupingSet, LogicalPlan, Projection, lit,
};

use super::distinct::{Call, Shape, column, or_zero, over};
use crate::guard::TRACKS;

/// The plan: keys, then one column a call.
pub(super) fn plan(shape: &Shape) -> DfResult<LogicalPlan> {
    let rows = shape.calls.iter().any(|c| matches!(c, Call::Plain(_)));
    let mut sets: Vec<Vec<Expr>> = Vec::new();
    for argument in &shape.distinct {
        let keys = shape.keys.iter().cloned();
        sets.push(keys.chain([argument.clone()]).collect());
    }
    if rows {
        sets.push(shape.keys.clone());
    }
    let plain = shape.calls.iter().enumerate().filter_map(|(index, call)| {
        let Call::Plain(function) = call else {
            return None;
        };
        let call = Expr::AggregateFunction(function.clone());
        Some(call.alias(format!("__row_{index}")))
    });
    let grouping = Expr::GroupingSet(GroupingSet::GroupingSets(sets));
    let inner = Aggregate::try_new(Arc::clone(&shape.input), vec![grouping], plain.collect())?;
    let inner = Arc::new(LogicalPlan::Aggregate(inner));
    let id = column(Aggregate::INTERNAL_GROUPING_ID);
    let kind = id.get_type(inner.schema())?;
    let in_set = |set: Option<usize>| -> DfResult<Expr> {
        let mask = ScalarValue::UInt64(Some(mask(shape.distinct.len(), set)));
        let mask = Expr::Literal(mask.cast_to(&kind)?, None);
        Ok(id.clone().eq(mask))
    };
    let mut calls = Vec::new();
    for (index, call) in shape.calls.iter().enumerate() {
        let call = match call {
            Call::Distinct(function, argument) => {
                let values = shape.distinct.get(*argument).cloned();
                let values = values.unwrap_or_else(|| lit(ScalarValue::Null));
                over(function, values, Some(in_set(Some(*argument))?))
            }
            Call::Plain(function) => {
                only(function, column(format!("__row_{index}")), in_set(None)?)
            }
        };
        calls.push(call.alias(format!("__whole_{index}")));
    }
    let outer = LogicalPlan::Aggregate(Aggregate::try_new(inner, shape.keys.clone(), calls)?);
    let calls = shape.calls.iter().enumerate();
    let calls = calls.map(|(index, call)| or_zero(call, column(format!("__whole_{index}"))));
    let columns = shape.keys.iter().cloned().chain(calls).collect();
    Ok(LogicalPlan::Projection(Projection::try_new(
        columns,
        Arc::new(outer),
    )?))
}

/// The grouping id of a set: one bit for each distinct argument that is not in it, the last lowest.
fn mask(arguments: usize, set: Option<usize>) -> u64 {
    (0..arguments)
        .filter(|index| Some(*index) != set)
        .filter_map(|index| {
            let bit = arguments.checked_sub(index.checked_add(1)?)?;
            1_u64.checked_shl(u32::try_from(bit).ok()?)
        })
        .fold(0, |mask, bit| mask | bit)
}

/// The value of the one row of a group that is in the set. A set of people is the union of one: `first_value` would keep a list a
/// group, and count for each the whole batch that it came in.
fn only(function: &AggregateFunction, value: Expr, in_set: Expr) -> Expr {
    if function.func.name() == TRACKS {
        return over(function, value, Some(in_set));
    }
    Expr::AggregateFunction(AggregateFunction::new_udf(
        first_value_udaf(),
        vec![value],
        false,
        Some(Box::new(in_set)),
        Vec::new(),
        None,
    ))
}
