//! Which columns are determined by others, because rows were grouped by those.
//!
//! `DataFusion` has such dependencies too, and not all of them hold: of a grouping by `p, y` over rows in which `p` determines
//! something, it says that `p` determines every column, `y` and what is counted by both among them (55.2,
//! `aggregate_functional_dependencies`). What is waived for a determined key is waived on the word of this file alone.

use std::collections::BTreeSet;

use datafusion_common::JoinType;
use datafusion_expr::{
    Aggregate, Distinct, Expr, Join, LogicalPlan, Window, WindowFunctionDefinition,
};

use crate::conjunct::unaliased;
use crate::frame::is_unbounded;

/// Columns, and columns that have one value wherever those have one.
type Dependency = (BTreeSet<usize>, BTreeSet<usize>);

/// The column of an input that an expression is, under whatever names.
pub(crate) fn column(input: &LogicalPlan, expr: &Expr) -> Option<usize> {
    match expr {
        Expr::Column(column) => input.schema().maybe_index_of_column(column),
        Expr::Alias(alias) => column(input, &alias.expr),
        _expression => None,
    }
}

/// Whether some columns of a plan determine another.
pub(crate) fn determine(plan: &LogicalPlan, these: &BTreeSet<usize>, other: usize) -> bool {
    reached(&dependencies(plan), these).contains(&other)
}

/// All columns that some determine.
fn reached(dependencies: &[Dependency], these: &BTreeSet<usize>) -> BTreeSet<usize> {
    let mut all = these.clone();
    loop {
        let before = all.len();
        for (from, to) in dependencies {
            if from.is_subset(&all) {
                all.extend(to);
            }
        }
        if all.len() == before {
            return all;
        }
    }
}

fn dependencies(plan: &LogicalPlan) -> Vec<Dependency> {
    match plan {
        LogicalPlan::Filter(node) => dependencies(&node.input),
        LogicalPlan::SubqueryAlias(node) => dependencies(&node.input),
        LogicalPlan::Window(node) => of_partitions(node),
        LogicalPlan::Projection(node) => moved(&node.input, &node.expr),
        LogicalPlan::Aggregate(node) => of_groups(node),
        LogicalPlan::Join(node) => of_pairs(node),
        LogicalPlan::Distinct(Distinct::All(input)) => dependencies(input),
        LogicalPlan::TableScan(_)
        | LogicalPlan::Union(_)
        | LogicalPlan::Values(_)
        | LogicalPlan::EmptyRelation(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Distinct(Distinct::On(_))
        | LogicalPlan::Subquery(_)
        | LogicalPlan::RecursiveQuery(_)
        | LogicalPlan::Unnest(_)
        | LogicalPlan::Repartition(_)
        | LogicalPlan::Statement(_)
        | LogicalPlan::Explain(_)
        | LogicalPlan::Analyze(_)
        | LogicalPlan::Extension(_)
        | LogicalPlan::Dml(_)
        | LogicalPlan::Ddl(_)
        | LogicalPlan::Copy(_)
        | LogicalPlan::DescribeTable(_) => Vec::new(),
    }
}

/// Those of an input by the places to which its columns go. A column that goes nowhere is not missed where the others determine it.
fn moved(input: &LogicalPlan, exprs: &[Expr]) -> Vec<Dependency> {
    let places: Vec<Option<usize>> = exprs.iter().map(|expr| column(input, expr)).collect();
    let kept = |wanted: &BTreeSet<usize>| -> BTreeSet<usize> {
        let found = places.iter().enumerate();
        found
            .filter(|(_, from)| from.is_some_and(|from| wanted.contains(&from)))
            .map(|(to, _)| to)
            .collect()
    };
    let all = dependencies(input);
    let stays = |from: &BTreeSet<usize>| -> BTreeSet<usize> {
        let stays = from.iter().filter(|at| places.contains(&Some(**at)));
        stays.copied().collect()
    };
    let here = all.iter().map(|(from, to)| (from, stays(from), to));
    here.filter(|(from, stays, _)| from.is_subset(&reached(&all, stays)))
        .map(|(_, stays, to)| (kept(&stays), kept(to)))
        .collect()
}

/// What is computed over a whole partition is one value for all its rows.
fn of_partitions(node: &Window) -> Vec<Dependency> {
    let width = node.input.schema().fields().len();
    let value = |(at, expr): (usize, &Expr)| {
        let Expr::WindowFunction(call) = unaliased(expr) else {
            return None;
        };
        let whole = is_unbounded(&call.params.window_frame);
        let aggregate = matches!(call.fun, WindowFunctionDefinition::AggregateUDF(_));
        let by = call.params.partition_by.iter();
        let by: Option<BTreeSet<usize>> = by.map(|key| column(&node.input, key)).collect();
        let ordered = !call.params.order_by.is_empty();
        (aggregate && whole && !ordered)
            .then_some((by?, BTreeSet::from([width.saturating_add(at)])))
    };
    let values = node.window_expr.iter().enumerate().filter_map(value);
    dependencies(&node.input)
        .into_iter()
        .chain(values)
        .collect()
}

/// There is one row a group: its keys determine all of it.
fn of_groups(node: &Aggregate) -> Vec<Dependency> {
    if node
        .group_expr
        .iter()
        .any(|key| matches!(key, Expr::GroupingSet(_)))
    {
        return Vec::new();
    }
    let mut all = moved(&node.input, &node.group_expr);
    let keys = (0..node.group_expr.len()).collect();
    all.push((keys, (0..node.schema.fields().len()).collect()));
    all
}

/// A row of a side has the columns that it has, however often it is in a pair; a side that may be missing is left out.
fn of_pairs(node: &Join) -> Vec<Dependency> {
    let left = || dependencies(&node.left);
    let right = |by: usize| {
        let moved =
            |these: BTreeSet<usize>| these.into_iter().map(|at| at.saturating_add(by)).collect();
        let right = dependencies(&node.right).into_iter();
        right
            .map(|(from, to)| (moved(from), moved(to)))
            .collect::<Vec<_>>()
    };
    let width = node.left.schema().fields().len();
    match node.join_type {
        JoinType::Inner => [left(), right(width)].concat(),
        JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark => left(),
        JoinType::Right => right(width),
        JoinType::RightSemi | JoinType::RightAnti => right(0),
        JoinType::RightMark | JoinType::Full => Vec::new(),
    }
}
