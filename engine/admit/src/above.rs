//! Above the releases: public values, and the search for where the releases are.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use datafusion_common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion_common::{Column, Result as DfResult, ScalarValue, TableReference};
use datafusion_expr::expr::WindowFunction;
use datafusion_expr::logical_plan::builder::LogicalTableSource;
use datafusion_expr::{Distinct, Expr, LogicalPlan, LogicalPlanBuilder, Projection};
use policy::denial::Code;

use crate::functions;
use crate::refusals::Explain;
use crate::release_plan::{self, ReleasePlan};
use crate::request::Policies;
use crate::scan::table_of;
use crate::walk::Walker;

/// The name under which the rows of a release are read above it.
#[must_use]
pub fn release_name(index: usize) -> String {
    format!("__release_{index}")
}

/// How the alias of a subquery begins that a question marks as what leaves.
pub const MATERIALIZED: &str = "__materialized_";

/// Whether protected rows reach this plan through a subquery that is marked as what leaves.
fn is_above_mark(policies: &Policies, plan: &LogicalPlan) -> bool {
    if let LogicalPlan::SubqueryAlias(node) = plan
        && node.alias.table().starts_with(MATERIALIZED)
    {
        return reads_protected(policies, plan);
    }
    let mut inputs = plan.inputs().into_iter();
    inputs.any(|input| is_above_mark(policies, input))
}

/// An aggregate of what left: no release.
fn computes_further(policies: &Policies, plan: &LogicalPlan) -> bool {
    let aggregates = matches!(
        plan,
        LogicalPlan::Aggregate(_) | LogicalPlan::Distinct(Distinct::All(_))
    );
    aggregates && is_above_mark(policies, plan)
}

/// Whether a plan reads a protected table anywhere, subqueries included.
pub(crate) fn reads_protected(policies: &Policies, plan: &LogicalPlan) -> bool {
    let mut found = false;
    let walked = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            found |= table_of(&scan.table_name)
                .and_then(|t| policies.tables.get(&t))
                .is_none_or(|policy| !policy.is_public());
        }
        Ok(TreeNodeRecursion::Continue)
    });
    found || walked.is_err()
}

