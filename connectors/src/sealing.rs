//! Sealing one version of a table: read, filter, check, encrypt, store; the signed manifest last.
//!
//! Until the manifest is stored and its digest noted by the owner, nothing refers to the files, so a
//! crash at any point leaves the version before as it was. Nothing is ever overwritten: whoever seals
//! the same version a moment later is told so.

mod file;
mod writer;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use policy::document::PolicyDocument;
use policy::ident::TableRef;
use policy::problem::Problem;
use policy::table::TablePolicy;
use rayon::prelude::*;
use seal::{ColumnEntry, FileEntry, IdentityKey, Manifest, SignedManifest};
use tokio::runtime::Handle;

use crate::check::{Checker, Findings};
use crate::error::ConnectorError;
use crate::keys::KeyFolder;
use crate::only;
use crate::rows::RowFilter;
use crate::source::Source;
use crate::store::{Store, version_folder};
use crate::types::shape_of;

/// What to seal, as what, under which keys, where.
#[expect(missing_debug_implementations, reason = "holds a secret")]
pub struct SealRequest<'a> {
    /// The contract's name.
    pub contract: &'a str,
    /// The table.
    pub table: &'a TableRef,
    /// The version to make.
    pub version: u64,
    /// Digest of the manifest before.
    pub previous: Option<String>,
    /// The policy.
    pub document: &'a PolicyDocument,
    /// The data.
    pub source: &'a Source,
    /// Digest of the data.
    pub source_digest: String,
    /// The owner's keys.
    pub keys: &'a KeyFolder,
    /// The owner's signature.
    pub identity: &'a IdentityKey,
    /// Where to.
    pub store: &'a Store,
    /// The time, RFC 3339 UTC.
    pub sealed_at: String,
    /// Told how many rows have been read so far.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// A sealed table.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// Its manifest as stored.
    pub manifest: SignedManifest,
    /// What the data turned out to be.
    pub findings: Findings,
}

/// The id of the master key that a table's visible or hidden columns are sealed under.
pub(crate) fn master_key_id(table: &TableRef, hidden: bool) -> String {
    let suffix = if hidden { ".hidden" } else { "" };
    format!("{}.{}{suffix}", table.party, table.table)
}

/// Digest of all that sealing obeys: a change of it means a new version.
#[must_use]
pub fn declarations(document: &PolicyDocument, schema: &SchemaRef) -> String {
    let predicate = document
        .rows
        .predicate
        .as_ref()
        .map_or("", |p| p.value.as_str());
    let mut parts = vec![predicate.to_owned()];
    for field in schema.fields() {
        let rule = document.rule_for(field.name());
        let shown = document.shows(field.name());
        let unit = rule.is_some_and(|rule| rule.unit.is_some());
        let key = rule.is_some_and(|rule| !rule.join.is_empty());
        let measure = rule
            .and_then(|rule| rule.measure.as_ref())
            .map(|m| format!("{:?}", m.value));
        let line = (
            field.name(),
            field.data_type().to_string(),
            shown,
            unit,
            key,
            measure,
        );
        parts.push(format!("{line:?}"));
    }
    let shapes: Vec<_> = schema
        .fields()
        .iter()
        .map(|field| shape_of(field))
        .collect();
    parts.push(format!("{:?}", document.declared_unique(&shapes)));
    let derived = document.derive.iter();
    parts.extend(
        derived.map(|derived| format!("{}: {}", derived.name(), derived.derivation.text())),
    );
    // Whom a condition restricts the policy says; sealed is only which rows it keeps.
    let restricted = only::conditions(document).into_iter();
    let restricted: BTreeSet<_> = restricted.map(|rows| rows.value.as_str()).collect();
    parts.extend(restricted.into_iter().map(|rows| format!("only: {rows}")));
    seal::digest_hex(&seal::length_prefixed(parts.iter().map(String::as_bytes)))
}

/// Seals a table. Blocks; to be called outside of async code, with the runtime that the store needs.
///
/// # Errors
/// When policy and data do not fit each other, or reading, sealing or storing fails.
pub fn seal_table(request: &SealRequest<'_>, runtime: &Handle) -> Result<Sealed, ConnectorError> {
    check_policy(request)?;
    let schema = request.source.schema();
    let deriver = request.source.deriver()?;
    let filter = RowFilter::new(request.document, request.source.own(), deriver)?;
    let empty = Checker::new(request.document, schema);
    let rows = AtomicU64::new(0);
    let count = |more: u64| {
        let all = rows.fetch_add(more, Ordering::Relaxed).saturating_add(more);
        (request.progress)(all);
    };
    let placing = Placing::new(request, runtime);
    let sealed = seal_files(request, &filter, &empty, &placing, &count)
        .and_then(|(files, findings)| finish(request, files, findings, &placing));
    if sealed.is_err() {
        placing.undo();
    }
    sealed
}

