//! The second look: the physical plan holds only operators that were read, over sealed files or rows
//! that were released.

use std::sync::Arc;

use datafusion::common::{Result as DfResult, internal_err};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::{FileScanConfig, FileSource, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::ExecutionPlan;

use super::unordered;
use crate::scan::{RESTRICTED, RestrictedScan, WHOLE};

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
        if !is_released(source) && !is_sealed(source, WHOLE) {
            return internal_err!("a source that is neither sealed nor released");
        }
    } else if let Some(scan) = plan.downcast_ref::<RestrictedScan>() {
        let source = scan.input().downcast_ref::<DataSourceExec>();
        if !source.is_some_and(|source| is_sealed(source, RESTRICTED)) {
            return internal_err!("a restricted scan of another source");
        }
    } else if !KNOWN.contains(&plan.name()) && plan.name() != unordered::NAME {
        return internal_err!("an operator that was not read: {}", plan.name());
    }
    plan.children().into_iter().try_for_each(physical)
}

/// Whether it holds rows that were released.
fn is_released(source: &DataSourceExec) -> bool {
    let source = source.data_source();
    source.downcast_ref::<MemorySourceConfig>().is_some()
}

/// Whether it reads sealed files, and leaves no predicate, limit or order to their reader if rows must be left out.
fn is_sealed(source: &DataSourceExec, readers: &str) -> bool {
    let files = source.data_source().downcast_ref::<FileScanConfig>();
    let parquet = files.and_then(|files| files.file_source().downcast_ref::<ParquetSource>());
    parquet.is_some_and(|parquet| {
        let factory = parquet.parquet_file_reader_factory();
        let free = readers == WHOLE || (parquet.filter().is_none() && source.fetch().is_none());
        free && factory.is_some_and(|factory| format!("{factory:?}") == readers)
    })
}
