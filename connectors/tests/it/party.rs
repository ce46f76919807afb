//! A party with a folder of its own: keys, sources, and a store.

use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow::array::RecordBatch;
use connectors::{
    ConnectorError, KeyFolder, SealRequest, Sealed, Source, Store, open_table, opened_schema,
    seal_table,
};
use policy::document::PolicyDocument;
use policy::ident::{PartyId, TableName, TableRef};
use tokio::runtime::Runtime;

pub(crate) struct Party {
    dir: tempfile::TempDir,
    runtime: Runtime,
    keys: KeyFolder,
    store: Store,
}

impl Party {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let keys = KeyFolder::new(dir.path().join("keys"));
        keys.party().unwrap();
        Self {
            runtime: Runtime::new().unwrap(),
            store: Store::folder(&dir.path().join("store")).unwrap(),
            keys,
            dir,
        }
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.dir.path().join(below)
    }

    pub(crate) fn seal(&self, data: &str, policy: &str) -> Result<Sealed, ConnectorError> {
        let document = PolicyDocument::parse("policy.toml", policy).unwrap();
        let path = self.path(data);
        let source = Source::open(&path, &BTreeMap::new(), &document, &self.keys)?;
        let table = TableRef {
            party: PartyId::new("bank_a").unwrap(),
            table: TableName::new("t").unwrap(),
        };
        let next = self.store.next_version("bank_a", "t", 0);
        let request = SealRequest {
            contract: "test",
            table: &table,
            version: self.runtime.block_on(next)?,
            previous: None,
            document: &document,
            source: &source,
            source_digest: source.digest()?,
            keys: &self.keys,
            identity: &self.keys.existing_identity()?,
            store: &self.store,
            sealed_at: "2026-01-01T00:00:00Z".to_owned(),
            progress: &|_| {},
        };
        seal_table(&request, self.runtime.handle())
    }

    /// Everything in a sealed table, as one batch.
    pub(crate) fn open(&self, sealed: &Sealed) -> RecordBatch {
        let owner = self.keys.existing_identity().unwrap().public();
        let manifest = sealed.manifest.verify(&owner).unwrap();
        let mut batches = Vec::new();
        let mut keep = |batch| {
            batches.push(batch);
            Ok(())
        };
        let opened = open_table(&self.store, &manifest, &self.keys, &mut keep);
        self.runtime.block_on(opened).unwrap();
        let schema = opened_schema(&manifest).unwrap();
        arrow::compute::concat_batches(&schema, &batches).unwrap()
    }
}
