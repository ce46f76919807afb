//! A sealed table of which a question may use some rows only: `[[rows.only]]`.
//!
//! Its owner computed, when it sealed, for every row whether a restriction keeps it. The scan reads these truth values
//! and leaves the other rows out before anything else sees a batch. It is a leaf: the files are read inside of it, so
//! that no rule of the optimizer finds a place below, and no predicate, limit, projection, statistic or pruning of the
//! analyst's reaches a row that is left out.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::{and, filter_record_batch};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result as DfResult, exec_datafusion_err, internal_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, Partitioning,
    PlanProperties,
};
use futures::StreamExt;

use super::table::SealedTable;

/// A sealed table without the rows that its restrictions leave out.
#[derive(Debug)]
pub(crate) struct RestrictedTable {
    table: Arc<SealedTable>,
    /// Columns of truth values, all of which must hold.
    restrictions: Vec<String>,
}

impl RestrictedTable {
    /// The rows of a table for which all of these sealed columns are true.
    pub(crate) fn new(table: Arc<SealedTable>, restrictions: Vec<String>) -> Self {
        Self {
            table,
            restrictions,
        }
    }
}

#[async_trait]
impl TableProvider for RestrictedTable {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// Neither filters nor limit go further down: they would be about rows that are left out.
    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> DfResult<Arc<dyn ExecutionPlan>> {
        let visible = self.schema();
        let wanted: Vec<usize> = match projection {
            Some(columns) => columns.clone(),
            None => (0..visible.fields().len()).collect(),
        };
        let truths = self.restrictions.iter();
        let truths = truths.map(|name| Arc::new(Field::new(name, DataType::Boolean, true)));
        let sealed = visible.fields().iter().map(Arc::clone).chain(truths);
        let sealed: SchemaRef = Arc::new(Schema::new(sealed.collect::<Vec<_>>()));
        let truths = visible.fields().len()..sealed.fields().len();
        let read = wanted.iter().copied().chain(truths).collect();
        let input = self
            .table
            .files_scan(state, sealed, Some(read), None, true)?;
        let shown = Arc::new(visible.project(&wanted)?);
        Ok(Arc::new(RestrictedScan::new(input, shown)))
    }
}

/// Reads files, of which the last columns say which rows are kept; shows the others.
pub(crate) struct RestrictedScan {
    input: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl RestrictedScan {
    fn new(input: Arc<dyn ExecutionPlan>, shown: SchemaRef) -> Self {
        let partitions = input.output_partitioning().partition_count();
        let properties = PlanProperties::new(
            EquivalenceProperties::new(shown),
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Self {
            input,
            properties: Arc::new(properties),
        }
    }

    /// What reads the files.
    pub(crate) fn input(&self) -> &Arc<dyn ExecutionPlan> {
        &self.input
    }
}

/// Only its name: what it restricts is nobody's to see.
impl fmt::Debug for RestrictedScan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RestrictedScan")
    }
}

impl DisplayAs for RestrictedScan {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RestrictedScan")
    }
}

impl ExecutionPlan for RestrictedScan {
    fn name(&self) -> &'static str {
        "RestrictedScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    /// None: nothing comes between the files and what leaves rows out.
    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> DfResult<Arc<dyn ExecutionPlan>> {
        if children.is_empty() {
            Ok(self)
        } else {
            internal_err!("a restricted scan has nothing below")
        }
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> DfResult<TreeNodeRecursion>,
    ) -> DfResult<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn reset_state(self: Arc<Self>) -> DfResult<Arc<dyn ExecutionPlan>> {
        let input = Arc::clone(&self.input).reset_state()?;
        Ok(Arc::new(Self::new(input, self.schema())))
    }

    fn repartitioned(
        &self,
        target_partitions: usize,
        config: &ConfigOptions,
    ) -> DfResult<Option<Arc<dyn ExecutionPlan>>> {
        let input = self.input.repartitioned(target_partitions, config)?;
        let whole = |input| Arc::new(Self::new(input, self.schema())) as Arc<dyn ExecutionPlan>;
        Ok(input.map(whole))
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> DfResult<SendableRecordBatchStream> {
        let shown = self.schema().fields().len();
        let read = self.input.execute(partition, context)?;
        let kept = read.map(move |batch| kept(&batch?, shown));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), kept)))
    }
}

/// The rows of a batch for which every column behind those shown is true. What is unknown is not true.
fn kept(batch: &RecordBatch, shown: usize) -> DfResult<RecordBatch> {
    let mut keep: Option<BooleanArray> = None;
    for truths in batch.columns().iter().skip(shown) {
        let truths = truths.as_boolean_opt();
        let truths = truths.ok_or_else(|| exec_datafusion_err!("a restriction is no truth"))?;
        keep = Some(match keep {
            None => truths.clone(),
            Some(before) => and(&before, truths)?,
        });
    }
    let keep = keep.ok_or_else(|| exec_datafusion_err!("nothing restricts a restricted scan"))?;
    let columns: Vec<usize> = (0..shown).collect();
    Ok(filter_record_batch(&batch.project(&columns)?, &keep)?)
}
