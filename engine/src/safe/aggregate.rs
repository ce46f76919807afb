//! Aggregates that fail or wrap around in stock form, in exact types.
//!
//! `SUM` of integers is taken in decimals and cast back, so that a sum that does not fit is NULL and
//! not some other number, and `SUM` of decimals that have no room for ten billion rows in wider ones. `AVG` of decimals, which raises an error for large sums, is the sum
//! divided by the count.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{Column, DFSchema, Result as DfResult};
use datafusion::functions_aggregate::count::count_udaf;
use datafusion::functions_aggregate::sum::sum_udaf;
use datafusion::logical_expr::expr::WindowFunctionDefinition;
use datafusion::logical_expr::{
    Aggregate, AggregateUDF, Expr, ExprSchemable, LogicalPlan, Operator, Projection, Window, cast,
    try_cast,
};

use super::operator;

/// A sum of integers: room for 10^19 rows of the largest.
const WHOLE: DataType = DataType::Decimal128(38, 0);
/// Digits of a decimal of which ten billion fit into a sum's 38.
const ROOMY: u8 = 28;
/// A count as a divisor.
const COUNT: DataType = DataType::Decimal128(20, 0);

/// An aggregate or window node with its sums and averages exact, under the names it had.
pub(super) fn exact(node: LogicalPlan) -> DfResult<Transformed<LogicalPlan>> {
    match node {
        LogicalPlan::Aggregate(node) => {
            let Some((calls, values)) = exact_calls(&node.aggr_expr, node.input.schema())? else {
                return Ok(Transformed::no(LogicalPlan::Aggregate(node)));
            };
            let keys = node.group_expr.clone();
            let below = Aggregate::try_new(Arc::clone(&node.input), keys, calls)?;
            named(LogicalPlan::Aggregate(below), values, &node.schema).map(Transformed::yes)
        }
        LogicalPlan::Window(node) => {
            let Some((calls, values)) = exact_calls(&node.window_expr, node.input.schema())? else {
                return Ok(Transformed::no(LogicalPlan::Window(node)));
            };
            let below = Window::try_new(calls, Arc::clone(&node.input))?;
            named(LogicalPlan::Window(below), values, &node.schema).map(Transformed::yes)
        }
        other => Ok(Transformed::no(other)),
    }
}

/// The calls of the new node and the values made of them; none if all are exact as they are.
fn exact_calls(exprs: &[Expr], schema: &DFSchema) -> DfResult<Option<(Vec<Expr>, Vec<Expr>)>> {
    let mut calls = Calls::default();
    let mut changed = false;
    let mut values = Vec::new();
    for expr in exprs {
        let exact = value_of(unaliased(expr), schema, &mut calls)?;
        changed |= exact.is_some();
        values.push(match exact {
            Some(value) => value,
            None => calls.add(expr.clone()),
        });
    }
    Ok(changed.then_some((calls.made, values)))
}

/// The aggregate calls of the new node, each once, by the column that it makes.
#[derive(Default)]
struct Calls {
    made: Vec<Expr>,
}

impl Calls {
    fn add(&mut self, call: Expr) -> Expr {
        let plain = call.unalias();
        let known = self.made.iter().position(|made| match made {
            Expr::Alias(alias) => *alias.expr == plain,
            _other => false,
        });
        let index = known.unwrap_or(self.made.len());
        let name = format!("__exact_{index}");
        if known.is_none() {
            self.made.push(plain.alias(&name));
        }
        Expr::Column(Column::new_unqualified(name))
    }
}

fn unaliased(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => unaliased(&alias.expr),
        other => other,
    }
}

/// The aggregate function that an aggregate or window call computes, and its one argument.
fn computed(call: &Expr) -> Option<(&str, &Expr)> {
    let (name, args) = match call {
        Expr::AggregateFunction(call) => (call.func.name(), &call.params.args),
        Expr::WindowFunction(call) => match &call.fun {
            WindowFunctionDefinition::AggregateUDF(function) => {
                (function.name(), &call.params.args)
            }
            WindowFunctionDefinition::WindowUDF(_) => return None,
        },
        _other => return None,
    };
    match args.as_slice() {
        [argument] => Some((name, argument)),
        _several => None,
    }
}

fn value_of(call: &Expr, schema: &DFSchema, calls: &mut Calls) -> DfResult<Option<Expr>> {
    let Some((name, argument)) = computed(call) else {
        return Ok(None);
    };
    let output = call.get_type(schema)?;
    match (name, argument.get_type(schema)?) {
        ("sum", kind) if kind.is_integer() => {
            let sum = calls.add(instead(call, sum_udaf(), cast(argument.clone(), WHOLE)));
            Ok(Some(try_cast(sum, output)))
        }
        ("sum", DataType::Decimal128(digits, scale)) if digits > ROOMY => {
            Ok(Some(sum_of_wide(call, argument, scale, calls)))
        }
        ("avg", DataType::Decimal128(digits, scale)) => {
            let sum = if digits > ROOMY {
                sum_of_wide(call, argument, scale, calls)
            } else {
                calls.add(instead(call, sum_udaf(), argument.clone()))
            };
            let count = calls.add(instead(call, count_udaf(), argument.clone()));
            let divide = operator::binary(Operator::Divide);
            let quotient = divide.call(vec![sum, cast(count, COUNT)]);
            Ok(Some(try_cast(quotient, output)))
        }
        _exact => Ok(None),
    }
}

/// A sum that is NULL where it has more than 38 digits.
fn sum_of_wide(call: &Expr, argument: &Expr, scale: i8, calls: &mut Calls) -> Expr {
    let wide = cast(argument.clone(), DataType::Decimal256(76, scale));
    let sum = calls.add(instead(call, sum_udaf(), wide));
    try_cast(sum, DataType::Decimal128(38, scale))
}

/// The same call of another function over another argument.
fn instead(call: &Expr, function: Arc<AggregateUDF>, argument: Expr) -> Expr {
    match call.clone() {
        Expr::AggregateFunction(mut call) => {
            call.func = function;
            call.params.args = vec![argument];
            Expr::AggregateFunction(call)
        }
        Expr::WindowFunction(mut call) => {
            call.fun = WindowFunctionDefinition::AggregateUDF(function);
            call.params.args = vec![argument];
            Expr::WindowFunction(call)
        }
        other => other,
    }
}

/// What the node yields besides its calls, then the values, under the old names.
fn named(below: LogicalPlan, values: Vec<Expr>, schema: &DFSchema) -> DfResult<LogicalPlan> {
    let kept = schema.fields().len().saturating_sub(values.len());
    let columns = below.schema().columns().into_iter().take(kept);
    let columns: Vec<Expr> = columns.map(Expr::Column).collect();
    let named = values.into_iter().zip(schema.iter().skip(kept));
    let values = named
        .map(|(value, (qualifier, field))| value.alias_qualified(qualifier.cloned(), field.name()));
    let all = columns.into_iter().chain(values).collect();
    Ok(LogicalPlan::Projection(Projection::try_new(
        all,
        Arc::new(below),
    )?))
}
