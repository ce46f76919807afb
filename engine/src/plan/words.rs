//! A whole plan in words, of which no two plans have the same.
//!
//! What is charged once, answered again from the ledger, and written on receipts is told by the digest of these words. How
//! `DataFusion` shows a plan is not enough: `a - (b - c)` is shown as `a - b - c`, a column `"x - y"` as a difference, and of VALUES
//! only the first rows. So each node is written with its inputs counted and its expressions as they are built, every piece
//! with its length before it.

use std::fmt::Write as _;

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::LogicalPlan;

/// The words.
pub(crate) fn words(plan: &LogicalPlan) -> String {
    let mut words = Words(String::new());
    words.piece(&plan.display_indent_schema().to_string());
    let walked = plan.apply_with_subqueries(|node| {
        words.node(node);
        Ok(TreeNodeRecursion::Continue)
    });
    debug_assert!(walked.is_ok(), "the visitor never fails");
    words.0
}

struct Words(String);

impl Words {
    fn piece(&mut self, text: &str) {
        let written = write!(self.0, "{}:{text}", text.len());
        debug_assert!(written.is_ok(), "a string takes everything");
    }

    fn node(&mut self, node: &LogicalPlan) {
        self.piece(&node.display().to_string());
        self.piece(&node.inputs().len().to_string());
        let walked = node.apply_expressions(|expr| {
            self.piece(&format!("{expr:?}"));
            Ok(TreeNodeRecursion::Continue)
        });
        debug_assert!(walked.is_ok(), "the visitor never fails");
        if let LogicalPlan::Values(values) = node {
            values
                .values
                .iter()
                .for_each(|row| self.piece(&format!("{row:?}")));
        }
        if let LogicalPlan::Join(join) = node {
            let how = (
                join.join_type,
                join.join_constraint,
                join.null_equality,
                join.null_aware,
            );
            self.piece(&format!("{how:?}"));
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use datafusion::logical_expr::{Expr, LogicalPlanBuilder, col, lit};

    use super::*;

    fn values(rows: &[&str]) -> LogicalPlan {
        let rows = rows.iter().map(|text| vec![lit(*text)]).collect();
        LogicalPlanBuilder::values(rows).unwrap().build().unwrap()
    }

    fn of(exprs: [Expr; 2]) -> [LogicalPlan; 2] {
        let rows = vec![vec![lit(1), lit(2), lit(3), lit(4)]];
        let called = [
            ("column1", "a"),
            ("column2", "b"),
            ("column3", "c"),
            ("column4", "a - b"),
        ];
        let named = called.map(|(column, name)| col(column).alias(name));
        let rows = LogicalPlanBuilder::values(rows)
            .unwrap()
            .project(named)
            .unwrap()
            .build()
            .unwrap();
        exprs.map(|expr| {
            let plan = LogicalPlanBuilder::from(rows.clone());
            plan.project([expr.alias("x")]).unwrap().build().unwrap()
        })
    }

    fn are_told_apart([one, other]: &[LogicalPlan; 2]) {
        let shown = |plan: &LogicalPlan| plan.display_indent_schema().to_string();
        assert_eq!(shown(one), shown(other));
        assert_ne!(words(one), words(other));
        assert_eq!(words(one), words(&one.clone()));
    }

    /// The shown form stops after a few rows, and a budget would take two questions for one.
    #[test]
    fn plans_that_differ_in_a_late_row_of_values_differ_in_words() {
        are_told_apart(&["x", "y"].map(|last| values(&["a", "b", "c", "d", "e", "f", "g", last])));
    }

    #[test]
    fn plans_that_differ_in_brackets_differ_in_words() {
        let [a, b, c] = ["a", "b", "c"].map(col);
        are_told_apart(&of([a.clone() - b.clone() - c.clone(), a - (b - c)]));
    }

    #[test]
    fn a_column_that_is_called_like_an_expression_is_none() {
        let column = Expr::Column(datafusion::common::Column::new_unqualified("a - b"));
        are_told_apart(&of([column, col("a") - col("b")]));
    }
}
