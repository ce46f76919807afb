//! The tables of a world: policies read, changed sources sealed anew, current manifests verified.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{SecondsFormat, Utc};
use connectors::{
    KeyFolder, PartyKeys, SealRequest, Source, Store, declarations, read_manifest, seal_table,
};
use indicatif::ProgressBar;
use policy::document::PolicyDocument;
use policy::ident::{PartyId, TableRef};
use seal::{Manifest, SignedManifest};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::collaboration::{Collaboration, WorldTable};
use super::layout::Layout;
use super::write_whole;
use crate::failure::{self, Failure, Failures};
use crate::progress;
use crate::say;

/// What an owner calls current.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Current {
    version: u64,
    manifest: String,
    source: String,
    declarations: String,
    /// What its owner should know of the data, as sealing found it.
    #[serde(default)]
    remarks: Vec<String>,
}

/// A table that is sealed and current.
#[derive(Debug, Clone)]
pub(crate) struct SealedTable {
    pub(crate) document: PolicyDocument,
    pub(crate) signed: SignedManifest,
    pub(crate) manifest: Manifest,
}

/// What was done about a table.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TableStatus {
    pub(crate) table: String,
    pub(crate) version: u64,
    pub(crate) rows: u64,
    pub(crate) sealed_now: bool,
    pub(crate) remarks: Vec<String>,
}

impl TableStatus {
    /// Says what the owner should know of data that was sealed just now.
    pub(crate) fn remark(&self) {
        if self.sealed_now {
            for remark in &self.remarks {
                say::note(&format!("{}: {remark}", self.table));
            }
        }
    }
}

/// All tables of a world.
#[derive(Debug)]
pub(crate) struct WorldTables {
    pub(crate) sealed: BTreeMap<TableRef, SealedTable>,
    pub(crate) status: Vec<TableStatus>,
}

/// What preparing tables needs.
pub(crate) struct Preparation<'a> {
    pub(crate) world: &'a Collaboration,
    pub(crate) layout: &'a Layout,
    pub(crate) store: &'a Store,
    pub(crate) keys: &'a BTreeMap<PartyId, PartyKeys>,
    pub(crate) progress: &'a ProgressBar,
}

/// Reads every policy, and everything that is wrong with any.
pub(crate) fn policies(
    root: &Path,
    world: &Collaboration,
) -> Result<BTreeMap<TableRef, PolicyDocument>, Failures> {
    let mut documents = BTreeMap::new();
    let mut failures = Vec::new();
    for (name, table) in &world.tables {
        match policy_of(root, table) {
            Ok(document) => {
                failures.extend(failure::all(policy::unsupported(&document)));
                documents.insert(name.clone(), document);
            }
            Err(found) => {
                // house rules that are wrong are so for every policy that extends them
                let new = |failure: &Failure| !failures.contains(failure);
                let found: Failures = found.into_iter().filter(new).collect();
                failures.extend(found);
            }
        }
    }
    if failures.is_empty() {
        Ok(documents)
    } else {
        Err(failures)
    }
}

fn policy_of(root: &Path, table: &WorldTable) -> Result<PolicyDocument, Failures> {
    let path = root.join(&table.policy_name);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        let mut failure = Failure::io(&path, &error);
        failure.exit = crate::exit::Exit::Yours;
        failure
    })?;
    let document = PolicyDocument::parse(&table.policy_name, &text);
    let extended = document.and_then(|d| crate::house::extended(d, &path, Some(root)));
    let mut document = extended.map_err(failure::all)?;
    crate::approved::read_texts(&mut document, &path, Some(root))?;
    Ok(document)
}

