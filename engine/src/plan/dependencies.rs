//! What `DataFusion` believes of which columns determine others, and that it is not to.
//!
//! Of a grouping by `p` and `y`, over rows in which `p` determines something, `DataFusion` 55.2 says that `p` determines every column
//! and is there once (`aggregate_functional_dependencies`). On that word keys are added to what somebody wrote, and keys that
//! nobody reads, or a join, are taken away: groups are merged that are two, and rows counted once that are three. No table
//! of ours has a key. So all that is believed comes from groupings, and holds where their rows determine nothing themselves.

use std::cell::Cell;
use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::common::{FunctionalDependencies, Result};
use datafusion::logical_expr::planner::{
    PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning,
};
use datafusion::logical_expr::{Aggregate, LogicalPlan, Projection};
use sqlparser::ast::TableFactor;

/// A projection to all columns of a plan that forgets what determines what.
pub(crate) fn forgetting(plan: LogicalPlan) -> Result<LogicalPlan> {
    let schema = plan.schema().as_ref().clone();
    let schema = schema.with_functional_dependencies(FunctionalDependencies::empty())?;
    let projection = Projection::new_from_schema(Arc::new(plan), Arc::new(schema));
    Ok(LogicalPlan::Projection(projection))
}

/// Whether anything is believed of a plan.
pub(crate) fn are_believed(plan: &LogicalPlan) -> bool {
    !plan.schema().functional_dependencies().is_empty()
}

/// Whether some of the keys of a grouping are believed to determine the others: it may be so, and may not.
pub(crate) fn are_doubtful(groups: &Aggregate) -> bool {
    let believed = groups.schema.functional_dependencies();
    let fewer = |keys: &[usize]| keys.len() < groups.group_expr.len();
    believed.iter().any(|each| fewer(&each.source_indices))
}

/// The plan without the projections that forget: nothing is bound any more.
pub(super) fn bound(plan: LogicalPlan) -> Result<LogicalPlan> {
    // From above: what was written over one that forgets has forgotten, too, and stays.
    let plan = plan.transform_down_with_subqueries(|node| match node {
        LogicalPlan::Projection(only) if forgets(&only) => {
            Ok(Transformed::yes(Arc::unwrap_or_clone(only.input)))
        }
        other => Ok(Transformed::no(other)),
    })?;
    Ok(plan.data)
}

fn forgets(projection: &Projection) -> bool {
    let forgotten = projection.schema.functional_dependencies().is_empty();
    forgotten
        && are_believed(&projection.input)
        && projection.schema.columns() == projection.input.schema().columns()
        && projection
            .expr
            .iter()
            .all(|expr| expr.try_as_col().is_some())
}

/// Plans what a FROM names as `DataFusion` does, and forgets what determines what in it: the keys of a grouping are those written.
#[derive(Debug)]
pub(super) struct Forgetting;

thread_local! {
    /// The next relation is the one that was just seen, on its way to the planner behind this one.
    static SEEN: Cell<bool> = const { Cell::new(false) };
}

impl RelationPlanner for Forgetting {
    fn plan_relation(
        &self,
        relation: TableFactor,
        context: &mut dyn RelationPlannerContext,
    ) -> Result<RelationPlanning> {
        if SEEN.replace(false) {
            return Ok(RelationPlanning::Original(Box::new(relation)));
        }
        SEEN.set(true);
        let plan = context.plan(relation)?;
        let plan = if are_believed(&plan) {
            forgetting(plan)?
        } else {
            plan
        };
        Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(
            plan, None,
        ))))
    }
}
