//! Recursion that ends after a few rounds, written out: the union of as many joins.
//!
//! `WITH RECURSIVE … UNION ALL … WHERE depth < 4` says how often it goes round. Admission judges joins and unions but no
//! loops, so a recursion whose depth starts at a number, grows by one and stays below another becomes what it stands for.
//! Any other keeps its form, and is refused over protected rows.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, Result as DfResult, ScalarValue, TableReference};
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{
    Expr, JoinType, LogicalPlan, LogicalPlanBuilder, Operator, Projection, RecursiveQuery,
    SubqueryAlias,
};

use super::constant_column::{literal_at, unaliased};

/// The most rounds that are written out.
const MOST: i64 = 8;

/// The plan with the recursions written out that say how often they go round.
pub(super) fn unrolled(plan: LogicalPlan) -> DfResult<LogicalPlan> {
    let written = plan.transform_up_with_subqueries(|node| {
        let LogicalPlan::RecursiveQuery(query) = &node else {
            return Ok(Transformed::no(node));
        };
        match rounds(query) {
            Some(rounds) => written_out(query, rounds).map(Transformed::yes),
            None => Ok(Transformed::no(node)),
        }
    })?;
    if written.transformed {
        return written.data.recompute_schema();
    }
    Ok(written.data)
}

/// How often a recursion goes round, if its own text says so and that is not often.
fn rounds(query: &RecursiveQuery) -> Option<i64> {
    let LogicalPlan::Projection(step) = query.recursive_term.as_ref() else {
        return None;
    };
    if query.is_distinct || !reads_tables(query) {
        return None;
    }
    let own = own_name(query, &step.input)?;
    let bounds = conjuncts(&step.input);
    let fields = query.static_term.schema().fields().iter();
    let mut counters = fields.enumerate().filter_map(|(at, field)| {
        let before = Column::new(Some(own.clone()), field.name());
        let start = whole(literal_at(&query.static_term, at)?)?;
        is_next(step.expr.get(at)?, &before).then_some(())?;
        let ends = bounds.iter().filter_map(|bound| end(bound, &before));
        ends.min()?.checked_sub(start)
    });
    counters
        .next()
        .map(|rounds| rounds.max(0))
        .filter(|rounds| *rounds <= MOST)
}

/// The name under which the recursion reads its last round, if it does so once, and joins or filters it as it stands. A
/// subquery over it may call other columns by that name.
fn own_name(query: &RecursiveQuery, step: &LogicalPlan) -> Option<TableReference> {
    let mut scans = 0_usize;
    let walked = query.recursive_term.apply_with_subqueries(|node| {
        scans = scans.saturating_add(usize::from(is_last_round(node, query)));
        Ok(TreeNodeRecursion::Continue)
    });
    walked.ok()?;
    if scans == 1 {
        read_as(step, query)
    } else {
        None
    }
}

fn read_as(plan: &LogicalPlan, query: &RecursiveQuery) -> Option<TableReference> {
    match plan {
        LogicalPlan::Filter(filter) => read_as(&filter.input, query),
        LogicalPlan::Join(join) => {
            read_as(&join.left, query).or_else(|| read_as(&join.right, query))
        }
        LogicalPlan::SubqueryAlias(alias) if is_last_round(&alias.input, query) => {
            Some(alias.alias.clone())
        }
        scan if is_last_round(scan, query) => Some(TableReference::bare(query.name.clone())),
        _other => None,
    }
}

/// Whether it is about somebody's rows; numbers that count themselves up are nobody's question.
fn reads_tables(query: &RecursiveQuery) -> bool {
    let reads = |term: &LogicalPlan| {
        term.exists(|node| {
            Ok(matches!(node, LogicalPlan::TableScan(_)) && !is_last_round(node, query))
        })
    };
    let terms = [&query.static_term, &query.recursive_term];
    terms.iter().any(|term| reads(term).unwrap_or(false))
}

fn is_last_round(plan: &LogicalPlan, query: &RecursiveQuery) -> bool {
    matches!(plan, LogicalPlan::TableScan(scan) if scan.table_name == TableReference::bare(query.name.clone()))
}

