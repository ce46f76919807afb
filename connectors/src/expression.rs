//! A policy's SQL over its table's own columns, compiled.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, new_null_array};
use arrow::compute::concat;
use arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNode;
use datafusion::common::{DFSchema, DataFusionError, Result as PlanResult};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Expr, Volatility};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::prelude::SessionContext;

/// The expression over columns of these types, or what is wrong with it.
pub(crate) fn compile(text: &str, schema: &SchemaRef) -> Result<Arc<dyn PhysicalExpr>, String> {
    let context = SessionContext::new();
    let named = DFSchema::try_from(Arc::clone(schema)).map_err(|error| said(&error))?;
    let parsed = context.parse_sql_expr(text, &named);
    let expr = parsed.map_err(|error| said(&error))?;
    if let Some(name) = changing(&expr) {
        return Err(format!("`{name}` changes by itself"));
    }
    let expr = simplified(expr, named.clone()).map_err(|error| said(&error))?;
    let compiled = context.create_physical_expr(expr, &named);
    compiled.map_err(|error| said(&error))
}

/// What is wrong, without the planner's own words for where it noticed, and its guesses.
fn said(error: &DataFusionError) -> String {
    let said = error.strip_backtrace();
    let said = [
        "Error during planning: ",
        "This feature is not implemented: ",
        "Schema error: ",
    ]
    .iter()
    .fold(said.as_str(), |said, prefix| {
        said.strip_prefix(prefix).unwrap_or(said)
    });
    said.lines().next().unwrap_or_default().to_owned()
}

/// Some functions, such as `coalesce`, do nothing unless they are simplified away.
fn simplified(expr: Expr, schema: DFSchema) -> PlanResult<Expr> {
    let schema = Arc::new(schema);
    let about = SimplifyContext::builder().with_schema(Arc::clone(&schema));
    let simplifier = ExprSimplifier::new(about.build());
    simplifier.simplify(simplifier.coerce(expr, &schema)?)
}

/// A function whose value is not decided by its arguments.
fn changing(expr: &Expr) -> Option<String> {
    let mut found = None;
    let walked = expr.exists(|part| {
        if let Expr::ScalarFunction(call) = part
            && call.func.signature().volatility != Volatility::Immutable
        {
            found = Some(call.func.name().to_owned());
        }
        Ok(found.is_some())
    });
    debug_assert!(walked.is_ok(), "nothing on the way fails");
    found
}

/// The values of an expression, and on how many rows it fails: there is no value there. Which rows
/// these are is found by halves, so a row's value does not depend on the rows beside it.
pub(crate) fn total(
    expression: &Arc<dyn PhysicalExpr>,
    batch: &RecordBatch,
) -> Result<(ArrayRef, usize), String> {
    let rows = batch.num_rows();
    let values = expression
        .evaluate(batch)
        .and_then(|value| value.into_array(rows));
    if let Ok(values) = values {
        return Ok((values, 0));
    }
    if rows <= 1 {
        let data_type = expression.data_type(&batch.schema());
        let data_type = data_type.map_err(|error| error.strip_backtrace())?;
        return Ok((new_null_array(&data_type, rows), rows));
    }
    let half = rows / 2;
    let (first, failed) = total(expression, &batch.slice(0, half))?;
    let rest = batch.slice(half, rows.saturating_sub(half));
    let (second, more) = total(expression, &rest)?;
    let both = concat(&[&first, &second]).map_err(|error| error.to_string())?;
    Ok((both, failed.saturating_add(more)))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use arrow::array::{Array, AsArray, Int64Array};
    use arrow::datatypes::{Int64Type, Schema};

    use super::*;

    #[test]
    fn an_expression_has_no_value_where_it_fails_and_only_there() {
        let numbers: ArrayRef = Arc::new((-3..40).collect::<Int64Array>());
        let batch = RecordBatch::try_from_iter([("x", numbers)]).unwrap();
        let divided = compile("84 / (x % 5)", &batch.schema()).unwrap();
        let (values, failed) = total(&divided, &batch).unwrap();
        let values = values.as_primitive::<Int64Type>();
        let expected = (-3..40_i64).map(|x| 84_i64.checked_div(x % 5));
        assert_eq!(
            values.iter().collect::<Vec<_>>(),
            expected.collect::<Vec<_>>()
        );
        assert_eq!((failed, values.null_count()), (8, 8));
    }

    #[test]
    fn what_changes_by_itself_is_no_expression() {
        let schema = Arc::new(Schema::empty());
        assert_eq!(
            compile("now()", &schema).unwrap_err(),
            "`now` changes by itself"
        );
        assert!(compile("sum(1)", &schema).is_err());
    }
}
