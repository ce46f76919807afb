//! Parquet files, in clear or sealed by Parquet's own key tools under a master key of the party.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::encryption::decrypt::FileDecryptionProperties;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use super::material::FromMaterial;
use crate::error::ConnectorError;
use crate::keys::KeyFolder;

fn wrong(path: &Path, error: &ParquetError) -> ConnectorError {
    let said = error.to_string();
    let said = ["Parquet error: ", "External: ", "Arrow: "]
        .iter()
        .fold(said.as_str(), |said, prefix| {
            said.strip_prefix(prefix).unwrap_or(said)
        });
    ConnectorError::source(path, said)
}

fn options(path: &Path, keys: &KeyFolder) -> Result<ArrowReaderOptions, ParquetError> {
    let retriever = Arc::new(FromMaterial::new(path, keys));
    let decryption = FileDecryptionProperties::with_key_retriever(retriever).build()?;
    Ok(ArrowReaderOptions::new().with_file_decryption_properties(decryption))
}

/// The schema that all files share, and how many rows they have.
pub(super) fn schema(
    files: &[PathBuf],
    keys: &KeyFolder,
) -> Result<(SchemaRef, u64), ConnectorError> {
    let mut shared: Option<(SchemaRef, &Path)> = None;
    let mut rows = 0_u64;
    for path in files {
        let found = load(path, keys)?;
        let more = found.metadata().file_metadata().num_rows();
        rows = rows.saturating_add(u64::try_from(more).unwrap_or(0));
        match &shared {
            None => shared = Some((Arc::clone(found.schema()), path)),
            Some((first, name)) => {
                if let Some(difference) = difference(first, found.schema()) {
                    let name = name.file_name().unwrap_or_default().to_string_lossy();
                    let message = format!("{difference} in {name}; a table has one schema");
                    return Err(ConnectorError::source(path, message));
                }
            }
        }
    }
    let empty = || ConnectorError::source(Path::new("."), "no files");
    shared.map(|(schema, _)| (schema, rows)).ok_or_else(empty)
}

fn load(path: &Path, keys: &KeyFolder) -> Result<ArrowReaderMetadata, ConnectorError> {
    let mut file = File::open(path).map_err(|error| ConnectorError::source(path, error))?;
    if is_clear(&mut file).map_err(|error| ConnectorError::source(path, error))? {
        refuse_partly_sealed(path, &file)?;
    }
    let options = options(path, keys).map_err(|error| wrong(path, &error))?;
    ArrowReaderMetadata::load(&file, options).map_err(|error| wrong(path, &error))
}

/// Whether the footer is in clear.
fn is_clear(file: &mut File) -> std::io::Result<bool> {
    let mut magic = [0_u8; 4];
    let known = file.seek(SeekFrom::End(-4)).is_ok() && file.read_exact(&mut magic).is_ok();
    file.rewind()?;
    Ok(known && magic == *b"PAR1")
}

/// A footer in clear over encrypted columns shows names, sizes and counts, and its signature is
/// checked in a way that helps a forger.
fn refuse_partly_sealed(path: &Path, file: &File) -> Result<(), ConnectorError> {
    let metadata = ParquetMetaDataReader::new()
        .parse_and_finish(file)
        .map_err(|error| wrong(path, &error))?;
    if !has_crypto(&metadata) {
        return Ok(());
    }
    let message = "has encrypted columns but its footer in clear; write it with an encrypted footer (pyarrow: `plaintext_footer=False`)";
    Err(ConnectorError::source(path, message))
}

fn has_crypto(metadata: &ParquetMetaData) -> bool {
    let mut columns = metadata
        .row_groups()
        .iter()
        .flat_map(parquet::file::metadata::RowGroupMetaData::columns);
    columns.any(|column| column.crypto_metadata().is_some())
}

/// The first difference of two schemas: columns are compared by name and type, in order.
fn difference(first: &SchemaRef, other: &SchemaRef) -> Option<String> {
    let list = |schema: &SchemaRef| -> Vec<(String, DataType)> {
        let fields = schema.fields().iter();
        fields
            .map(|f| (f.name().clone(), f.data_type().clone()))
            .collect()
    };
    let (first, other) = (list(first), list(other));
    if first.len() != other.len() {
        return Some(format!(
            "has {}, but there are {}",
            crate::words::count(other.len() as u64, "column"),
            first.len()
        ));
    }
    let different = first.iter().zip(&other).find(|(a, b)| a != b);
    different.map(|((name, kind), (found, has))| {
        if name == found {
            format!("column `{name}` has type {has}, but it has {kind}")
        } else {
            format!("has column `{found}` where there is `{name}`")
        }
    })
}

/// Reads a file, batch by batch.
pub(super) fn read(
    path: &Path,
    keys: &KeyFolder,
    each: &mut dyn FnMut(RecordBatch) -> Result<(), ConnectorError>,
) -> Result<(), ConnectorError> {
    let metadata = load(path, keys)?;
    let file = File::open(path).map_err(|error| ConnectorError::source(path, error))?;
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
        .with_batch_size(16_384)
        .build()
        .map_err(|error| wrong(path, &error))?;
    for batch in reader {
        each(batch.map_err(|error| wrong(path, &ParquetError::from(error)))?)?;
    }
    Ok(())
}
