//! The table provider over validated files. Its statistics are unknown: they would answer for data.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::DateTime;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result as DfResult;
use datafusion::config::TableParquetOptions;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use object_store::{ObjectMeta, ObjectStore};
use seal::Manifest;

use super::open::OpenFile;
use super::reader::SealedReaders;
use crate::refusal::Refusal;

/// The columns of a sealed table that exist for questions, in the types that they are read as.
pub(crate) fn visible_schema(manifest: &Manifest) -> Option<SchemaRef> {
    let visible = manifest.columns.iter().filter(|column| !column.hidden);
    let fields = visible.map(|column| {
        let sealed: DataType = column.kind.parse().ok()?;
        let read = if sealed == DataType::Utf8 {
            DataType::Utf8View
        } else {
            sealed
        };
        Some(Field::new(&column.name, read, true))
    });
    Some(Arc::new(Schema::new(fields.collect::<Option<Vec<_>>>()?)))
}

/// A sealed table whose files were opened.
pub(crate) struct SealedTable {
    schema: SchemaRef,
    files: Vec<OpenFile>,
    store: Arc<dyn ObjectStore>,
    url: ObjectStoreUrl,
}

/// Only its columns.
impl fmt::Debug for SealedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SealedTable").field(&self.schema).finish()
    }
}

impl SealedTable {
    /// Whether the store still holds every file as it was opened.
    ///
    /// # Errors
    /// Names the first file that differs.
    pub(crate) async fn recheck(&self) -> Result<(), Refusal> {
        for file in &self.files {
            file.recheck(self.store.as_ref()).await?;
        }
        Ok(())
    }

    pub(crate) fn new(
        schema: SchemaRef,
        files: Vec<OpenFile>,
        store: Arc<dyn ObjectStore>,
        url: ObjectStoreUrl,
    ) -> Self {
        Self {
            schema,
            files,
            store,
            url,
        }
    }

    /// Reads columns of the files, which are those of a schema, or fewer.
    ///
    /// # Errors
    /// When a column is not of the schema.
    pub(super) fn files_scan(
        &self,
        state: &dyn Session,
        schema: SchemaRef,
        columns: Option<Vec<usize>>,
        limit: Option<usize>,
        restricted: bool,
    ) -> DfResult<Arc<dyn ExecutionPlan>> {
        let readers = SealedReaders::new(Arc::clone(&self.store), &self.files, restricted);
        let mut options = TableParquetOptions::default();
        options
            .global
            .clone_from(&state.config_options().execution.parquet);
        options.global.bloom_filter_on_read = false;
        let source = ParquetSource::new(schema)
            .with_table_parquet_options(options)
            .with_parquet_file_reader_factory(Arc::new(readers));
        let mut builder = FileScanConfigBuilder::new(self.url.clone(), Arc::new(source))
            .with_projection_indices(columns)?
            .with_limit(limit);
        for file in self.groups() {
            builder = builder.with_file(file);
        }
        Ok(DataSourceExec::from_data_source(builder.build()))
    }

    fn groups(&self) -> Vec<PartitionedFile> {
        let listed = self.files.iter().map(|file| {
            PartitionedFile::from(ObjectMeta {
                location: file.path.clone(),
                last_modified: DateTime::UNIX_EPOCH,
                size: file.size,
                e_tag: None,
                version: None,
            })
        });
        listed.collect()
    }
}

#[async_trait]
impl TableProvider for SealedTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> DfResult<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> DfResult<Arc<dyn ExecutionPlan>> {
        let schema = Arc::clone(&self.schema);
        self.files_scan(state, schema, projection.cloned(), limit, false)
    }
}
