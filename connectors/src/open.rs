//! A sealed table as its owner and auditors look at it: manifests verified, files hashed whole, and,
//! with the owner's own keys, the data back without any engine.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::encryption::decrypt::FileDecryptionProperties;
use parquet::errors::ParquetError;
use policy::ident::TableRef;
use seal::{ColumnEntry, FileEntry, Manifest, SignedManifest, aad_prefix, digest_hex};

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
    let path = manifest_path(table, version);
    let wrong = |reason: &str| ConnectorError::tampered(path.clone(), reason);
    let bytes = store
        .get(&path)
        .await?
        .ok_or_else(|| wrong("the manifest is missing"))?;
    let (signed, manifest) = believed(&bytes, owner, table, version)?;
    if signed.digest() != digest {
        return Err(wrong("is not the version that its owner calls current"));
    }
    Ok((signed, manifest))
}

/// The manifest of a version, or of the newest that the store has; its owner signed it.
///
/// Only the owner's own notes, or the ledger, say whether a store hides a newer one.
///
/// # Errors
/// When there is none, or it is not one that the owner signed.
pub async fn newest_manifest(
    store: &Store,
    owner: &[u8; 32],
    table: &TableRef,
    version: Option<u64>,
) -> Result<(SignedManifest, Manifest), ConnectorError> {
    let candidates = match version {
        Some(version) => vec![version],
        None => {
            store
                .versions(table.party.as_str(), table.table.as_str())
                .await?
        }
    };
    for version in candidates.into_iter().rev() {
        if let Some(bytes) = store.get(&manifest_path(table, version)).await? {
            return believed(&bytes, owner, table, version);
        }
    }
    let version = version.map_or_else(String::new, |version| format!(" version {version}"));
    let message = format!("it has no sealed {table}{version}");
    Err(ConnectorError::store(&store.name, message))
}

fn manifest_path(table: &TableRef, version: u64) -> String {
    let folder = version_folder(table.party.as_str(), table.table.as_str(), version);
    format!("{folder}/manifest.json")
}

fn believed(
    bytes: &[u8],
    owner: &[u8; 32],
    table: &TableRef,
    version: u64,
) -> Result<(SignedManifest, Manifest), ConnectorError> {
    let wrong = |reason: &str| ConnectorError::tampered(manifest_path(table, version), reason);
    let signed =
        SignedManifest::from_bytes(bytes).map_err(|_| wrong("the manifest is malformed"))?;
    let canonical = signed
        .to_bytes()
        .map_err(|_| wrong("the manifest is malformed"))?;
    if canonical != bytes {
        return Err(wrong("the manifest is malformed"));
    }
    let manifest = signed
        .verify(owner)
        .map_err(|_| wrong("its owner did not sign the manifest"))?;
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

/// The columns of a table as it opens, in the order of its source.
///
/// # Errors
/// When the manifest names a type that there is not.
pub fn opened_schema(manifest: &Manifest) -> Result<SchemaRef, ConnectorError> {
    let field = |column: &ColumnEntry| {
        let wrong = || format!("column `{}` has an unknown type", column.name);
        let data_type: DataType = column
            .kind
            .parse()
            .map_err(|_| ConnectorError::tampered("manifest", wrong()))?;
        Ok(Field::new(&column.name, data_type, true))
    };
    let fields = manifest.columns.iter().map(field);
    Ok(Arc::new(Schema::new(
        fields.collect::<Result<Vec<_>, ConnectorError>>()?,
    )))
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
    let schema = opened_schema(manifest)?;
    let visible: Vec<_> = manifest.files.iter().filter(|file| !file.hidden).collect();
    for file in visible {
        let bytes = checked_file(store, manifest, file).await?;
        let mut halves = vec![batches(manifest, file, bytes, keys)?];
        let beside = file.path.replace(".parquet", ".hidden.parquet");
        if let Some(hidden) = manifest.files.iter().find(|other| other.path == beside) {
            let bytes = checked_file(store, manifest, hidden).await?;
            halves.push(batches(manifest, hidden, bytes, keys)?);
        }
        joined(&schema, file, &halves)?
            .into_iter()
            .try_for_each(&mut *each)?;
    }
    Ok(())
}

/// The batches of a file's halves beside each other.
fn joined(
    schema: &SchemaRef,
    file: &FileEntry,
    halves: &[Vec<RecordBatch>],
) -> Result<Vec<RecordBatch>, ConnectorError> {
    let wrong = |reason: String| ConnectorError::tampered(file.path.clone(), reason);
    let count = halves.iter().map(Vec::len).max().unwrap_or(0);
    let mut whole = Vec::with_capacity(count);
    for at in 0..count {
        let parts: Vec<_> = halves.iter().filter_map(|half| half.get(at)).collect();
        let find = |field: &Arc<Field>| {
            let found = parts
                .iter()
                .find_map(|part| part.column_by_name(field.name()));
            found
                .cloned()
                .ok_or_else(|| wrong(format!("has no column `{}`", field.name())))
        };
        let columns = schema.fields().iter().map(find);
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let batch = RecordBatch::try_new(Arc::clone(schema), columns);
        whole.push(batch.map_err(|error| wrong(error.to_string()))?);
    }
    Ok(whole)
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
    let master = keys.existing_master(id)?.ok_or_else(|| {
        let path = keys.master_path(id);
        let message = format!("is not there, but {} is sealed under it", file.path);
        ConnectorError::key(&path, message)
    })?;
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
