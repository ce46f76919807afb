//! An inner aggregate, and beside it whose doing its value is.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion_common::Column;
use datafusion_expr::expr::{AggregateFunction, AggregateFunctionParams};
use datafusion_expr::{AggregateUDF, Expr, ExprSchemable};

use crate::arms::{self, Difference, From, Gate, Made, Through};
use crate::branch::when;
use crate::measure::Judged;
use crate::relation::Rel;
use crate::traits::{SlotId, Traits};
use crate::walk::Walker;

/// An aggregate and its arms: what its value may be used for.
pub(crate) fn computed(
    walker: &mut Walker<'_>,
    rel: &Rel,
    (name, function, judged): (String, AggregateFunction, Judged),
    exprs: &mut Vec<Expr>,
    made: &mut Made,
) -> Traits {
    let argument = judged.argument.as_ref();
    let value = Column::new_unqualified(name.clone());
    exprs.push(plain(&function, argument).alias(name));
    let mut found = judged.traits.clone();
    found.arms.clear();
    found.exposed.clear();
    found.terms.clear();
    let through = arms::through(rel, &judged);
    let sets = arms::left_out(&judged.name, judged.distinct, through.len());
    let sets = sets.unwrap_or_else(|| {
        arms::refuse_many(walker, &judged.name);
        Vec::new()
    });
    let mut rests = Vec::new();
    for set in &sets {
        let rest = format!("__r{}", walker.fresh());
        let taken = set.iter().filter_map(|at| through.get(*at));
        let others = arms::without(taken.map(|arm| arm.from.taken()), argument);
        exprs.push(plain(&function, Some(&others)).alias(rest.clone()));
        rests.push(Column::new_unqualified(rest));
    }
    for (at, arm) in through.iter().enumerate() {
        if arm.term {
            // A term may make the whole nothing: whoever has it counts.
            let tracks = arm_tracks(walker, rel, &arm.from, None, exprs);
            found.terms.insert(made.arm(walker, tracks, true));
        }
        let net = summed(walker, rel, &function, (&judged.name, arm), exprs);
        let adds = match &net {
            Some(_) => vec![None],
            None => arms::adds(&judged.name, argument, rel, arm.lenient),
        };
        for adds in adds {
            let tracks = arm_tracks(walker, rel, &arm.from, adds.as_ref(), exprs);
            let by = match &net {
                Some((sum, kind)) => Difference::Sum(sum.clone(), kind.clone()),
                None => Difference::Without {
                    value: value.clone(),
                    pairs: arms::pairs_of(at, &sets, &rests),
                },
            };
            made.gates.push(Gate {
                by,
                tracks: tracks.values().cloned().collect(),
            });
            found.goes_through(made.arm(walker, tracks, arm.lenient), arm.term);
        }
    }
    found
}

/// What a group adds in all by a term of what is summed up: a new column, and its type.
fn summed(
    walker: &mut Walker<'_>,
    rel: &Rel,
    function: &AggregateFunction,
    (name, arm): (&str, &Through),
    exprs: &mut Vec<Expr>,
) -> Option<(Column, DataType)> {
    let amount = arm.amount().filter(|_| matches!(name, "sum" | "avg"))?;
    let call = plain(function, Some(&amount));
    let kind = call.get_type(rel.plan.schema().as_ref()).ok()?;
    let column = format!("__r{}", walker.fresh());
    exprs.push(call.alias(column.clone()));
    Some((Column::new_unqualified(column), kind))
}

/// Per slot, the entities behind the group that took a branch in rows that add something.
pub(crate) fn arm_tracks(
    walker: &mut Walker<'_>,
    rel: &Rel,
    from: &From,
    adds: Option<&Expr>,
    exprs: &mut Vec<Expr>,
) -> BTreeMap<SlotId, Column> {
    let mut tracks = BTreeMap::new();
    for slot in &rel.slots {
        let takers = from.takers(slot);
        let takers = match adds {
            Some(adds) => when(adds.clone(), takers),
            None => takers,
        };
        let name = format!("__b{}", walker.fresh());
        exprs.push(call(&walker.tools.tracks, takers, &name));
        tracks.insert(slot.id, Column::new_unqualified(name));
    }
    tracks
}

/// The call with its argument as judged: FILTER folded in, measures clamped.
fn plain(function: &AggregateFunction, argument: Option<&Expr>) -> Expr {
    let mut function = function.clone();
    function.params.filter = None;
    if let Some(argument) = argument {
        match function.params.args.first_mut() {
            Some(first) => first.clone_from(argument),
            None => function.params.args.push(argument.clone()),
        }
    }
    Expr::AggregateFunction(function)
}

/// A call of one of our own aggregates.
pub(crate) fn call(function: &Arc<AggregateUDF>, argument: Expr, name: &str) -> Expr {
    let params = AggregateFunctionParams {
        args: vec![argument],
        distinct: false,
        filter: None,
        order_by: Vec::new(),
        null_treatment: None,
    };
    Expr::AggregateFunction(AggregateFunction {
        func: Arc::clone(function),
        params,
    })
    .alias(name)
}
