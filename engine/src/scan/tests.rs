//! One small sealed file, tried byte by byte, and never printed with its keys.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod restricted;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, StringViewArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::catalog::TableProvider;
use datafusion::common::Result as DfResult;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::prelude::SessionContext;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use parquet::arrow::ArrowWriter;
use parquet::encryption::decrypt::FileDecryptionProperties;
use parquet::encryption::encrypt::FileEncryptionProperties;
use parquet::file::properties::WriterProperties;
use seal::{DataKey, FileEntry, KeyMaterial, MasterKey, digest_hex, footer_of};

use super::reader::SealedReaders;
use super::{OpenFile, SealedTable, open};
use crate::refusal::Refusal;

const PATH: &str = "a/t/v1/part.parquet";

/// Three keys whose bytes are known, so that they can be searched for.
fn key(first: u8) -> Vec<u8> {
    (first..first + 32).collect()
}

struct Sealed {
    store: Arc<InMemory>,
    bytes: Vec<u8>,
    entry: FileEntry,
    decryption: Arc<FileDecryptionProperties>,
}

fn rows() -> RecordBatch {
    let names: ArrayRef = Arc::new(StringArray::from(vec!["one", "two", "three"]));
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3]));
    RecordBatch::try_from_iter_with_nullable([("name", names, true), ("number", numbers, true)])
        .unwrap()
}

const KEYS: [(&str, u8); 4] = [("name", 140), ("number", 180), ("odd", 60), ("third", 20)];

async fn sealed() -> Sealed {
    sealed_of(&rows()).await
}

async fn sealed_of(rows: &RecordBatch) -> Sealed {
    let keys = KEYS
        .iter()
        .filter(|(name, _)| rows.column_by_name(name).is_some());
    let encryption = keys.clone().fold(
        FileEncryptionProperties::builder(key(100)),
        |with, (name, first)| with.with_column_key(name, key(*first)),
    );
    let encryption = encryption
        .with_aad_prefix(b"prefix".to_vec())
        .with_aad_prefix_storage(true);
    let properties = WriterProperties::builder()
        .with_file_encryption_properties(encryption.build().unwrap())
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, rows.schema(), Some(properties)).unwrap();
    writer.write(rows).unwrap();
    writer.close().unwrap();
    let master = MasterKey::generate().unwrap();
    let material = KeyMaterial::wrap(&DataKey::generate().unwrap(), &master, "id", true).unwrap();
    let footer = footer_of(&bytes).unwrap();
    let entry = FileEntry {
        path: "part.parquet".to_owned(),
        size: bytes.len() as u64,
        sha256: digest_hex(&bytes),
        footer_sha256: digest_hex(footer),
        footer_size: footer.len() as u64,
        rows: 3,
        hidden: false,
        footer_key: material,
        column_keys: BTreeMap::new(),
    };
    let decryption = keys.fold(
        FileDecryptionProperties::builder(key(100)),
        |with, (name, first)| with.with_column_key(name, key(*first)),
    );
    let decryption = decryption
        .with_aad_prefix(b"prefix".to_vec())
        .build()
        .unwrap();
    let sealed = Sealed {
        store: Arc::new(InMemory::new()),
        bytes,
        entry,
        decryption,
    };
    sealed.put(&sealed.bytes).await;
    sealed
}

impl Sealed {
    async fn put(&self, bytes: &[u8]) {
        let payload = PutPayload::from(Bytes::copy_from_slice(bytes));
        self.store.put(&Path::from(PATH), payload).await.unwrap();
    }

    async fn open(&self) -> Result<OpenFile, Refusal> {
        let decryption = Arc::clone(&self.decryption);
        open(
            self.store.as_ref(),
            Path::from(PATH),
            &self.entry,
            decryption,
        )
        .await
    }

