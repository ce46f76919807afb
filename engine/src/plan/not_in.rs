//! `NOT IN` over a subquery that names columns of the outer query.
//!
//! `NOT IN` asks whether a value is among others, one of which may be NULL, and `DataFusion` 55.2 does that for one key at a time: with
//! a second one from the outer query such a question is planned, charged, and fails whatever the data. It is refused before that.

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::LogicalPlan;
use policy::denial::{Code, Denial};

use super::unknown;
use crate::refusal::Refusal;

/// Refuses a plan with such a join.
///
/// # Errors
/// `E_SUBQUERY`.
pub(super) fn check(plan: &LogicalPlan) -> Result<(), Refusal> {
    let mut found = false;
    let walked = plan.apply_with_subqueries(|node| {
        found |= matches!(node, LogicalPlan::Join(join) if join.null_aware && join.on.len() != 1);
        Ok(TreeNodeRecursion::Continue)
    });
    walked.map_err(|error| unknown::refusal(&error))?;
    if !found {
        return Ok(());
    }
    let message = "NOT IN of a subquery that names columns of the outer query is not available";
    let mut denial = Denial::new(Code::Subquery, message);
    denial.help = Some("write NOT EXISTS, if no value of it is NULL".to_owned());
    Err(Refusal::Denied(Box::new(denial)))
}
