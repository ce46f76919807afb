//! Rules that believe which columns determine others, where that does not always hold ([`crate::plan::dependencies`]).

use std::sync::Arc;

use datafusion::common::Result as DfResult;
use datafusion::common::tree_node::{Transformed, TreeNodeRecursion};
use datafusion::logical_expr::{Aggregate, LogicalPlan};
use datafusion::optimizer::OptimizerRule;
use datafusion::optimizer::eliminate_join::EliminateJoin;
use datafusion::optimizer::optimize_projections::OptimizeProjections;

use super::amended::Amended;
use crate::plan::dependencies::{are_believed, are_doubtful, forgetting};

/// The rule that takes columns away that nobody reads, but no key of a grouping.
pub(crate) fn keys_stay() -> Amended<OptimizeProjections> {
    Amended {
        name: "optimize_projections_but_keys",
        rule: OptimizeProjections::new(),
        rewrite: |rule, plan, config| {
            let plan = plan.transform_up_with_subqueries(|node| match node {
                LogicalPlan::Aggregate(groups) if are_believed(&groups.input) => {
                    over_forgotten(groups).map(Transformed::yes)
                }
                other => Ok(Transformed::no(other)),
            })?;
            plan.transform_data(|plan| rule.rewrite(plan, config))
        },
    }
}

/// A grouping of the same rows, of which nothing is believed.
fn over_forgotten(groups: Aggregate) -> DfResult<LogicalPlan> {
    let input = forgetting(Arc::unwrap_or_clone(groups.input))?;
    let (keys, calls) = (groups.group_expr, groups.aggr_expr);
    let again = Aggregate::try_new_with_schema(Arc::new(input), keys, calls, groups.schema)?;
    Ok(LogicalPlan::Aggregate(again))
}

fn has_doubtful(plan: &LogicalPlan) -> DfResult<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|node| {
        found |= matches!(node, LogicalPlan::Aggregate(groups) if are_doubtful(groups));
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(found)
}

/// The rule that takes joins away whose rows are there once, where nothing doubtful is believed.
pub(crate) fn joins_stay() -> Amended<EliminateJoin> {
    Amended {
        name: "eliminate_join_without_doubt",
        rule: EliminateJoin::new(),
        rewrite: |rule, plan, config| {
            if has_doubtful(&plan)? {
                return Ok(Transformed::no(plan));
            }
            rule.rewrite(plan, config)
        },
    }
}
