//! The rows of a plan on their way into a release, partition by partition.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use datafusion::common::runtime::SpawnedTask;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::MemoryReservation;
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
    /// Bytes held, estimated.
    fn held(&self) -> usize;
}

impl Gathers for Release {
    fn take(&mut self, batch: &RecordBatch) -> release::Result<()> {
        self.update(batch)
    }

    fn join(&mut self, other: Self) -> release::Result<()> {
        self.merge(other)
    }

    fn held(&self) -> usize {
        self.size()
    }
}

impl Gathers for PrivateRelease {
    fn take(&mut self, batch: &RecordBatch) -> release::Result<()> {
        self.update(batch)
    }

    fn join(&mut self, other: Self) -> release::Result<()> {
        self.merge(other)
    }

    fn held(&self) -> usize {
        self.size()
    }
}

/// All rows of a plan in what takes them in, and the memory that this has of the question's.
pub(crate) async fn gather<G: Gathers>(
    input: LogicalPlan,
    runner: &impl Runner,
    new: impl Fn(&Schema) -> Result<G, Refusal>,
) -> Result<(G, MemoryReservation), Refusal> {
    let bound = Arc::new(input.schema().as_arrow().clone());
    let streams = runner.run(input).await?;
    // What runs may know a type better than what was bound, as that of `round` with a literal.
    let schema = streams.first().map_or(bound, |stream| stream.schema());
    let mut whole = new(&schema)?;
    let parts = streams
        .into_iter()
        .map(|stream| Ok(part(new(&stream.schema())?, stream, runner.room())))
        .collect::<Result<Vec<_>, Refusal>>()?;
    // Every partition at once: operators below may wait for all of them.
    let parts: Vec<_> = parts.into_iter().map(SpawnedTask::spawn).collect();
    let room = runner.room();
    for part in parts {
        let (part, theirs) = part.await.map_err(|_| Refusal::Failed(FAILED))??;
        whole.join(part).map_err(|_| Refusal::Failed(FAILED))?;
        drop(theirs);
        hold(&room, &whole)?;
    }
    Ok((whole, room))
}

fn hold(room: &MemoryReservation, what: &impl Gathers) -> Result<(), Refusal> {
    room.try_resize(what.held()).map_err(|error| failed(&error))
}

/// What one partition has.
async fn part<G: Gathers>(
    mut part: G,
    mut stream: SendableRecordBatchStream,
    room: MemoryReservation,
) -> Result<(G, MemoryReservation), Refusal> {
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(|error| failed(&error))?;
        part.take(&batch).map_err(|_| Refusal::Failed(FAILED))?;
        hold(&room, &part)?;
    }
    Ok((part, room))
}
