//! From an admitted question to released rows: execute below each release, release, execute above.

use std::collections::BTreeMap;
use std::sync::Arc;

use admit::{Admitted, LIST, ReleasePlan, release_name};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::{cast, concat_batches};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{Result as DfResult, TableReference};
use datafusion::datasource::provider_as_source;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::logical_expr::{LogicalPlan, TableScan};
use futures::TryStreamExt;
use policy::ident::{PartyId, TableName, TableRef};
use release::{Release, Released};

use crate::execute::failed;
use crate::gather::gather;
use crate::private;
use crate::refusal::Refusal;

/// Where the rows of a scan come from.
pub(crate) trait Tables {
    /// The provider of a sealed table.
    fn provider(&self, table: &TableRef) -> Option<Arc<dyn TableProvider>>;
}

/// Runs a logical plan, one stream a partition. What it yields may still be anybody's rows.
pub(crate) trait Runner {
    /// Plans, verifies and starts the plan.
    fn run(
        &self,
        plan: LogicalPlan,
    ) -> impl Future<Output = Result<Vec<SendableRecordBatchStream>, Refusal>> + Send;

    /// None yet of the memory that the question may have, for what its releases hold.
    fn room(&self) -> MemoryReservation;
}

/// Finishes releases that owe more than support: one at a time, with all earlier outcomes in sight.
pub(crate) trait Memory {
    /// Finishes a release; what is to be remembered is on disk when this returns.
    fn finish(&self, release: Release) -> impl Future<Output = Result<Released, Refusal>> + Send;

    /// What the releases of this question told before, where that stands for ever.
    fn told(&self) -> Option<Vec<RecordBatch>> {
        None
    }

    /// Keeps what releases told that must not be computed again; it is on disk when this returns. What nobody keeps may not
    /// leave.
    fn tell(&self, _releases: &[RecordBatch]) -> impl Future<Output = Result<(), Refusal>> + Send {
        std::future::ready(Err(Refusal::Failed(FAILED)))
    }
}

/// The one sentence for whatever goes wrong while data is read.
pub(crate) const FAILED: &str =
    "the question failed while it ran; what went wrong stays with the owners of the data";

/// Runs an admitted question to the rows that may leave.
pub(crate) async fn answer(
    admitted: Admitted,
    tables: &(impl Tables + Sync),
    runner: &(impl Runner + Sync),
    memory: &(impl Memory + Sync),
) -> Result<(SchemaRef, Vec<RecordBatch>), Refusal> {
    match admitted {
        Admitted::Plain { plan, .. } => {
            let plan = with_sealed_tables(plan, tables).map_err(|error| failed(&error))?;
            collect(plan, runner).await
        }
        Admitted::Released {
            releases,
            list,
            above,
            ..
        } => {
            let batches = match memory.told() {
                Some(told) if told.len() == releases.len() => told,
                Some(_) => return Err(Refusal::Failed(FAILED)),
                None => run_releases(releases, tables, runner, memory).await?,
            };
            let batches = batches.into_iter().enumerate();
            let mut released: BTreeMap<String, RecordBatch> = batches
                .map(|(index, batch)| (release_name(index), batch))
                .collect();
            if let Some(list) = list {
                let rows = read(list.plan, &released, tables, runner).await?.1;
                released.insert(LIST.to_owned(), at_most(list.most, rows)?);
            }
            read(above, &released, tables, runner).await
        }
    }
}

/// Runs a plan over what was released, and over public tables.
async fn read(
    plan: LogicalPlan,
    released: &BTreeMap<String, RecordBatch>,
    tables: &impl Tables,
    runner: &impl Runner,
) -> Result<(SchemaRef, Vec<RecordBatch>), Refusal> {
    let plan = with_released_rows(plan, released).map_err(|error| failed(&error))?;
    let plan = with_sealed_tables(plan, tables).map_err(|error| failed(&error))?;
    collect(plan, runner).await
}

/// The rows of a list, or none where there are too many: a text that finds so many is not what its owners agreed to.
fn at_most(most: usize, mut rows: Vec<RecordBatch>) -> Result<RecordBatch, Refusal> {
    let whole = rows.pop().filter(|_| rows.is_empty());
    let whole = whole.ok_or(Refusal::Failed(FAILED))?;
    let told = if whole.num_rows() > most {
        0
    } else {
        whole.num_rows()
    };
    Ok(whole.slice(0, told))
}

