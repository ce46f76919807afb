//! Windows below a release: partitioned by a unit or key, their frames' people tracked besides.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion_common::{Column, Result as DfResult};
use datafusion_expr::expr::{AggregateFunction, AggregateFunctionParams, WindowFunction};
use datafusion_expr::{Expr, LogicalPlan, Window, WindowFunctionDefinition};
use policy::denial::Code;

use crate::arms::{Made, gated};
use crate::branch::{branches, measure_branches};
use crate::clamp::{clamped, in_its_stead};
use crate::comparison::refuse_undone;
use crate::expression;
use crate::frame::{check_frame, is_whole};
use crate::frame_tracks::{Frame, frame_tracks};
use crate::functions;
use crate::group;
use crate::measure::{self, Place};
use crate::names;
use crate::nobody;
use crate::place;
use crate::refusals::Explain;
use crate::relation::{Col, Rel};
use crate::traits::{Crowded, Growth, SlotId, Traits};
use crate::walk::Walker;
use crate::weights;

/// Window functions over one input.
pub(crate) fn walk(walker: &mut Walker<'_>, node: &Window) -> DfResult<Rel> {
    let mut rel = walker.walk(&node.input, &[])?;
    let width = rel.cols.len();
    let names: Vec<String> = node
        .schema
        .fields()
        .iter()
        .skip(width)
        .map(|f| f.name().clone())
        .collect();
    let calls = judged_calls(walker, &rel, &node.window_expr, names);
    refuse_arms(walker, &rel, &calls);
    let mut made = Made::default();
    for (_, _, partition) in &calls {
        rel = nobody::left_out(walker, rel, partition)?;
    }
    let mut exprs = Vec::new();
    let mut slots = Vec::new();
    let mut clamped: Vec<Option<Column>> = rel.cols.iter().map(|c| c.clamped.clone()).collect();
    let mut traits: Vec<Traits> = rel.cols.iter().map(|c| c.traits.clone()).collect();
    for (name, call, partition) in calls {
        let mut found = result(walker, &rel, call, &partition);
        clamped.push(shifted_clamped(walker, &rel, call, &mut exprs));
        let value = clamped_call(call, &rel);
        exprs.push(value.clone().alias(name.clone()));
        let frame = frame_tracks(walker, &rel, call, &partition, &mut exprs, &mut slots);
        name_frames(&rel, &frame, &mut traits);
        let value = (Column::new_unqualified(name), value);
        frame.arms(walker, &rel, &mut found, &value, (&mut exprs, &mut made));
        traits.push(found);
    }
    exprs.sort_by_key(|e| matches!(e, Expr::Alias(a) if a.name.starts_with("__")));
    let exprs = exprs.into_iter().map(|e| place::ordered(e, &rel)).collect();
    let plan = LogicalPlan::Window(Window::try_new(exprs, rel.plan.clone().into())?);
    let plan = gated(plan, &made.gates)?;
    rel.arms.extend(made.arms);
    rel.lenient_arms.extend(made.lenient);
    let visible: Vec<Column> = rel
        .cols
        .iter()
        .map(|c| c.column.clone())
        .chain(node.schema.columns().into_iter().skip(width))
        .collect();
    rel.plan = plan;
    rel.facts = Vec::new();
    rel.cols = visible
        .into_iter()
        .zip(traits.into_iter().zip(clamped))
        .map(|(column, (traits, clamped))| Col {
            column,
            traits,
            clamped,
        })
        .collect();
    rel.slots.extend(slots);
    Ok(rel)
}

/// The value that parts the rows is the name of all who have it in them, and not of this row's people alone; wherever it stands.
fn name_frames(rel: &Rel, frame: &Frame<'_>, traits: &mut [Traits]) {
    let parted = frame.call.params.partition_by.iter();
    let parted = parted
        .filter_map(Expr::try_as_col)
        .filter_map(|key| rel.col(key));
    let keys: BTreeSet<SlotId> = parted
        .flat_map(|col| col.traits.slots.iter().copied())
        .collect();
    for found in traits {
        let shared = found.slots.intersection(&keys);
        let frames: Vec<SlotId> = shared
            .flat_map(|slot| {
                frame
                    .slots
                    .get(slot)
                    .into_iter()
                    .chain(frame.deciding.get(slot))
            })
            .copied()
            .collect();
        found.slots.extend(frames);
    }
}

