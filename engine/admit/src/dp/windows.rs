//! Windows: an entity's rows may be seen from each other, and in an order that nobody else's rows change.

use std::collections::BTreeSet;

use datafusion_common::DFSchema;
use datafusion_expr::expr::{AggregateFunction, AggregateFunctionParams, WindowFunction};
use datafusion_expr::{Expr, Window, WindowFrameBound, WindowFrameUnits, WindowFunctionDefinition};
use policy::number::Decimal;

use super::interval;
use super::merged::{apart, exact, result};
use super::shape::{Interval, Known, Shape, Stable, Unbounded, unbounded};
use super::stability::Prover;

/// The relation with the results of its window functions beside.
pub(super) fn window(prover: &mut Prover<'_>, node: &Window) -> Stable {
    let mut shape = prover.of(&node.input)?;
    let schema = node.input.schema();
    apart(&shape)?;
    let mut made = Vec::new();
    for expr in &node.window_expr {
        let Some(call) = called(expr) else {
            return unbounded(
                "nothing is proved of this window",
                "use a plain window function",
            );
        };
        let keys = call.params.partition_by.iter();
        let keys: Vec<&Known> = keys
            .filter_map(|key| Some(shape.bare(key, schema)?.1))
            .collect();
        if !shape.names_all(&keys) {
            return unbounded(
                "a window sees rows of several people",
                "let PARTITION BY contain the unit that each table protects, as it stands",
            );
        }
        ordered(call, &shape, schema)?;
        let interval = value(call, &shape, schema, prover.rows)?;
        made.push(Known {
            interval,
            ..Known::default()
        });
    }
    shape.cols.extend(made);
    Ok(shape)
}

fn called(expr: &Expr) -> Option<&WindowFunction> {
    match expr {
        Expr::WindowFunction(call) => Some(call),
        Expr::Alias(alias) => called(&alias.expr),
        _other => None,
    }
}

/// Rows that are equal in what orders them come in any order, and which one that is may depend on rows of others: what
/// depends on it is let through only where no two are equal.
fn ordered(call: &WindowFunction, shape: &Shape, schema: &DFSchema) -> Result<(), Unbounded> {
    let frame = &call.params.window_frame;
    let open = |bound: &WindowFrameBound| match bound {
        WindowFrameBound::Preceding(value) | WindowFrameBound::Following(value) => value.is_null(),
        WindowFrameBound::CurrentRow => false,
    };
    let whole = open(&frame.start_bound) && open(&frame.end_bound);
    let peers = match frame.units {
        WindowFrameUnits::Range | WindowFrameUnits::Groups => true,
        WindowFrameUnits::Rows => whole,
    };
    let free = match call.fun.name() {
        "rank" => true,
        "count" | "sum" | "avg" | "min" | "max" => peers,
        _by_place => false,
    };
    if free {
        return Ok(());
    }
    let sorts = call.params.order_by.iter().map(|sort| &sort.expr);
    let columns = call.params.partition_by.iter().chain(sorts);
    let columns = columns.filter_map(|key| Some(shape.bare(key, schema)?.0));
    if shape.are_apart_by(&columns.collect::<BTreeSet<usize>>()) {
        return Ok(());
    }
    unbounded(
        format!(
            "{} depends on the order of rows that are equal in it",
            call.fun.name()
        ),
        "order by a column that is unique and, by WHERE, not NULL; or use rank or a RANGE frame",
    )
}

/// Between what the results lie.
fn value(
    call: &WindowFunction,
    shape: &Shape,
    schema: &DFSchema,
    rows: u32,
) -> Result<Option<Interval>, Unbounded> {
    let WindowFunctionDefinition::AggregateUDF(func) = &call.fun else {
        return Ok(match call.fun.name() {
            "lag" | "lead" => call
                .params
                .args
                .first()
                .and_then(|a| interval::of(a, shape, schema)),
            "row_number" | "rank" => Some((Decimal::from(0), Decimal::from(i64::from(rows)))),
            _unknown => None,
        });
    };
    let function = AggregateFunction {
        func: std::sync::Arc::clone(func),
        params: AggregateFunctionParams {
            args: call.params.args.clone(),
            distinct: false,
            filter: None,
            order_by: Vec::new(),
            null_treatment: None,
        },
    };
    exact(&function, schema)?;
    Ok(result(&function, shape, schema, rows))
}