/// The rows that releases let through; those under differential privacy are kept before anything is made of them.
async fn run_releases(
    releases: Vec<ReleasePlan>,
    tables: &impl Tables,
    runner: &impl Runner,
    memory: &impl Memory,
) -> Result<Vec<RecordBatch>, Refusal> {
    let private = releases.iter().any(|release| release.private.is_some());
    let mut batches = Vec::new();
    for release in releases {
        batches.push(run_release(release, tables, runner, memory).await?);
    }
    if private {
        memory.tell(&batches).await?;
    }
    Ok(batches)
}

async fn run_release(
    plan: ReleasePlan,
    tables: &impl Tables,
    runner: &impl Runner,
    memory: &impl Memory,
) -> Result<RecordBatch, Refusal> {
    let input = with_sealed_tables(plan.input, tables).map_err(|error| failed(&error))?;
    if let Some(private) = plan.private {
        let listed = match &private.listed {
            None => None,
            Some(groups) => {
                let groups = with_sealed_tables(groups.clone(), tables);
                Some(collect(groups.map_err(|error| failed(&error))?, runner).await?)
            }
        };
        return private::release((input, listed), (plan.spec, &private), runner).await;
    }
    let new = |schema: &Schema| {
        let release = Release::owing(plan.spec.clone(), schema, plan.duties.clone());
        release.map_err(|_| Refusal::Failed(FAILED))
    };
    let (whole, _room) = gather(input, runner, new).await?;
    let released = if plan.duties.any() {
        memory.finish(whole).await?
    } else {
        whole.finish().map_err(|_| Refusal::Failed(FAILED))?
    };
    Ok(released.into_batch())
}

async fn collect(
    plan: LogicalPlan,
    runner: &impl Runner,
) -> Result<(SchemaRef, Vec<RecordBatch>), Refusal> {
    let schema = Arc::new(plan.schema().as_arrow().clone());
    let mut batches = Vec::new();
    let streams = runner.run(plan).await?.into_iter();
    let parts = streams.map(|stream| SpawnedTask::spawn(stream.try_collect::<Vec<_>>()));
    for part in parts.collect::<Vec<_>>() {
        let part = part.await.map_err(|_| Refusal::Failed(FAILED))?;
        batches.extend(part.map_err(|error| failed(&error))?);
    }
    let schema = batches.first().map_or(schema, RecordBatch::schema);
    let whole = concat_batches(&schema, &batches).map_err(|_| Refusal::Failed(FAILED))?;
    Ok((schema, vec![whole]))
}

/// The scan's table, if it names one of a party.
fn table_of(name: &TableReference) -> Option<TableRef> {
    Some(TableRef {
        party: PartyId::new(name.schema()?).ok()?,
        table: TableName::new(name.table()).ok()?,
    })
}

/// Bound scans replaced by sealed tables.
fn with_sealed_tables(plan: LogicalPlan, tables: &impl Tables) -> DfResult<LogicalPlan> {
    replace_scans(plan, |scan| {
        table_of(&scan.table_name).and_then(|t| tables.provider(&t))
    })
}

/// Placeholders replaced by the rows that their releases let through.
fn with_released_rows(
    plan: LogicalPlan,
    released: &BTreeMap<String, RecordBatch>,
) -> DfResult<LogicalPlan> {
    replace_scans(plan, |scan| {
        let batch = released.get(scan.table_name.table())?;
        let rows = cast_to(batch, &scan.source.schema())?;
        let table = MemTable::try_new(rows.schema(), vec![vec![rows]]).ok()?;
        Some(Arc::new(table) as Arc<dyn TableProvider>)
    })
}

/// The released rows in the types that the plan above was bound to.
fn cast_to(batch: &RecordBatch, schema: &SchemaRef) -> Option<RecordBatch> {
    let columns = batch
        .columns()
        .iter()
        .zip(schema.fields())
        .map(|(column, field)| cast(column, field.data_type()).ok())
        .collect::<Option<Vec<_>>>()?;
    RecordBatch::try_new(Arc::clone(schema), columns).ok()
}

fn replace_scans(
    plan: LogicalPlan,
    find: impl Fn(&TableScan) -> Option<Arc<dyn TableProvider>>,
) -> DfResult<LogicalPlan> {
    let replaced = plan.transform_up_with_subqueries(|node| match node {
        LogicalPlan::TableScan(mut scan) => match find(&scan) {
            Some(provider) => {
                scan.source = provider_as_source(provider);
                Ok(Transformed::yes(LogicalPlan::TableScan(scan)))
            }
            None => Ok(Transformed::no(LogicalPlan::TableScan(scan))),
        },
        other => Ok(Transformed::no(other)),
    })?;
    Ok(replaced.data)
}
