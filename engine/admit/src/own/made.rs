//! Where a column of a plan comes from: the node that makes it, found by position through all nodes that pass it on.
//!
//! By position and not by name, because a name may stand for several columns on the way.

use datafusion_expr::{Aggregate, Distinct, Expr, Join, JoinType, LogicalPlan};
use policy::ident::TableRef;

use crate::conjunct::unaliased;
use crate::scan::table_of;

/// What makes a column.
#[derive(Debug)]
pub(super) enum Made<'p> {
    /// A table has it.
    Scan(TableRef, String),
    /// An expression over the rows of a plan: of a projection, or a group key.
    Expr(&'p Expr, &'p LogicalPlan),
    /// An aggregate over the rows of a plan.
    Call(&'p Expr, &'p LogicalPlan),
}

/// What makes the column at this position; `None` if that is not known.
pub(super) fn made(plan: &LogicalPlan, index: usize) -> Option<Made<'_>> {
    match plan {
        LogicalPlan::TableScan(node) => {
            let field = node.projected_schema.fields().get(index)?;
            Some(Made::Scan(
                table_of(&node.table_name)?,
                field.name().clone(),
            ))
        }
        LogicalPlan::Projection(node) => Some(Made::Expr(node.expr.get(index)?, &node.input)),
        LogicalPlan::Aggregate(node) => of_aggregate(node, index),
        LogicalPlan::SubqueryAlias(node) => made(&node.input, index),
        LogicalPlan::Filter(node) => made(&node.input, index),
        LogicalPlan::Sort(node) => made(&node.input, index),
        LogicalPlan::Limit(node) => made(&node.input, index),
        LogicalPlan::Distinct(Distinct::All(input)) => made(input, index),
        LogicalPlan::Window(node) => {
            let passed = index < node.input.schema().fields().len();
            passed.then(|| made(&node.input, index)).flatten()
        }
        LogicalPlan::Join(node) => of_join(node, index),
        LogicalPlan::Distinct(Distinct::On(_))
        | LogicalPlan::Union(_)
        | LogicalPlan::Values(_)
        | LogicalPlan::EmptyRelation(_)
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
        | LogicalPlan::DescribeTable(_) => None,
    }
}

fn of_aggregate(node: &Aggregate, index: usize) -> Option<Made<'_>> {
    if node
        .group_expr
        .iter()
        .any(|key| matches!(key, Expr::GroupingSet(_)))
    {
        return None;
    }
    match index.checked_sub(node.group_expr.len()) {
        None => Some(Made::Expr(node.group_expr.get(index)?, &node.input)),
        Some(call) => Some(Made::Call(node.aggr_expr.get(call)?, &node.input)),
    }
}

fn of_join(node: &Join, index: usize) -> Option<Made<'_>> {
    let side = |plan| {
        let side: &LogicalPlan = plan;
        (side, side.schema().fields().len())
    };
    let ((left, of_left), (right, of_right)) = (side(&node.left), side(&node.right));
    match node.join_type {
        JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full => {
            match index.checked_sub(of_left) {
                None => made(left, index),
                Some(index) => made(right, index),
            }
        }
        JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark => {
            (index < of_left).then(|| made(left, index)).flatten()
        }
        JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark => {
            (index < of_right).then(|| made(right, index)).flatten()
        }
    }
}

/// The column of a table whose values an expression has, NULL aside.
pub(super) fn source(expr: &Expr, plan: &LogicalPlan) -> Option<(TableRef, String)> {
    let Expr::Column(column) = unaliased(expr) else {
        return None;
    };
    match made(plan, plan.schema().maybe_index_of_column(column)?)? {
        Made::Scan(table, column) => Some((table, column)),
        Made::Expr(expr, input) => source(expr, input),
        Made::Call(..) => None,
    }
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::{DataType, Field, Schema};
    use datafusion_common::{JoinType, Result};
    use datafusion_expr::logical_plan::builder::table_scan;
    use datafusion_expr::{LogicalPlan, LogicalPlanBuilder, col};

    use super::source;

    fn scan(name: &str, columns: [&str; 2]) -> Result<LogicalPlanBuilder> {
        let fields = columns.map(|column| Field::new(column, DataType::Utf8, true));
        table_scan(Some(name), &Schema::new(fields.to_vec()), None)
    }

    fn joined(how: JoinType) -> Result<LogicalPlan> {
        let right = scan("shop.u", ["c", "d"])?.build()?;
        let keys = (vec!["a"], vec!["c"]);
        scan("bank.t", ["a", "b"])?
            .join(right, how, keys, None)?
            .build()
    }

    fn whence(plan: &LogicalPlan, column: &str) -> Option<String> {
        let (table, column) = source(&col(column), plan)?;
        Some(format!("{table}.{column}"))
    }

    /// A side that a join only looks at gives no columns, and moves none.
    #[test]
    fn columns_come_through_joins_from_their_side() -> Result<()> {
        let inner = joined(JoinType::Inner)?;
        assert_eq!(whence(&inner, "bank.t.b").as_deref(), Some("bank.t.b"));
        assert_eq!(whence(&inner, "shop.u.c").as_deref(), Some("shop.u.c"));
        for how in [JoinType::LeftSemi, JoinType::LeftAnti] {
            let plan = joined(how)?;
            assert_eq!(whence(&plan, "bank.t.a").as_deref(), Some("bank.t.a"));
            assert_eq!(whence(&plan, "bank.t.b").as_deref(), Some("bank.t.b"));
        }
        for how in [JoinType::RightSemi, JoinType::RightAnti] {
            let plan = joined(how)?;
            assert_eq!(whence(&plan, "shop.u.c").as_deref(), Some("shop.u.c"));
            assert_eq!(whence(&plan, "shop.u.d").as_deref(), Some("shop.u.d"));
        }
        Ok(())
    }
}