fn seal_files(
    request: &SealRequest<'_>,
    filter: &RowFilter,
    empty: &Checker,
    placing: &Placing<'_>,
    count: &(dyn Fn(u64) + Sync),
) -> Result<(Vec<FileEntry>, Findings), ConnectorError> {
    let put = |path: &str, bytes: Bytes| placing.put(path, bytes);
    let parts = request.source.files().par_iter().enumerate();
    let parts = parts.map(|(index, path)| {
        file::seal_file(request, filter, empty.fresh(), (index, path), &put, count)
    });
    let mut checker = empty.fresh();
    let mut files = Vec::new();
    for part in parts.collect::<Vec<_>>() {
        let (sealed, seen) = part?;
        files.extend(sealed);
        checker.merge(seen);
    }
    let findings = checker.findings();
    let errors = findings.errors();
    if errors.is_empty() {
        return Ok((files, findings));
    }
    Err(ConnectorError::Data {
        table: request.table.to_string(),
        findings: errors,
    })
}

fn finish(
    request: &SealRequest<'_>,
    files: Vec<FileEntry>,
    findings: Findings,
    placing: &Placing<'_>,
) -> Result<Sealed, ConnectorError> {
    let wrong = |error: seal::SealError| ConnectorError::tampered("manifest", error.to_string());
    let manifest = manifest(request, files, &findings);
    let manifest = SignedManifest::sign(&manifest, request.identity).map_err(wrong)?;
    let bytes = manifest.to_bytes().map_err(wrong)?;
    placing.put("manifest.json", Bytes::from(bytes))?;
    Ok(Sealed { manifest, findings })
}

/// The objects of one version, as they are placed.
struct Placing<'a> {
    store: &'a Store,
    runtime: &'a Handle,
    folder: String,
    placed: Mutex<Vec<String>>,
}

impl<'a> Placing<'a> {
    fn new(request: &'a SealRequest<'_>, runtime: &'a Handle) -> Self {
        let (party, table) = (request.table.party.as_str(), request.table.table.as_str());
        Self {
            store: request.store,
            runtime,
            folder: version_folder(party, table, request.version),
            placed: Mutex::new(Vec::new()),
        }
    }

    fn put(&self, name: &str, bytes: Bytes) -> Result<(), ConnectorError> {
        let path = format!("{}/{name}", self.folder);
        self.runtime.block_on(self.store.create(&path, bytes))?;
        let mut placed = self.placed.lock().unwrap_or_else(PoisonError::into_inner);
        placed.push(path);
        Ok(())
    }

    /// Takes away what was placed of a version that came to nothing. What stays, nothing refers to.
    fn undo(&self) {
        let mut placed = self.placed.lock().unwrap_or_else(PoisonError::into_inner);
        for path in placed.drain(..) {
            let removed = self.runtime.block_on(self.store.remove(&path));
            drop(removed);
        }
    }
}

fn check_policy(request: &SealRequest<'_>) -> Result<(), ConnectorError> {
    let document = request.document;
    let shapes: Vec<_> = request
        .source
        .found()
        .fields()
        .iter()
        .map(|field| shape_of(field))
        .collect();
    let declared = document.declared_unique(&shapes);
    let owner = &request.table.party;
    TablePolicy::resolve(document, owner, &shapes, &declared).map_err(ConnectorError::Policy)?;
    let refused = policy::unsupported(document);
    if !refused.is_empty() {
        return Err(ConnectorError::Policy(refused));
    }
    if document.table.value == request.table.table {
        return Ok(());
    }
    let message = format!(
        "the policy is of `{}`, the table is `{}`",
        document.table.value, request.table.table
    );
    Err(ConnectorError::Policy(vec![Problem::error(
        &document.source,
        &document.table.span,
        message,
    )]))
}

fn manifest(request: &SealRequest<'_>, files: Vec<FileEntry>, findings: &Findings) -> Manifest {
    let document = request.document;
    let schema = request.source.schema();
    let entry = |field: &Arc<arrow::datatypes::Field>| ColumnEntry {
        name: field.name().clone(),
        kind: field.data_type().to_string(),
        hidden: !document.shows(field.name()),
    };
    Manifest {
        manifest: 1,
        contract: request.contract.to_owned(),
        party: request.table.party.to_string(),
        table: request.table.table.to_string(),
        version: request.version,
        previous: request.previous.clone(),
        columns: schema.fields().iter().map(entry).collect(),
        restrictions: only::entries(document),
        rows: findings.rows,
        files,
        declarations: declarations(document, schema),
        source: request.source_digest.clone(),
        unique: findings.unique.clone(),
        most_rows: findings.most_rows.clone(),
        sealed_at: request.sealed_at.clone(),
    }
}
