//! A policy's SQL over its table's own columns, compiled.

use std::sync::Arc;

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
