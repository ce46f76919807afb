//! Total functions: no expression may fail on data, because failing is an answer of one bit.
//!
//! After type coercion, division and remainder by zero give NULL, and a cast that could fail becomes
//! one that gives NULL.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{DFSchema, Result as DfResult, ScalarValue};
use datafusion::functions::core::nullif;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{
    BinaryExpr, Cast, Expr, ExprSchemable, LogicalPlan, Operator, TryCast,
};

/// The plan with every expression total. Subqueries included; names stay.
pub(crate) fn make_total(plan: LogicalPlan) -> DfResult<LogicalPlan> {
    plan.transform_up_with_subqueries(|node| {
        let mut schema = merge_schema(&node.inputs());
        if let LogicalPlan::TableScan(scan) = &node {
            schema = scan.projected_schema.as_ref().clone();
        }
        let names = datafusion::logical_expr::expr_rewriter::NamePreserver::new(&node);
        node.map_expressions(|expr| {
            let name = names.save(&expr);
            let total = expr.transform_up(|part| one(part, &schema))?;
            Ok(total.update_data(|expr| name.restore(expr)))
        })
    })
    .data()
}

fn one(expr: Expr, schema: &DFSchema) -> DfResult<Transformed<Expr>> {
    match expr {
        Expr::Cast(Cast { expr, field }) => {
            let from = expr.get_type(schema)?;
            if never_fails(&from, field.data_type()) {
                return Ok(Transformed::no(Expr::Cast(Cast { expr, field })));
            }
            Ok(Transformed::yes(Expr::TryCast(TryCast { expr, field })))
        }
        Expr::BinaryExpr(BinaryExpr {
            left,
            op: op @ (Operator::Divide | Operator::Modulo),
            right,
        }) if !is_nonzero_literal(&right) => {
            let kind = right.get_type(schema)?;
            let zero = match ScalarValue::new_zero(&kind) {
                Ok(zero) => Expr::Literal(zero, None),
                Err(_) => {
                    let same = Expr::BinaryExpr(BinaryExpr { left, op, right });
                    return Ok(Transformed::no(same));
                }
            };
            let right = Box::new(nullif().call(vec![*right, zero]));
            Ok(Transformed::yes(Expr::BinaryExpr(BinaryExpr {
                left,
                op,
                right,
            })))
        }
        other => Ok(Transformed::no(other)),
    }
}

fn is_nonzero_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(value, _) => {
            !value.is_null()
                && ScalarValue::new_zero(&value.data_type()).is_ok_and(|zero| zero != *value)
        }
        Expr::Cast(cast) => is_nonzero_literal(&cast.expr),
        _other => false,
    }
}

/// Casts that cannot fail whatever the value; everything else is tried.
fn never_fails(from: &DataType, to: &DataType) -> bool {
    let text = |kind: &DataType| {
        matches!(
            kind,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
        )
    };
    from == to
        || from == &DataType::Null
        || (text(from) && text(to))
        || (from.is_integer() && to.is_floating())
        || (from.is_floating() && to == &DataType::Float64)
        || (from.is_integer() && text(to))
}
