//! Common expressions, but no windows among them.
//!
//! `DataFusion` 55.2 takes what is written twice out into a projection (`common_sub_expression_eliminate`), equal windows of one node or of
//! several in a row too; and no window may stand in a projection, so that the plan fails. Admission writes equal windows: who is behind two values
//! of the same frame. Nor does it see that a window reads what the window below has made, and fails. A plan of which it makes such a
//! thing, or nothing, stays as it was.

use datafusion::common::Result as DfResult;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::optimizer::OptimizerRule;
use datafusion::optimizer::common_subexpr_eliminate::CommonSubexprEliminate;

use super::amended::Amended;

/// The rule that takes out common expressions, where it takes out no window.
pub(crate) fn common_expressions() -> Amended<CommonSubexprEliminate> {
    Amended {
        name: "common_sub_expressions_but_windows",
        rule: CommonSubexprEliminate::new(),
        rewrite: |rule, plan, config| {
            let before = plan.clone();
            match rule.rewrite(plan, config) {
                Ok(after) if !after.transformed || !has_stray_window(&after.data)? => Ok(after),
                Ok(_) | Err(_) => Ok(Transformed::no(before)),
            }
        },
    }
}

/// Whether a window stands elsewhere than in a node of windows.
fn has_stray_window(plan: &LogicalPlan) -> DfResult<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|node| {
        if !matches!(node, LogicalPlan::Window(_)) {
            let is_window = |expr: &Expr| Ok(matches!(expr, Expr::WindowFunction(_)));
            for expr in node.expressions() {
                found |= expr.exists(is_window)?;
            }
        }
        Ok(if found {
            TreeNodeRecursion::Stop
        } else {
            TreeNodeRecursion::Continue
        })
    })?;
    Ok(found)
}
