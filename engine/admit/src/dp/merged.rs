//! Inner GROUP BY and DISTINCT: an entity's rows may be merged with each other, not with another's.

use arrow::datatypes::DataType;
use datafusion_common::DFSchema;
use datafusion_expr::expr::AggregateFunction;
use datafusion_expr::{Expr, ExprSchemable, LogicalPlan};
use policy::number::Decimal;

use super::columns::computed;
use super::interval::{self, times};
use super::shape::{Interval, Known, Shape, Stable, Unbounded, unbounded};
use super::stability::Prover;
use crate::group::{aggregate_call, each_once};

/// One row a group.
pub(super) fn grouped(
    prover: &mut Prover<'_>,
    input: &LogicalPlan,
    keys: &[Expr],
    calls: &[Expr],
) -> Stable {
    let shape = prover.of(input)?;
    let schema = input.schema();
    let keys = each_once(keys);
    apart(&shape)?;
    let bare: Vec<&Known> = keys
        .iter()
        .filter_map(|key| Some(shape.bare(key, schema)?.1))
        .collect();
    if !shape.names_all(&bare) {
        return unbounded(
            "an inner grouping makes one row of several people's",
            "let its keys contain the unit that each table protects, as it stands",
        );
    }
    let mut cols: Vec<Known> = keys
        .iter()
        .map(|key| computed(key, &shape, schema))
        .collect();
    for call in calls {
        let Some(function) = aggregate_call(call) else {
            return unbounded(
                "nothing is proved of this aggregate",
                "use COUNT, SUM, MIN or MAX",
            );
        };
        exact(function, schema)?;
        let interval = result(function, &shape, schema, prover.rows);
        cols.push(Known {
            interval,
            ..Known::default()
        });
    }
    let keyed = vec![(0..keys.len()).collect()];
    Ok(Shape {
        cols,
        unique: Vec::new(),
        keyed,
        ..shape
    })
}

/// Rows of several parties side by side: under one key another entity may stand in each.
pub(super) fn apart(shape: &Shape) -> Result<(), Unbounded> {
    if shape.is_mixed() && shape.is_protected() {
        return unbounded(
            "rows of several parties would be merged into one",
            "group in each branch of the UNION",
        );
    }
    Ok(())
}

/// Sums of floats depend on their order, and that on everybody's rows.
pub(super) fn exact(function: &AggregateFunction, schema: &DFSchema) -> Result<(), Unbounded> {
    let argument = function.params.args.first();
    let kind = argument.map(|argument| argument.get_type(schema));
    let floats = match kind {
        None => false,
        Some(Ok(kind)) => kind.is_floating() && function.func.name() == "sum",
        Some(Err(_)) => true,
    };
    let decimal = |kind: &DataType| {
        matches!(
            kind,
            DataType::Decimal128(_, _) | DataType::Decimal256(_, _)
        )
    };
    let inexact = match function.func.name() {
        "count" | "min" | "max" => false,
        "sum" => floats,
        "avg" => !argument
            .and_then(|a| a.get_type(schema).ok())
            .is_some_and(|kind| decimal(&kind)),
        _deviations => true,
    };
    if inexact {
        return unbounded(
            "floating point sums depend on the order of everybody's rows",
            "below the outermost aggregate use COUNT, MIN, MAX and SUM of whole or decimal numbers",
        );
    }
    Ok(())
}

/// Between what an inner aggregate lies.
pub(super) fn result(
    function: &AggregateFunction,
    shape: &Shape,
    schema: &DFSchema,
    rows: u32,
) -> Option<Interval> {
    let zero = Decimal::from(0);
    if function.func.name() == "count" {
        return Some((zero, Decimal::from(i64::from(rows))));
    }
    let argument = function.params.args.first()?;
    let found = interval::of(argument, shape, schema)?;
    match function.func.name() {
        "sum" => {
            let cut = shape
                .bare(argument, schema)
                .and_then(|(_, known)| known.cut);
            summed(found, cut, rows)
        }
        _one_of_them => Some(found),
    }
}

/// What the values of one entity add up to: its owner's cut, or so many rows of them.
pub(super) fn summed(interval: Interval, cut: Option<Decimal>, rows: u32) -> Option<Interval> {
    let zero = Decimal::from(0);
    let Some(cut) = cut else {
        return times(interval, rows);
    };
    let least = Decimal::new(cut.mantissa().checked_neg()?, cut.scale());
    let low = if interval.0 < zero { least } else { zero };
    let high = if interval.1 > zero { cut } else { zero };
    Some((low, high))
}
