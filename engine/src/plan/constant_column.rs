//! Columns that are one literal in every row.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, LogicalPlan};

/// The literal that a plan's column is in every row.
pub(super) fn literal_at(plan: &LogicalPlan, at: usize) -> Option<&ScalarValue> {
    match plan {
        LogicalPlan::Projection(projection) => match unaliased(projection.expr.get(at)?) {
            Expr::Literal(value, _) => Some(value),
            Expr::Column(column) => {
                let below = projection.input.schema().index_of_column(column).ok()?;
                literal_at(&projection.input, below)
            }
            _computed => None,
        },
        LogicalPlan::SubqueryAlias(alias) => literal_at(&alias.input, at),
        LogicalPlan::Filter(filter) => literal_at(&filter.input, at),
        _other => None,
    }
}

/// The expression under its aliases.
pub(super) fn unaliased(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => unaliased(&alias.expr),
        other => other,
    }
}
