//! Running expressions over the values of [`values`](super::values).

use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, new_null_array};
use datafusion::catalog::MemTable;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;
use object_store::memory::InMemory;

use super::values::adversarial;
use crate::execute::Execution;
use crate::pipeline::Runner;

pub(super) fn context() -> SessionContext {
    let context = SessionContext::new_with_config(crate::plan::config());
    let batch = adversarial();
    let table = MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap();
    context.register_table("t", Arc::new(table)).unwrap();
    let schema = adversarial().schema();
    let columns = schema.fields().iter();
    let columns = columns.map(|field| new_null_array(field.data_type(), 1));
    let nulls = RecordBatch::try_new(Arc::clone(&schema), columns.collect()).unwrap();
    let nulls = MemTable::try_new(schema, vec![vec![nulls]]).unwrap();
    context.register_table("nulls", Arc::new(nulls)).unwrap();
    context
}

pub(super) fn execution() -> Execution {
    let url = ObjectStoreUrl::parse("sealed://store").unwrap();
    let store: Arc<dyn object_store::ObjectStore> = Arc::new(InMemory::new());
    let key = crate::guard::TrackKey::of(&[7; 16]);
    Execution::new(1 << 30, &url, &store, &key).unwrap()
}

/// Runs a plan in full; whether it binds at all, and whether it then ran.
pub(super) async fn runs(
    context: &SessionContext,
    plan: LogicalPlan,
) -> Option<Result<(), String>> {
    let state = context.state();
    let bound = state
        .analyzer()
        .execute_and_check(plan, state.config_options(), |_, _| {})
        .ok()?;
    Some(runs_bound(bound).await)
}

pub(super) async fn runs_bound(bound: LogicalPlan) -> Result<(), String> {
    let shown = bound.display_indent().to_string();
    let streams = execution().run(bound).await;
    let streams = streams.map_err(|refusal| format!("{shown}\n{refusal:?}"))?;
    for stream in streams {
        let rows: Result<Vec<RecordBatch>, _> = stream.try_collect().await;
        rows.map_err(|error| format!("{shown}\n{error}"))?;
    }
    Ok(())
}

pub(super) async fn scan(context: &SessionContext, table: &str) -> LogicalPlanBuilder {
    let table = context.table(table).await.unwrap();
    LogicalPlanBuilder::from(table.into_unoptimized_plan())
}

/// Runs every expression that binds, many in one plan; gives how many did.
pub(super) async fn all_run(context: &SessionContext, exprs: Vec<Expr>) -> usize {
    let state = context.state();
    let mut bound = Vec::new();
    for expr in exprs {
        let one = scan(context, "t")
            .await
            .project([expr.clone().alias("value")]);
        let Ok(plan) = one.and_then(LogicalPlanBuilder::build) else {
            continue;
        };
        let options = state.config_options();
        if state
            .analyzer()
            .execute_and_check(plan, options, |_, _| {})
            .is_ok()
        {
            bound.push(expr);
        }
    }
    let count = bound.len();
    for some in bound.chunks(50) {
        let named = some.iter().enumerate();
        let named = named.map(|(n, expr)| expr.clone().alias(format!("v{n}")));
        let plan = scan(context, "t")
            .await
            .project(named)
            .unwrap()
            .build()
            .unwrap();
        if runs(context, plan).await.unwrap().is_err() {
            for expr in some {
                let one = |table: LogicalPlanBuilder| {
                    let plan = table.project([expr.clone().alias("value")]).unwrap();
                    plan.build().unwrap()
                };
                // What fails for NULLs too (a pattern that is none) is no matter of values.
                let ran = runs(context, one(scan(context, "t").await)).await;
                let of_nulls = runs(context, one(scan(context, "nulls").await)).await;
                assert!(
                    ran == Some(Ok(())) || of_nulls != Some(Ok(())),
                    "{expr}: {ran:?}"
                );
            }
        }
    }
    count
}