    async fn table(&self) -> Arc<SealedTable> {
        let file = self.open().await.unwrap();
        let store: Arc<dyn ObjectStore> = Arc::<InMemory>::clone(&self.store);
        let schema = Schema::new(vec![
            Field::new("name", DataType::Utf8View, true),
            Field::new("number", DataType::Int64, true),
        ]);
        let url = ObjectStoreUrl::parse("sealed://store").unwrap();
        Arc::new(SealedTable::new(Arc::new(schema), vec![file], store, url))
    }

    fn context(&self, table: Arc<dyn TableProvider>) -> SessionContext {
        let context = SessionContext::new();
        let url = ObjectStoreUrl::parse("sealed://store").unwrap();
        let store: Arc<dyn ObjectStore> = Arc::<InMemory>::clone(&self.store);
        context
            .runtime_env()
            .register_object_store(url.as_ref(), store);
        context.register_table("t", table).unwrap();
        context
    }
}

async fn read(context: &SessionContext) -> DfResult<Vec<RecordBatch>> {
    context
        .sql("SELECT name, number FROM t")
        .await?
        .collect()
        .await
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bad = bytes.to_vec();
    bad[at] ^= 1 << (at % 8);
    bad
}

#[tokio::test]
async fn every_byte_that_differs_is_refused_with_the_file() {
    let sealed = sealed().await;
    assert!(sealed.open().await.is_ok());
    for at in 0..sealed.bytes.len() {
        sealed.put(&flipped(&sealed.bytes, at)).await;
        let refused = sealed.open().await.err();
        let named = matches!(&refused, Some(Refusal::Tampered(why)) if why.starts_with(PATH));
        assert!(named, "byte {at}: {refused:?}");
    }
}

#[tokio::test]
async fn a_page_that_changes_after_the_file_was_opened_is_never_read_as_another() {
    let sealed = sealed().await;
    let table = sealed.table().await;
    let context = sealed.context(Arc::<SealedTable>::clone(&table));
    let good = read(&context).await.unwrap();
    let texts: ArrayRef = Arc::new(StringViewArray::from(vec!["one", "two", "three"]));
    assert_eq!(good[0].column(0), &texts);
    let mut refused = 0;
    for at in 0..sealed.bytes.len() {
        sealed.put(&flipped(&sealed.bytes, at)).await;
        // Bytes of the footer are not read again: what was validated stays.
        match read(&context).await {
            Ok(rows) => assert_eq!(rows, good, "byte {at}"),
            Err(_) => refused += 1,
        }
        let why = table.recheck().await.err();
        let named = matches!(&why, Some(Refusal::Tampered(why)) if why.starts_with(PATH));
        assert!(named, "byte {at}: {why:?}");
    }
    let pages = sealed.bytes.len() - footer_of(&sealed.bytes).unwrap().len();
    assert!(refused > pages / 2, "{refused} of {pages}");
    sealed.put(&sealed.bytes).await;
    assert_eq!(read(&context).await.unwrap(), good);
    assert_eq!(table.recheck().await, Ok(()));
}

#[tokio::test]
async fn nothing_that_is_printed_holds_a_key() {
    let sealed = sealed().await;
    let table = sealed.table().await;
    let file = sealed.open().await.unwrap();
    let objects: Arc<dyn ObjectStore> = Arc::<InMemory>::clone(&sealed.store);
    let readers = SealedReaders::new(objects, std::slice::from_ref(&file), false);
    let context = sealed.context(Arc::<SealedTable>::clone(&table));
    let state = context.state();
    let plan = table.scan(&state, None, &[], None).await.unwrap();
    assert_eq!(format!("{readers:?}"), "SealedReaders");
    for printed in [
        format!("{file:?}"),
        format!("{table:?}"),
        format!("{plan:?}"),
        format!("{plan:#?}"),
    ] {
        for first in [100, 140, 180] {
            let key = key(first);
            let numbers: Vec<String> = key.iter().take(4).map(ToString::to_string).collect();
            let blank: String = printed.split_whitespace().collect();
            assert!(!blank.contains(&numbers.join(",")), "{printed}");
            assert!(
                !printed.to_lowercase().contains(&hex::encode(&key[..4])),
                "{printed}"
            );
        }
    }
}
