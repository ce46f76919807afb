//! A sealed table as its owner and auditors look at it: manifests verified, files hashed whole, and,
//! with the owner's own keys, the data back without any engine.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::encryption::decrypt::FileDecryptionProperties;
use parquet::errors::ParquetError;
use policy::ident::TableRef;
use seal::{FileEntry, Manifest, SignedManifest, aad_prefix, digest_hex};

use crate::error::ConnectorError;
use crate::keys::KeyFolder;
use crate::store::{Store, version_folder};

/// The manifest of a version, if it is the one its owner signed and calls current.
///
/// # Errors
/// When it is missing, changed, or not the expected one.
pub async fn read_manifest(
    store: &Store,
    owner: &[u8; 32],
    table: &TableRef,
    version: u64,
    digest: &str,
) -> Result<(SignedManifest, Manifest), ConnectorError> {
    let folder = version_folder(table.party.as_str(), table.table.as_str(), version);
    let path = format!("{folder}/manifest.json");
    let wrong = |reason: &str| ConnectorError::tampered(path.clone(), reason);
    let bytes = store
        .get(&path)
        .await?
        .ok_or_else(|| wrong("the manifest is missing"))?;
    let signed =
        SignedManifest::from_bytes(&bytes).map_err(|_| wrong("the manifest is malformed"))?;
    let canonical = signed
        .to_bytes()
        .map_err(|_| wrong("the manifest is malformed"))?;
    if canonical != bytes {
        return Err(wrong("the manifest is malformed"));
    }
    let manifest = signed
        .verify(owner)
        .map_err(|_| wrong("its owner did not sign the manifest"))?;
    if signed.digest() != digest {
        return Err(wrong("is not the version that its owner calls current"));
    }
    let about = (
        manifest.party.as_str(),
        manifest.table.as_str(),
        manifest.version,
    );
    if about != (table.party.as_str(), table.table.as_str(), version) {
        return Err(wrong("is about another table or version"));
    }
    Ok((signed, manifest))
}

/// Hashes every file of a version whole.
///
/// # Errors
/// Names the first file that is missing or differs.
pub async fn verify_files(store: &Store, manifest: &Manifest) -> Result<(), ConnectorError> {
    for file in &manifest.files {
        checked_file(store, manifest, file).await?;
    }
    Ok(())
}

/// The bytes of a file, if they are those that were sealed.
async fn checked_file(
    store: &Store,
    manifest: &Manifest,
    file: &FileEntry,
) -> Result<Bytes, ConnectorError> {
    let folder = version_folder(&manifest.party, &manifest.table, manifest.version);
    let path = format!("{folder}/{}", file.path);
    let wrong = |reason: &str| ConnectorError::tampered(path.clone(), reason);
    let bytes = store
        .get(&path)
        .await?
        .ok_or_else(|| wrong("the file is missing"))?;
    if bytes.starts_with(b"PAR1") {
        return Err(wrong("is a Parquet file in clear, not the sealed one"));
    }
    if bytes.len() as u64 != file.size {
        return Err(wrong("has another size than the manifest says"));
    }
    if digest_hex(&bytes) != file.sha256 {
        return Err(wrong("differs from its digest in the manifest"));
    }
    Ok(bytes)
}

/// Opens a table with its owner's keys, batch by batch, hidden columns included.
///
/// # Errors
/// When a file differs from the manifest, or a key is missing.
pub async fn open_table(
    store: &Store,
    manifest: &Manifest,
    keys: &KeyFolder,
    each: &mut (dyn FnMut(RecordBatch) -> Result<(), ConnectorError> + Send),
) -> Result<(), ConnectorError> {
    let visible: Vec<_> = manifest.files.iter().filter(|file| !file.hidden).collect();
    for file in visible {
        let bytes = checked_file(store, manifest, file).await?;
        let shown = batches(manifest, file, bytes, keys)?;
        let hidden_path = file.path.replace(".parquet", ".hidden.parquet");
        let hidden = match manifest
            .files
            .iter()
            .find(|other| other.path == hidden_path)
        {
            Some(other) => {
                let bytes = checked_file(store, manifest, other).await?;
                Some(batches(manifest, other, bytes, keys)?)
            }
            None => None,
        };
        match hidden {
            None => shown.into_iter().try_for_each(&mut *each)?,
            Some(hidden) => {
                for (left, right) in shown.into_iter().zip(hidden) {
                    each(beside(&left, &right, file)?)?;
                }
            }
        }
    }
    Ok(())
}

fn beside(
    left: &RecordBatch,
    right: &RecordBatch,
    file: &FileEntry,
) -> Result<RecordBatch, ConnectorError> {
    let fields = left
        .schema()
        .fields()
        .iter()
        .chain(right.schema().fields())
        .map(Arc::clone)
        .collect::<Vec<_>>();
    let columns = left
        .columns()
        .iter()
        .chain(right.columns())
        .map(Arc::clone)
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
        .map_err(|error| ConnectorError::tampered(file.path.clone(), error.to_string()))
}

fn batches(
    manifest: &Manifest,
    file: &FileEntry,
    bytes: Bytes,
    keys: &KeyFolder,
) -> Result<Vec<RecordBatch>, ConnectorError> {
    let wrong = |_: ParquetError| ConnectorError::tampered(file.path.clone(), "does not open");
    let options = ArrowReaderOptions::new()
        .with_file_decryption_properties(decryption(manifest, file, keys)?);
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(bytes, options)
        .and_then(|builder| builder.with_batch_size(16_384).build())
        .map_err(wrong)?;
    reader
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| ConnectorError::tampered(file.path.clone(), "does not open"))
}

fn decryption(
    manifest: &Manifest,
    file: &FileEntry,
    keys: &KeyFolder,
) -> Result<Arc<FileDecryptionProperties>, ConnectorError> {
    let wrong = |reason: &str| ConnectorError::tampered(file.path.clone(), reason);
    let id = &file.footer_key.master_key_id;
    let master = keys
        .existing_master(id)?
        .ok_or_else(|| wrong("its master key is not here"))?;
    let unwrap = |material: &seal::KeyMaterial| {
        material
            .unwrap(&master)
            .map_err(|_| wrong("was sealed under another master key"))
    };
    let prefix = aad_prefix(
        &manifest.contract,
        &manifest.party,
        &manifest.table,
        manifest.version,
        &file.path,
    );
    let mut builder =
        FileDecryptionProperties::builder(unwrap(&file.footer_key)?.expose().to_vec())
            .with_aad_prefix(prefix);
    for (column, material) in &file.column_keys {
        builder = builder.with_column_key(column, unwrap(material)?.expose().to_vec());
    }
    builder.build().map_err(|_| wrong("its keys do not fit"))
}
