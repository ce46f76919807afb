//! Computing a release under differential privacy.

use std::sync::Arc;

use admit::Private;
use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::{Schema, SchemaRef};
use datafusion::logical_expr::LogicalPlan;
use release::{PrivateRelease, ReleaseSpec};
use zeroize::Zeroizing;

use crate::gather::gather;
use crate::pipeline::{FAILED, Runner};
use crate::refusal::Refusal;

/// Computes a release, with noise that nobody has drawn before.
pub(crate) async fn release(
    (input, listed): (LogicalPlan, Option<(SchemaRef, Vec<RecordBatch>)>),
    (spec, private): (ReleaseSpec, &Private),
    runner: &impl Runner,
) -> Result<RecordBatch, Refusal> {
    let new = |schema: &Schema| {
        let release = PrivateRelease::new(spec.clone(), private.terms.clone(), schema);
        release.map_err(|_| Refusal::Failed(FAILED))
    };
    let types: Vec<_> = spec.keys.iter().map(|key| key.column).collect();
    let schema = Arc::new(input.schema().as_arrow().clone());
    let (mut whole, _room) = gather(input, runner, new).await?;
    if let Some((_, batches)) = listed {
        for batch in batches {
            let keys = of_types(&batch, &schema, &types).ok_or(Refusal::Failed(FAILED))?;
            whole.list(&keys).map_err(|_| Refusal::Failed(FAILED))?;
        }
    }
    let mut key = Zeroizing::new([0_u8; 32]);
    getrandom::fill(key.as_mut()).map_err(|_| Refusal::Failed(FAILED))?;
    let released = whole.finish(&key).map_err(|_| Refusal::Failed(FAILED))?;
    Ok(released.into_batch())
}

/// Listed groups in the types of the keys.
fn of_types(batch: &RecordBatch, schema: &SchemaRef, keys: &[usize]) -> Option<RecordBatch> {
    let columns = batch.columns().iter().zip(keys).map(|(column, key)| {
        let kind = schema.fields().get(*key)?.data_type();
        cast(column, kind).ok()
    });
    let columns = columns.collect::<Option<Vec<_>>>()?;
    let named = columns.into_iter().enumerate();
    RecordBatch::try_from_iter(named.map(|(at, column)| (format!("k{at}"), column))).ok()
}
