//! Parquet files, in clear or sealed by Parquet's own key tools under a master key of the party.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::encryption::decrypt::{FileDecryptionProperties, KeyRetriever};
use parquet::errors::{ParquetError, Result as ParquetResult};
use seal::KeyMaterial;

use crate::error::ConnectorError;
use crate::keys::KeyFolder;

/// Finds data keys through the material that a file carries.
struct FromMaterial(KeyFolder);

impl KeyRetriever for FromMaterial {
    fn retrieve_key(&self, key_metadata: &[u8]) -> ParquetResult<Vec<u8>> {
        let failed = |message: String| ParquetError::General(message);
        let material = KeyMaterial::from_bytes(key_metadata).map_err(|e| failed(e.to_string()))?;
        let id = &material.master_key_id;
        let master = self
            .0
            .existing_master(id)
            .map_err(|error| failed(error.to_string()))?;
        let master = master.ok_or_else(|| failed(format!("the party has no master key `{id}`")))?;
        let key = material
            .unwrap(&master)
            .map_err(|error| failed(error.to_string()))?;
        Ok(key.expose().to_vec())
    }
}

fn options(keys: &KeyFolder) -> Result<ArrowReaderOptions, ParquetError> {
    let retriever = Arc::new(FromMaterial(keys.clone()));
    let decryption = FileDecryptionProperties::with_key_retriever(retriever).build()?;
    Ok(ArrowReaderOptions::new().with_file_decryption_properties(decryption))
}

/// The schema that all files share.
pub(super) fn schema(files: &[PathBuf], keys: &KeyFolder) -> Result<SchemaRef, ConnectorError> {
    let mut shared: Option<SchemaRef> = None;
    for path in files {
        let wrong = |error: ParquetError| ConnectorError::source(path, error);
        let file = File::open(path).map_err(|error| ConnectorError::source(path, error))?;
        let found =
            ArrowReaderMetadata::load(&file, options(keys).map_err(wrong)?).map_err(wrong)?;
        let types = |schema: &SchemaRef| -> Vec<_> {
            schema
                .fields()
                .iter()
                .map(|f| (f.name().clone(), f.data_type().clone()))
                .collect()
        };
        match &shared {
            None => shared = Some(Arc::clone(found.schema())),
            Some(first) if types(first) == types(found.schema()) => {}
            Some(_) => {
                let message = "has other columns or types than the first file of its folder";
                return Err(ConnectorError::source(path, message));
            }
        }
    }
    shared.ok_or_else(|| ConnectorError::source(Path::new("."), "no files"))
}

/// Reads a file, batch by batch.
pub(super) fn read(
    path: &Path,
    keys: &KeyFolder,
    each: &mut dyn FnMut(RecordBatch) -> Result<(), ConnectorError>,
) -> Result<(), ConnectorError> {
    let wrong = |error: ParquetError| ConnectorError::source(path, error);
    let file = File::open(path).map_err(|error| ConnectorError::source(path, error))?;
    let options = options(keys).map_err(wrong)?;
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options)
        .and_then(|builder| builder.with_batch_size(16_384).build())
        .map_err(wrong)?;
    for batch in reader {
        each(batch.map_err(|error| ConnectorError::source(path, error))?)?;
    }
    Ok(())
}