impl Preparation<'_> {
    /// Seals what is new or changed, and verifies what is current.
    pub(crate) async fn tables(
        &self,
        documents: BTreeMap<TableRef, PolicyDocument>,
    ) -> Result<WorldTables, Failures> {
        let mut found = WorldTables {
            sealed: BTreeMap::new(),
            status: Vec::new(),
        };
        let mut failures = Vec::new();
        for (name, document) in documents {
            match self.table(&name, document).await {
                Ok((table, status)) => {
                    found.sealed.insert(name, table);
                    found.status.push(status);
                }
                Err(more) => failures.extend(more),
            }
        }
        if failures.is_empty() {
            Ok(found)
        } else {
            // What was sealed stays so, and will not be looked at again.
            found.status.iter().for_each(TableStatus::remark);
            Err(failures)
        }
    }

    async fn table(
        &self,
        name: &TableRef,
        document: PolicyDocument,
    ) -> Result<(SealedTable, TableStatus), Failures> {
        let table = self
            .world
            .tables
            .get(name)
            .ok_or_else(|| Failure::usage("no such table"))?;
        let party = self
            .keys
            .get(&name.party)
            .ok_or_else(|| Failure::usage("no such party"))?;
        let folder = KeyFolder::new(self.layout.party_keys(&name.party));
        let others = self.world.others(&name.party);
        let source = Source::open(&table.data, &table.types, &document, &folder, &others)
            .map_err(failure::of_connector)?;
        let digest = source.digest().map_err(failure::of_connector)?;
        let declared = declarations(&document, source.schema());
        let current = self.current(name)?;
        let unchanged = current
            .as_ref()
            .filter(|current| current.source == digest && current.declarations == declared);
        let owner = party.identity.public();
        if let Some(current) = unchanged {
            let (signed, manifest) =
                read_manifest(self.store, &owner, name, current.version, &current.manifest)
                    .await
                    .map_err(failure::of_connector)?;
            check_policy(name, &document, &source)?;
            let status = TableStatus {
                table: name.to_string(),
                version: manifest.version,
                rows: manifest.rows,
                sealed_now: false,
                remarks: current.remarks.clone(),
            };
            return Ok((
                SealedTable {
                    document,
                    signed,
                    manifest,
                },
                status,
            ));
        }
        progress::count_to(self.progress, source.rows(), &format!("sealing {name}"));
        let version = current.as_ref().map_or(0, |current| current.version);
        let version = self
            .store
            .next_version(name.party.as_str(), name.table.as_str(), version)
            .await
            .map_err(failure::of_connector)?;
        let progress = |rows: u64| self.progress.set_position(rows);
        let request = SealRequest {
            contract: &self.world.name,
            table: name,
            version,
            previous: current.map(|current| current.manifest),
            document: &document,
            source: &source,
            source_digest: digest.clone(),
            keys: &folder,
            identity: &party.identity,
            store: self.store,
            sealed_at: Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true),
            progress: &progress,
        };
        let runtime = Handle::current();
        let sealed = tokio::task::block_in_place(|| seal_table(&request, &runtime));
        progress::spin(self.progress, "checking what is sealed");
        let sealed = sealed.map_err(failure::of_connector)?;
        let manifest = sealed
            .manifest
            .verify(&owner)
            .map_err(|error| Failure::tampered(format!("{name}: {error}")))?;
        self.remember(
            name,
            &Current {
                version,
                manifest: sealed.manifest.digest(),
                source: digest,
                declarations: declared,
                remarks: sealed.findings.remarks(),
            },
        )?;
        let status = TableStatus {
            table: name.to_string(),
            version,
            rows: manifest.rows,
            sealed_now: true,
            remarks: sealed.findings.remarks(),
        };
        Ok((
            SealedTable {
                document,
                signed: sealed.manifest,
                manifest,
            },
            status,
        ))
    }

    fn current(&self, name: &TableRef) -> Result<Option<Current>, Failure> {
        current(self.layout, name)
    }

    fn remember(&self, name: &TableRef, current: &Current) -> Result<(), Failure> {
        let path = self.layout.table_state(name);
        let text = serde_json::to_vec_pretty(current)
            .map_err(|_| Failure::usage("the state cannot be written"))?;
        write_whole(&path, &text).map_err(|error| Failure::io(&path, &error))
    }
}

/// A changed policy over unchanged data must still fit the columns.
fn check_policy(
    name: &TableRef,
    document: &PolicyDocument,
    source: &Source,
) -> Result<(), Failures> {
    let shapes: Vec<_> = source
        .found()
        .fields()
        .iter()
        .map(|field| connectors::shape_of(field))
        .collect();
    let declared = document.declared_unique(&shapes);
    policy::table::TablePolicy::resolve(document, &name.party, &shapes, &declared)
        .map(|_| ())
        .map_err(failure::all)
}

/// The version that a table's owner calls current, and its manifest's digest.
pub(crate) fn table_version(
    layout: &Layout,
    name: &TableRef,
) -> Result<Option<(u64, String)>, Failure> {
    Ok(current(layout, name)?.map(|current| (current.version, current.manifest)))
}

fn current(layout: &Layout, name: &TableRef) -> Result<Option<Current>, Failure> {
    let path = layout.table_state(name);
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::io(&path, &error)),
    };
    let parsed = serde_json::from_slice(&text);
    let wrong = |_| Failure::tampered(format!("{}: is malformed", path.display()));
    parsed.map(Some).map_err(wrong)
}
