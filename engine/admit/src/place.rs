//! Windows that look at the places of rows, and what tells places of equal rows apart.
//!
//! LAG, LEAD, `ROW_NUMBER`, NTILE and frames of ROWS look at places. Where the ORDER BY of such a window leaves rows equal, one must come
//! first. If that were a matter of how the question is spelt, who asks in many spellings would learn what is in equal rows from how often
//! each comes first, and have noise drawn anew each time. So a keyed hash of its own columns goes with every row from its table on, whatever
//! is joined, united or carried along, and is what such windows are ordered by next.

use std::sync::Arc;

use datafusion_common::Result as DfResult;
use datafusion_common::tree_node::TreeNodeRecursion;
use datafusion_expr::expr::{ScalarFunction, Sort};
use datafusion_expr::{Expr, LogicalPlan};

use crate::frame::counts_rows;
use crate::relation::Rel;
use crate::walk::Walker;

/// Functions of a row's place among those of its partition.
const OF_PLACES: &[&str] = &["lag", "lead", "ntile", "row_number"];

/// Whether it makes a difference to a window which of equal rows comes first.
#[must_use]
pub fn by_place(expr: &Expr) -> bool {
    match expr {
        Expr::Alias(alias) => by_place(&alias.expr),
        Expr::WindowFunction(call) => {
            OF_PLACES.contains(&call.fun.name()) || counts_rows(&call.params.window_frame)
        }
        _other => false,
    }
}

/// Whether it makes one to a plan.
///
/// # Errors
/// If the plan cannot be walked.
pub(crate) fn matters(plan: &LogicalPlan) -> DfResult<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|node| {
        found |=
            matches!(node, LogicalPlan::Window(window) if window.window_expr.iter().any(by_place));
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(found)
}

/// What tells a table's rows apart that are not the same.
pub(crate) fn of_row(walker: &Walker<'_>, rel: &Rel) -> Expr {
    let columns = rel.cols.iter().map(|col| Expr::Column(col.column.clone()));
    Expr::ScalarFunction(ScalarFunction {
        func: Arc::clone(&walker.tools.tie),
        args: columns.collect(),
    })
}

/// A window's call, where places matter ordered by what tells rows apart as well.
pub(crate) fn ordered(expr: Expr, rel: &Rel) -> Expr {
    match expr {
        Expr::Alias(mut alias) => {
            alias.expr = Box::new(ordered(*alias.expr, rel));
            Expr::Alias(alias)
        }
        Expr::WindowFunction(mut call) if by_place(&Expr::WindowFunction(call.clone())) => {
            let numbers = rel.literal_ids.iter().map(|(number, _)| number);
            let ties = rel.ties.iter().chain(numbers).cloned().map(Expr::Column);
            let ties = ties.map(|tie| Sort::new(tie, true, false));
            call.params.order_by.extend(ties);
            Expr::WindowFunction(call)
        }
        other => other,
    }
}
