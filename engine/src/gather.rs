//! The rows of a plan on their way into a release, partition by partition.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use datafusion::common::runtime::SpawnedTask;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::LogicalPlan;
use futures::StreamExt;
use release::{PrivateRelease, Release};

use crate::execute::failed;
use crate::pipeline::{FAILED, Runner};
use crate::refusal::Refusal;

/// What takes in the rows of a release.
pub(crate) trait Gathers: Send + Sized + 'static {
    /// Takes in a batch.
    fn take(&mut self, batch: &RecordBatch) -> release::Result<()>;
    /// Takes in what another has.
    fn join(&mut self, other: Self) -> release::Result<()>;
}

impl Gathers for Release {
    fn take(&mut self, batch: &RecordBatch) -> release::Result<()> {
        self.update(batch)
    }

    fn join(&mut self, other: Self) -> release::Result<()> {
        self.merge(other)
    }
}

impl Gathers for PrivateRelease {
    fn take(&mut self, batch: &RecordBatch) -> release::Result<()> {
        self.update(batch)
    }

    fn join(&mut self, other: Self) -> release::Result<()> {
        self.merge(other)
    }
}

/// All rows of a plan in what takes them in.
pub(crate) async fn gather<G: Gathers>(
    input: LogicalPlan,
    runner: &impl Runner,
    new: impl Fn(&Schema) -> Result<G, Refusal>,
) -> Result<G, Refusal> {
    let bound = Arc::new(input.schema().as_arrow().clone());
    let streams = runner.run(input).await?;
    // What runs may know a type better than what was bound, as that of `round` with a literal.
    let schema = streams.first().map_or(bound, |stream| stream.schema());
    let mut whole = new(&schema)?;
    let parts = streams
        .into_iter()
        .map(|stream| Ok(part(new(&stream.schema())?, stream)))
        .collect::<Result<Vec<_>, Refusal>>()?;
    // Every partition at once: operators below may wait for all of them.
    let parts: Vec<_> = parts.into_iter().map(SpawnedTask::spawn).collect();
    for part in parts {
        let part = part.await.map_err(|_| Refusal::Failed(FAILED))??;
        whole.join(part).map_err(|_| Refusal::Failed(FAILED))?;
    }
    Ok(whole)
}

/// What one partition has.
async fn part<G: Gathers>(
    mut part: G,
    mut stream: SendableRecordBatchStream,
) -> Result<G, Refusal> {
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(|error| failed(&error))?;
        part.take(&batch).map_err(|_| Refusal::Failed(FAILED))?;
    }
    Ok(part)
}