/// Which rows a frame has is decided by what parts and orders it; arms are followed through values and rows only.
fn refuse_arms(
    walker: &mut Walker<'_>,
    rel: &Rel,
    calls: &[(String, &WindowFunction, Vec<Traits>)],
) {
    let parts = calls.iter().flat_map(|(_, call, _)| {
        let sorts = call.params.order_by.iter().map(|sort| &sort.expr);
        call.params.partition_by.iter().chain(sorts)
    });
    let mut columns = parts.flat_map(Expr::column_refs);
    let through = columns.any(|column| {
        rel.col(column)
            .is_some_and(|col| !col.traits.arms.is_empty())
    });
    if rel.is_protected() && through {
        walker
            .refusals
            .rule(
                Code::Window,
                "what a CASE made may neither part nor order a window's rows",
            )
            .help("compute the window first, and the CASE above it");
    }
}

/// Each window function with the name of its output and what its partition's keys may be used for.
fn judged_calls<'a>(
    walker: &mut Walker<'_>,
    rel: &Rel,
    exprs: &'a [Expr],
    names: Vec<String>,
) -> Vec<(String, &'a WindowFunction, Vec<Traits>)> {
    let mut judged = Vec::new();
    for (expr, name) in exprs.iter().zip(names) {
        if let Some(call) = window_call(expr) {
            let partition = judge_call(walker, rel, call);
            judged.push((name, call, partition));
        } else {
            walker
                .refusals
                .add(Code::Window, "not a plain window function")
                .at(expr);
        }
    }
    judged
}

fn window_call(expr: &Expr) -> Option<&WindowFunction> {
    match expr {
        Expr::WindowFunction(call) => Some(call),
        Expr::Alias(alias) => window_call(&alias.expr),
        _other => None,
    }
}

/// Checks name, partition, order and frame; returns the traits of the partition's keys.
fn judge_call(walker: &mut Walker<'_>, rel: &Rel, call: &WindowFunction) -> Vec<Traits> {
    let params = &call.params;
    let name = call.fun.name();
    let plain = params.filter.is_none() && !params.distinct && params.null_treatment.is_none();
    if !functions::WINDOWS.contains(&name) || !plain {
        walker
            .refusals
            .rule(Code::Window, format!("the window function {name} is not available in this form"))
            .help("count, sum, avg, min, max, row_number, rank, lag and lead are, without FILTER or DISTINCT");
    }
    let sorts = params.order_by.iter().map(|sort| &sort.expr);
    let mut parts = params.args.iter().chain(&params.partition_by).chain(sorts);
    let chooses = |part: &Expr| !measure_branches(part, &rel.facts()).is_empty();
    if parts.any(|part| !branches(part).is_empty()) || params.args.iter().any(chooses) {
        walker
            .refusals
            .rule(
                Code::Window,
                "CASE is not available inside a window function",
            )
            .help("compute the CASE before or after the window");
    }
    let partition: Vec<Traits> = params
        .partition_by
        .iter()
        .map(|key| expression::traits(&mut walker.judge(rel), key))
        .collect();
    for (found, key) in partition.iter().zip(&params.partition_by) {
        refuse_undone(&mut walker.refusals, found, key);
    }
    check_partition(walker, rel, &partition);
    if params.args.len() > 2 {
        walker
            .refusals
            .rule(
                Code::Window,
                format!("{name} takes no value of the question's for rows that are not there"),
            )
            .help("leave the third argument out; such rows give NULL");
    }
    if let Some(offset) = params.args.get(1)
        && !is_whole(offset)
    {
        walker
            .refusals
            .rule(
                Code::Window,
                format!("the second argument of {name} is a number of rows"),
            )
            .at(offset)
            .help("write a whole number, as in lag(amount, 1)");
    }
    if rel.is_protected()
        && partition
            .iter()
            .any(|key| !key.identifier && !is_quantity(key))
    {
        refuse_condition(walker, "part");
    }
    for sort in &params.order_by {
        let found = expression::traits(&mut walker.judge(rel), &sort.expr);
        refuse_undone(&mut walker.refusals, &found, &sort.expr);
        // Whose row comes first is a comparison.
        let usable = !found.identifier && found.filter.is_some();
        if !usable {
            walker
                .judge(rel)
                .refuse(&found, &sort.expr, "it may not order a window");
        }
        if usable && rel.is_protected() && !is_quantity(&found) {
            refuse_condition(walker, "order");
        }
        check_frame(walker, call, &found);
    }
    partition
}

