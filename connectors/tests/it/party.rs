//! A party with a folder of its own: keys, sources, and a store.

use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow::array::RecordBatch;
use connectors::{
    ConnectorError, KeyFolder, Others, Outside, SealRequest, Sealed, Source, Store, open_table,
    opened_schema, seal_table,
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

    /// Every CSV of the party is a table that values may be looked up in.
    fn others(&self) -> Others {
        let files = std::fs::read_dir(self.dir.path()).unwrap();
        let paths = files.map(|file| file.unwrap().path());
        let table = |path: PathBuf| {
            let name = TableName::new(path.file_stem()?.to_str()?).ok()?;
            let types = BTreeMap::new();
            path.extension()
                .is_some_and(|e| e == "csv")
                .then_some((name, Outside { path, types }))
        };
        Others {
            tables: paths.filter_map(table).collect(),
            help: "there are only CSV files".to_owned(),
        }
    }

    pub(crate) fn seal(&self, data: &str, policy: &str) -> Result<Sealed, ConnectorError> {
        let document = PolicyDocument::parse("policy.toml", policy).unwrap();
        let path = self.path(data);
        let source = Source::open(
            &path,
            &BTreeMap::new(),
            &document,
            &self.keys,
            &self.others(),
        )?;
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

    /// Whose signature manifests carry.
    pub(crate) fn owner(&self) -> [u8; 32] {
        self.keys.existing_identity().unwrap().public()
    }

    /// Everything in a sealed table, as one batch.
    pub(crate) fn open(&self, sealed: &Sealed) -> RecordBatch {
        let manifest = sealed.manifest.verify(&self.owner()).unwrap();
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
