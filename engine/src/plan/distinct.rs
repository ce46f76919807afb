//! DISTINCT as a grouping, and left out only over rows that are distinct.
//!
//! `DataFusion` 55.2 leaves DISTINCT out where it takes the columns for a key. Of a grouping by `p` and `y`, over rows in which `p` once
//! determined something, it says that `p` is one: of `SELECT DISTINCT p` over a cross join, grouped by both sides, all rows of
//! the grouping were left. So whether rows are distinct is looked for in the plan.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::logical_expr::{Aggregate, Distinct, Expr, LogicalPlan};
use datafusion::optimizer::OptimizerRule;
use datafusion::optimizer::replace_distinct_aggregate::ReplaceDistinctWithAggregate;

use crate::optimize::Amended;

/// The rule; what is no plain DISTINCT over columns is `DataFusion`'s.
pub(super) fn distinct_as_groups() -> Amended<ReplaceDistinctWithAggregate> {
    Amended {
        name: "distinct_as_groups",
        rule: ReplaceDistinctWithAggregate::new(),
        rewrite: |rule, plan, config| {
            let input = match plan {
                LogicalPlan::Distinct(Distinct::All(input)) => input,
                other => return rule.rewrite(other, config),
            };
            if input.schema().fields().is_empty() {
                return rule.rewrite(LogicalPlan::Distinct(Distinct::All(input)), config);
            }
            let columns = input.schema().columns();
            if are_distinct(&input, &(0..columns.len()).collect()) {
                return Ok(Transformed::yes(Arc::unwrap_or_clone(input)));
            }
            let keys = columns.into_iter().map(Expr::Column).collect();
            let groups = Aggregate::try_new(input, keys, Vec::new())?;
            Ok(Transformed::yes(LogicalPlan::Aggregate(groups)))
        },
    }
}

/// Whether no two rows are alike in these columns: all keys of a grouping are among them.
fn are_distinct(plan: &LogicalPlan, columns: &BTreeSet<usize>) -> bool {
    match plan {
        LogicalPlan::Aggregate(groups) => {
            let set = |key: &Expr| matches!(key, Expr::GroupingSet(_));
            let keys = &groups.group_expr;
            // Of a number about everybody there is one row, and DISTINCT over it is as it was: an aggregate above a release.
            let grouped = !keys.is_empty() && !keys.iter().any(set);
            grouped && (0..keys.len()).all(|key| columns.contains(&key))
        }
        LogicalPlan::Projection(projection) => {
            let schema = projection.input.schema();
            let below = columns.iter().filter_map(|at| {
                let expr = projection.expr.get(*at)?.clone().unalias();
                schema.maybe_index_of_column(expr.try_as_col()?)
            });
            are_distinct(&projection.input, &below.collect())
        }
        LogicalPlan::SubqueryAlias(alias) => are_distinct(&alias.input, columns),
        LogicalPlan::Filter(filter) => are_distinct(&filter.input, columns),
        LogicalPlan::Sort(sort) => are_distinct(&sort.input, columns),
        LogicalPlan::Limit(limit) => are_distinct(&limit.input, columns),
        _other => false,
    }
}