/// A column, a sum of columns, or one brought to a grid: nothing that the question made of a few rows.
fn is_quantity(traits: &Traits) -> bool {
    traits.plain || traits.lattice.is_some()
}

/// A condition as key or order of a window counts those for whom it holds, however few.
fn refuse_condition(walker: &mut Walker<'_>, what: &str) {
    walker
        .refusals
        .rule(
            Code::Window,
            format!("only columns may {what} a window's rows"),
        )
        .help("use a column, or one that is truncated to its grain");
}

fn check_partition(walker: &mut Walker<'_>, rel: &Rel, partition: &[Traits]) {
    let named = |owner| !names::of(walker.policies, rel, partition, owner).is_empty();
    let all = rel.owners.iter().all(named);
    if !all {
        walker
            .refusals
            .rule(
                Code::Window,
                "PARTITION BY must contain a unit of every protected table",
            )
            .help("partition by the person or account that the rows are about");
    }
    if !names::frames_are_named(rel, partition) {
        let message = "this window parts rows of several owners otherwise than a window below";
        let denial = walker.refusals.rule(Code::Window, message);
        denial.help("partition both by the same person or account");
    }
    if partition.iter().any(|t| !t.groups_inside()) {
        walker.refusals.rule(
            Code::FilterGrain,
            "PARTITION BY takes units, keys, and dimensions or filters at their grain",
        );
    }
}

fn result(walker: &mut Walker<'_>, rel: &Rel, call: &WindowFunction, keys: &[Traits]) -> Traits {
    let name = call.fun.name();
    let crowded = group::tells_who_is_where(walker, rel, keys);
    let mut found = match &call.fun {
        WindowFunctionDefinition::AggregateUDF(func) => {
            let function = AggregateFunction {
                func: Arc::clone(func),
                params: AggregateFunctionParams {
                    args: call.params.args.clone(),
                    distinct: false,
                    filter: None,
                    order_by: Vec::new(),
                    null_treatment: None,
                },
            };
            let judged = measure::judge(&mut walker.judge(rel), &function, Place::Inner);
            judged.traits
        }
        WindowFunctionDefinition::WindowUDF(_) if matches!(name, "lag" | "lead") => {
            match call.params.args.first() {
                Some(arg) => {
                    let found = expression::opaque_refused(&mut walker.judge(rel), arg);
                    Traits {
                        counted: true,
                        slots: BTreeSet::new(),
                        matched: BTreeSet::new(),
                        ..found
                    }
                }
                None => Traits::default(),
            }
        }
        WindowFunctionDefinition::WindowUDF(_) => Traits {
            degree: Some(1),
            from_zero: true,
            counted: true,
            literal: false,
            ..Traits::public()
        },
    };
    if let Some(argument) = call.params.args.first() {
        weights::refuse_inside(walker, &found, argument);
    }
    found.owners.extend(rel.owners.iter().cloned());
    if crowded {
        found.crowded = Some(Crowded {
            growth: Growth::Free,
        });
    }
    found
}

/// LAG and LEAD hand on a value as it stands; what enters aggregates in its stead is handed on beside it.
fn shifted_clamped(
    walker: &mut Walker<'_>,
    rel: &Rel,
    call: &WindowFunction,
    exprs: &mut Vec<Expr>,
) -> Option<Column> {
    if !matches!(call.fun.name(), "lag" | "lead") {
        return None;
    }
    let mut call = call.clone();
    let value = call.params.args.first_mut()?;
    *value = in_its_stead(value, rel)?;
    let name = format!("__c{}", walker.fresh());
    exprs.push(Expr::WindowFunction(Box::new(call)).alias(name.clone()));
    Some(Column::new_unqualified(name))
}

fn clamped_call(call: &WindowFunction, rel: &Rel) -> Expr {
    let mut call = call.clone();
    if !matches!(call.fun.name(), "count" | "lag" | "lead") {
        call.params.args = call
            .params
            .args
            .iter()
            .map(|arg| clamped(arg, rel))
            .collect();
    }
    Expr::WindowFunction(Box::new(call))
}
