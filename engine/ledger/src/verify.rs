//! Verifying a ledger offline: every entry, the root, the signatures.

use std::path::Path;

use crate::checkpoint::SignedCheckpoint;
use crate::entry::Entry;
use crate::store::{CHECKPOINT, ENTRIES, LedgerError};
use crate::tree::{leaf_hash, root};

/// What a verified ledger holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its entries.
    pub entries: Vec<Entry>,
    /// Their hashes, the leaves of the tree.
    pub leaves: Vec<[u8; 32]>,
    /// Entries that the checkpoint covers.
    pub covered: u64,
    /// Who signed the checkpoint.
    pub signers: Vec<String>,
    /// The checkpoint, if there is one.
    pub checkpoint: Option<SignedCheckpoint>,
}

/// Verifies the ledger in a folder.
///
/// # Errors
/// When a file cannot be read or anything differs from what was signed.
pub fn verify(
    folder: &Path,
    keys: &dyn Fn(&str) -> Option<[u8; 32]>,
) -> Result<Report, LedgerError> {
    let path = folder.join(ENTRIES);
    let bytes = std::fs::read(&path).map_err(|source| LedgerError::Io { path, source })?;
    let whole = bytes
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |at| at.saturating_add(1));
    let lines: Vec<&[u8]> = bytes
        .get(..whole)
        .unwrap_or_default()
        .split_inclusive(|b| *b == b'\n')
        .map(|line| line.strip_suffix(b"\n").unwrap_or(line))
        .collect();
    check(folder, &lines, keys)
}

/// Checks entries against the checkpoint beside them.
pub(crate) fn check(
    folder: &Path,
    lines: &[&[u8]],
    keys: &dyn Fn(&str) -> Option<[u8; 32]>,
) -> Result<Report, LedgerError> {
    let tampered = |reason: &str| LedgerError::Tampered {
        path: folder.to_owned(),
        reason: reason.to_owned(),
    };
    let mut entries = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let entry: Entry =
            serde_json::from_slice(line).map_err(|_| tampered("an entry is malformed"))?;
        if entry.index != index as u64 {
            return Err(tampered("entries are missing or out of order"));
        }
        entries.push(entry);
    }
    let Some(signed) = read_checkpoint(folder, &tampered)? else {
        // A crash between the very first entry and its checkpoint; nothing was ever acknowledged.
        return if entries.len() <= 1 {
            Ok(Report {
                entries,
                leaves: lines.iter().map(|line| leaf_hash(line)).collect(),
                covered: 0,
                signers: Vec::new(),
                checkpoint: None,
            })
        } else {
            Err(tampered("the checkpoint is missing"))
        };
    };
    let covered = usize::try_from(signed.checkpoint.size).unwrap_or(usize::MAX);
    let kept = lines
        .get(..covered)
        .ok_or_else(|| tampered("entries under the checkpoint are missing"))?;
    let leaves: Vec<[u8; 32]> = kept.iter().map(|line| leaf_hash(line)).collect();
    if root(&leaves) != signed.checkpoint.root {
        return Err(tampered(
            "the entries are not those that the checkpoint covers",
        ));
    }
    if lines.len() > covered.saturating_add(1) {
        return Err(tampered("entries that no checkpoint covers"));
    }
    if signed.signatures.is_empty() {
        return Err(tampered("nobody signed the checkpoint"));
    }
    for (name, _) in &signed.signatures {
        let key = keys(name).ok_or_else(|| tampered("signed by somebody unknown"))?;
        signed
            .verify(name, &key)
            .map_err(|_| tampered("a signature of the checkpoint does not verify"))?;
    }
    let signers = signed
        .signatures
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    let leaves = lines.iter().map(|line| leaf_hash(line)).collect();
    Ok(Report {
        entries,
        leaves,
        covered: signed.checkpoint.size,
        signers,
        checkpoint: Some(signed),
    })
}

fn read_checkpoint(
    folder: &Path,
    tampered: &dyn Fn(&str) -> LedgerError,
) -> Result<Option<SignedCheckpoint>, LedgerError> {
    let path = folder.join(CHECKPOINT);
    match std::fs::read_to_string(&path) {
        Ok(note) => SignedCheckpoint::parse(&note)
            .map(Some)
            .map_err(|_| tampered("the checkpoint is malformed")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(tampered("the checkpoint is malformed"))
        }
        Err(source) => Err(LedgerError::Io { path, source }),
    }
}