/// What holds of every row that a round reads.
fn conjuncts(plan: &LogicalPlan) -> Vec<Expr> {
    match plan {
        LogicalPlan::Filter(filter) => {
            let own = split_conjunction(&filter.predicate).into_iter().cloned();
            own.chain(conjuncts(&filter.input)).collect()
        }
        LogicalPlan::Join(join) if join.join_type == JoinType::Inner => {
            let own = join.filter.as_ref().map(split_conjunction);
            own.unwrap_or_default().into_iter().cloned().collect()
        }
        _other => Vec::new(),
    }
}

fn whole(value: &ScalarValue) -> Option<i64> {
    match value {
        ScalarValue::Int64(value) => *value,
        _other => None,
    }
}

fn number(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Literal(value, _) => whole(value),
        _other => None,
    }
}

/// Whether an expression is the column plus one.
fn is_next(expr: &Expr, column: &Column) -> bool {
    let Expr::BinaryExpr(sum) = unaliased(expr) else {
        return false;
    };
    let is_column = |e: &Expr| matches!(e, Expr::Column(found) if found == column);
    let sides = (sum.left.as_ref(), sum.right.as_ref());
    sum.op == Operator::Plus
        && ((is_column(sides.0) && number(sides.1) == Some(1))
            || (number(sides.0) == Some(1) && is_column(sides.1)))
}

/// The number that a column stays below.
fn end(bound: &Expr, column: &Column) -> Option<i64> {
    let Expr::BinaryExpr(binary) = bound else {
        return None;
    };
    let is_column = |e: &Expr| matches!(e, Expr::Column(found) if found == column);
    let (op, limit) = if is_column(&binary.left) {
        (binary.op, number(&binary.right)?)
    } else if is_column(&binary.right) {
        (binary.op.swap()?, number(&binary.left)?)
    } else {
        return None;
    };
    match op {
        Operator::Lt => Some(limit),
        Operator::LtEq => limit.checked_add(1),
        _other => None,
    }
}

/// The first rows and those of each round, side by side.
fn written_out(query: &RecursiveQuery, rounds: i64) -> DfResult<LogicalPlan> {
    let mut last = named(query.static_term.as_ref().clone(), query)?;
    let mut all = LogicalPlanBuilder::from(last.clone());
    for _ in 0..rounds {
        let step = query.recursive_term.as_ref().clone();
        let step = step.transform_up_with_subqueries(|node| {
            if !is_last_round(&node, query) {
                return Ok(Transformed::no(node));
            }
            let alias = SubqueryAlias::try_new(Arc::new(last.clone()), query.name.clone())?;
            Ok(Transformed::yes(LogicalPlan::SubqueryAlias(alias)))
        })?;
        last = named(step.data.recompute_schema()?, query)?;
        all = all.union(last.clone())?;
    }
    let all = all.build()?;
    let names = query.schema.iter();
    let columns = all.schema().columns().into_iter().zip(names);
    let columns = columns.map(|(column, (qualifier, field))| {
        Expr::Column(column).alias_qualified(qualifier.cloned(), field.name())
    });
    let columns = columns.collect();
    Projection::try_new(columns, Arc::new(all)).map(LogicalPlan::Projection)
}

/// A round's rows under the names and types of the recursion.
fn named(plan: LogicalPlan, query: &RecursiveQuery) -> DfResult<LogicalPlan> {
    let fields = query.schema.fields().iter();
    let columns = plan
        .schema()
        .iter()
        .zip(fields)
        .map(|((own, field), wanted)| {
            let column = Expr::Column(Column::new(own.cloned(), field.name()));
            let kind = wanted.data_type();
            let same = field.data_type() == kind;
            let value = if same {
                column
            } else {
                datafusion::logical_expr::cast(column, kind.clone())
            };
            value.alias(wanted.name())
        });
    let columns = columns.collect();
    Projection::try_new(columns, Arc::new(plan)).map(LogicalPlan::Projection)
}
