//! Opening a sealed file: it is the one in the manifest, to the byte, or it is refused.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::encryption::decrypt::FileDecryptionProperties;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use seal::{FileEntry, digest_hex, footer_of};

use crate::refusal::Refusal;

/// A file whose bytes and footer were checked; its pages authenticate under the footer.
#[derive(Clone)]
pub(crate) struct OpenFile {
    /// Where it lies.
    pub(crate) path: Path,
    /// Bytes.
    pub(crate) size: u64,
    /// SHA-256 of all of it.
    pub(crate) sha256: String,
    /// The validated footer.
    pub(crate) metadata: Arc<ParquetMetaData>,
}

/// Only where it lies: its footer holds keys.
impl fmt::Debug for OpenFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OpenFile")
            .field(&self.path.as_ref())
            .finish()
    }
}

impl OpenFile {
    /// Whether the store still holds the bytes that were opened.
    ///
    /// # Errors
    /// Names the file and what differs.
    pub(crate) async fn recheck(&self, store: &dyn ObjectStore) -> Result<(), Refusal> {
        let bytes = read(store, &self.path).await?;
        if bytes.len() as u64 == self.size && digest_hex(&bytes) == self.sha256 {
            return Ok(());
        }
        let path = &self.path;
        Err(Refusal::Tampered(format!(
            "{path}: has changed since it was opened"
        )))
    }
}

/// A file's bytes.
async fn read(store: &dyn ObjectStore, path: &Path) -> Result<Bytes, Refusal> {
    let object = match store.get(path).await {
        Ok(object) => object,
        Err(object_store::Error::NotFound { .. }) => {
            return Err(Refusal::Tampered(format!("{path}: the file is missing")));
        }
        Err(_) => return Err(Refusal::Failed("the store does not answer")),
    };
    let bytes = object.bytes().await;
    bytes.map_err(|_| Refusal::Failed("the store does not answer"))
}

/// Reads a file whole, once an engine, and checks everything that the manifest says of it.
///
/// # Errors
/// Names the file and what differs.
pub(crate) async fn open(
    store: &dyn ObjectStore,
    path: Path,
    entry: &FileEntry,
    decryption: Arc<FileDecryptionProperties>,
) -> Result<OpenFile, Refusal> {
    let wrong = |reason: &str| Refusal::Tampered(format!("{path}: {reason}"));
    let bytes = read(store, &path).await?;
    if bytes.starts_with(b"PAR1") {
        return Err(wrong("is a Parquet file in clear, not the sealed one"));
    }
    if bytes.len() as u64 != entry.size {
        return Err(wrong("has another size than the manifest says"));
    }
    if digest_hex(&bytes) != entry.sha256 {
        return Err(wrong("differs from its digest in the manifest"));
    }
    let footer = footer_of(&bytes).map_err(|_| wrong("has no encrypted footer"))?;
    if digest_hex(footer) != entry.footer_sha256 || footer.len() as u64 != entry.footer_size {
        return Err(wrong("has another footer than the manifest says"));
    }
    let metadata = ParquetMetaDataReader::new()
        .with_decryption_properties(Some(decryption))
        .with_page_index_policy(PageIndexPolicy::Optional)
        .parse_and_finish(&bytes)
        .map_err(|_| wrong("does not open with the keys of this version"))?;
    check(&metadata, entry).map_err(wrong)?;
    Ok(OpenFile {
        size: entry.size,
        sha256: entry.sha256.clone(),
        metadata: Arc::new(metadata),
        path,
    })
}

/// Every column chunk is encrypted under its own key, nothing is stored beside it in clear.
fn check(metadata: &ParquetMetaData, entry: &FileEntry) -> Result<(), &'static str> {
    let mut rows = 0_u64;
    for group in metadata.row_groups() {
        rows = rows.saturating_add(u64::try_from(group.num_rows()).unwrap_or(u64::MAX));
        for column in group.columns() {
            if column.crypto_metadata().is_none() {
                return Err("has a column in clear");
            }
            if column.bloom_filter_offset().is_some() {
                return Err("has a bloom filter, which is never sealed");
            }
        }
    }
    if rows == entry.rows {
        Ok(())
    } else {
        Err("has another number of rows than the manifest says")
    }
}