/// The plan with every release replaced by a scan of its rows.
pub(crate) fn walk(
    walker: &mut Walker<'_>,
    plan: &LogicalPlan,
    releases: &mut Vec<ReleasePlan>,
) -> DfResult<LogicalPlan> {
    if !reads_protected(walker.policies, plan) {
        check_expressions(walker, plan);
        return Ok(plan.clone());
    }
    if computes_further(walker.policies, plan) {
        if bare_rows(walker.policies, plan.inputs()) {
            let message = "MATERIALIZED marks what leaves, and rows do not, nor meet what did";
            let help = "leave the word out where the outermost aggregate is what leaves";
            walker.refusals.add(Code::NoAgg, message).help(help);
        }
        return descend(walker, plan, releases);
    }
    match plan {
        LogicalPlan::Aggregate(node) => {
            let release = release_plan::of_aggregate(walker, node, plan)?;
            placeholder(plan, release, releases)
        }
        LogicalPlan::Distinct(Distinct::All(input)) => {
            let keys: Vec<Expr> = input
                .schema()
                .columns()
                .into_iter()
                .map(Expr::Column)
                .collect();
            let release = release_plan::build(walker, input, &keys, &[], plan)?;
            placeholder(plan, release, releases)
        }
        LogicalPlan::TableScan(node) => {
            walker
                .refusals
                .add(
                    Code::NoAgg,
                    format!(
                        "rows of {} do not leave, only aggregates over them",
                        node.table_name
                    ),
                )
                .help("aggregate: SELECT …, COUNT(*) FROM … GROUP BY …");
            Ok(plan.clone())
        }
        LogicalPlan::Window(node) => {
            if bare_rows(walker.policies, vec![&node.input]) {
                walker
                    .refusals
                    .add(Code::Window, "a window over rows would let rows leave")
                    .help("aggregate outside the window");
            }
            descend(walker, plan, releases)
        }
        LogicalPlan::Projection(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Join(_)
        | LogicalPlan::Union(_)
        | LogicalPlan::SubqueryAlias(_) => descend(walker, plan, releases),
        LogicalPlan::Distinct(Distinct::On(on)) => {
            if bare_rows(walker.policies, vec![&on.input]) {
                walker
                    .refusals
                    .add(Code::Limit, "DISTINCT ON picks rows by their order");
            }
            descend(walker, plan, releases)
        }
        LogicalPlan::Subquery(_) => {
            walker.refusals.add(
                Code::Subquery,
                "a lateral subquery may not read protected rows",
            );
            Ok(plan.clone())
        }
        LogicalPlan::RecursiveQuery(_) => {
            refuse_recursion(walker);
            Ok(plan.clone())
        }
        LogicalPlan::Unnest(_) => {
            walker.refusals.add(Code::Fn, "unnest is not available");
            descend(walker, plan, releases)
        }
        LogicalPlan::Repartition(_)
        | LogicalPlan::EmptyRelation(_)
        | LogicalPlan::Values(_)
        | LogicalPlan::Statement(_)
        | LogicalPlan::Explain(_)
        | LogicalPlan::Analyze(_)
        | LogicalPlan::Extension(_)
        | LogicalPlan::Dml(_)
        | LogicalPlan::Ddl(_)
        | LogicalPlan::Copy(_)
        | LogicalPlan::DescribeTable(_) => {
            walker
                .refusals
                .add(Code::Stmt, "only plain queries are answered");
            Ok(plan.clone())
        }
    }
}

/// Recursion that does not say how often it goes round; the others are written out before.
pub(crate) fn refuse_recursion(walker: &mut Walker<'_>) {
    let message = "recursion over protected rows is available for a few rounds only";
    let help = "let a depth start at a number, grow by 1 each round and stay below a number that it reaches in at most 8; or write the hops out as joins";
    walker.refusals.add(Code::Recursion, message).help(help);
}

fn descend(
    walker: &mut Walker<'_>,
    plan: &LogicalPlan,
    releases: &mut Vec<ReleasePlan>,
) -> DfResult<LogicalPlan> {
    check_expressions(walker, plan);
    let mut inputs = Vec::new();
    for input in plan.inputs() {
        inputs.push(walk(walker, input, releases)?);
    }
    plan.with_new_exprs(plan.expressions(), inputs)
}

/// Whether protected rows reach the top of one of these plans without passing an aggregate.
fn bare_rows(policies: &Policies, plans: Vec<&LogicalPlan>) -> bool {
    plans.into_iter().any(|plan| match plan {
        LogicalPlan::TableScan(_) => reads_protected(policies, plan),
        LogicalPlan::Aggregate(_) | LogicalPlan::Distinct(Distinct::All(_)) => false,
        other => bare_rows(policies, other.inputs()),
    })
}

/// A scan of the release's rows under the names that the plan above uses.
pub(crate) fn placeholder(
    original: &LogicalPlan,
    release: ReleasePlan,
    releases: &mut Vec<ReleasePlan>,
) -> DfResult<LogicalPlan> {
    let name = release_name(releases.len());
    releases.push(release);
    stand_in(&name, original)
}

/// A scan of rows of this name, under the names that a plan has for them.
pub(crate) fn stand_in(name: &str, original: &LogicalPlan) -> DfResult<LogicalPlan> {
    let schema = original.schema();
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .enumerate()
        .map(|(index, field)| Field::new(format!("c{index}"), field.data_type().clone(), true))
        .collect();
    let source = Arc::new(LogicalTableSource::new(Arc::new(Schema::new(fields))));
    let table = TableReference::bare(name.to_owned());
    let scan = LogicalPlanBuilder::scan(table.clone(), source, None)?.build()?;
    let exprs = schema
        .iter()
        .enumerate()
        .map(|(index, (qualifier, field))| {
            let column = Column::new(Some(table.clone()), format!("c{index}"));
            Expr::Column(column).alias_qualified(qualifier.cloned(), field.name())
        })
        .collect();
    Ok(LogicalPlan::Projection(Projection::try_new(
        exprs,
        scan.into(),
    )?))
}

/// Above a release any listed function may be called, but no protected rows read.
pub(crate) fn check_expressions(walker: &mut Walker<'_>, plan: &LogicalPlan) {
    for expr in plan.expressions() {
        let visited = expr.apply(|e| {
            check_expression(walker, e);
            Ok(TreeNodeRecursion::Continue)
        });
        debug_assert!(visited.is_ok(), "the visitor never fails");
    }
}

/// Whether the numbers of rows, groups and steps that a window function takes stand in the text: others fail on some rows.
fn numbered(call: &WindowFunction) -> bool {
    let from = match call.fun.name() {
        "ntile" => 0,
        "lag" | "lead" | "nth_value" => 1,
        _takes_none => return true,
    };
    let number = |arg: &Expr| match arg {
        Expr::Literal(value, _) => match value.cast_to(&DataType::Int64) {
            Ok(ScalarValue::Int64(Some(number))) => number >= i64::from(from == 0),
            Ok(_) | Err(_) => false,
        },
        _computed => false,
    };
    call.params.args.iter().skip(from).take(1).all(number)
}

fn check_expression(walker: &mut Walker<'_>, expr: &Expr) {
    match expr {
        Expr::ScalarFunction(call) if !functions::is_above(call.func.name()) => {
            walker
                .refusals
                .add(
                    Code::Fn,
                    format!("the function {} is not available", call.func.name()),
                )
                .at(expr);
        }
        Expr::AggregateFunction(call) if !functions::is_aggregate_above(call.func.name()) => {
            let name = call.func.name();
            let message = format!("the aggregate {name} is not available here");
            walker.refusals.add(Code::Agg, message).at(expr);
        }
        Expr::WindowFunction(call) if !functions::is_window_above(call.fun.name()) => {
            let name = call.fun.name();
            let message = format!("the window function {name} is not available here");
            walker.refusals.add(Code::Window, message).at(expr);
        }
        Expr::WindowFunction(call) if !numbered(call) => {
            let name = call.fun.name();
            let message =
                format!("{name} takes whole numbers that are written out, and are not below zero");
            walker.refusals.add(Code::Window, message).at(expr);
        }
        Expr::Exists(_)
        | Expr::InSubquery(_)
        | Expr::SetComparison(_)
        | Expr::ScalarSubquery(_) => {
            walker
                .refusals
                .add(
                    Code::Subquery,
                    "a subquery inside an expression is not available",
                )
                .at(expr);
        }
        Expr::HigherOrderFunction(_)
        | Expr::Lambda(_)
        | Expr::LambdaVariable(_)
        | Expr::ScalarVariable(_, _)
        | Expr::Unnest(_) => {
            walker
                .refusals
                .add(Code::Fn, "this is not available in questions")
                .at(expr);
        }
        _plain => {}
    }
}
