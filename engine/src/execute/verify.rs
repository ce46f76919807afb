//! The second look: the physical plan holds only operators that were read, over sealed files or rows
//! that were released.

use std::sync::Arc;

use datafusion::common::{Result as DfResult, internal_err};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::{FileScanConfig, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::ExecutionPlan;

/// Operators that move rows about and do nothing else.
const KNOWN: &[&str] = &[
    "AggregateExec",
    "BoundedWindowAggExec",
    "CoalesceBatchesExec",
    "CoalescePartitionsExec",
    "CooperativeExec",
    "CrossJoinExec",
    "EmptyExec",
    "FilterExec",
    "GlobalLimitExec",
    "HashJoinExec",
    "InterleaveExec",
    "LocalLimitExec",
    "NestedLoopJoinExec",
    "PartialSortExec",
    "PlaceholderRowExec",
    "ProjectionExec",
    "RecursiveQueryExec",
    "RepartitionExec",
    "ScalarSubqueryExec",
    "SortExec",
    "SortExec(TopK)",
    "SortMergeJoinExec",
    "SortPreservingMergeExec",
    "SymmetricHashJoinExec",
    "UnionExec",
    "UnnestExec",
    "WindowAggExec",
    "WorkTableExec",
    "BufferExec",
    "PartitionedTopKExec",
];

/// Refuses a plan with an operator or source that is not known.
pub(super) fn physical(plan: &Arc<dyn ExecutionPlan>) -> DfResult<()> {
    if let Some(source) = plan.downcast_ref::<DataSourceExec>() {
        if !is_ours(source) {
            return internal_err!("a source that is neither sealed nor released");
        }
    } else if !KNOWN.contains(&plan.name()) {
        return internal_err!("an operator that was not read: {}", plan.name());
    }
    plan.children().into_iter().try_for_each(physical)
}

fn is_ours(source: &DataSourceExec) -> bool {
    let source = source.data_source();
    if source.downcast_ref::<MemorySourceConfig>().is_some() {
        return true;
    }
    let files = source.downcast_ref::<FileScanConfig>();
    let parquet = files.and_then(|files| files.file_source().downcast_ref::<ParquetSource>());
    parquet.is_some_and(|parquet| {
        let readers = parquet.parquet_file_reader_factory();
        readers.is_some_and(|readers| format!("{readers:?}").starts_with("SealedReaders"))
    })
}
