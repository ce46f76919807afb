//! The reader factory: pages from the store, footers only from those already validated.
//!
//! `DataFusion` would fetch and decrypt the footer again for every partition, and would read a file in
//! clear without complaint; here neither can happen.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::common::{Result as DfResult, exec_datafusion_err};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::ParquetFileReaderFactory;
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::future::{BoxFuture, FutureExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::ParquetMetaData;

use super::open::OpenFile;

/// Readers of the validated files of one table.
pub(crate) struct SealedReaders {
    store: Arc<dyn ObjectStore>,
    files: HashMap<Path, OpenFile>,
    /// What reads them must leave rows out.
    restricted: bool,
}

/// Only its name: plans are printed, and what it holds opens files.
impl fmt::Debug for SealedReaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.restricted { RESTRICTED } else { WHOLE })
    }
}

/// What readers of whole tables are printed as.
pub(crate) const WHOLE: &str = "SealedReaders";
/// What readers of tables are printed as of which rows must be left out.
pub(crate) const RESTRICTED: &str = "RestrictedReaders";

impl SealedReaders {
    pub(crate) fn new(store: Arc<dyn ObjectStore>, files: &[OpenFile], restricted: bool) -> Self {
        let files = files
            .iter()
            .map(|file| (file.path.clone(), file.clone()))
            .collect();
        Self {
            store,
            files,
            restricted,
        }
    }
}

impl ParquetFileReaderFactory for SealedReaders {
    fn create_reader(
        &self,
        _partition_index: usize,
        file: PartitionedFile,
        _metadata_size_hint: Option<usize>,
        _metrics: &ExecutionPlanMetricsSet,
    ) -> DfResult<Box<dyn AsyncFileReader + Send>> {
        let location = &file.object_meta.location;
        let open = self.files.get(location).cloned();
        let file = open.ok_or_else(|| exec_datafusion_err!("a file that was not opened"))?;
        Ok(Box::new(SealedReader {
            store: Arc::clone(&self.store),
            file,
        }))
    }
}

struct SealedReader {
    store: Arc<dyn ObjectStore>,
    file: OpenFile,
}

fn failed(_: object_store::Error) -> ParquetError {
    ParquetError::General("the store does not answer".to_owned())
}

impl AsyncFileReader for SealedReader {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, ParquetResult<Bytes>> {
        async move {
            self.store
                .get_range(&self.file.path, range)
                .await
                .map_err(failed)
        }
        .boxed()
    }

    fn get_byte_ranges(
        &mut self,
        ranges: Vec<Range<u64>>,
    ) -> BoxFuture<'_, ParquetResult<Vec<Bytes>>> {
        async move {
            self.store
                .get_ranges(&self.file.path, &ranges)
                .await
                .map_err(failed)
        }
        .boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, ParquetResult<Arc<ParquetMetaData>>> {
        async move { Ok(Arc::clone(&self.file.metadata)) }.boxed()
    }
}
