//! The ledger in files: one line an entry, on disk before anything it covers happens.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use seal::SealError;

use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::durable::write_whole;
use crate::entry::{Entry, Event};
use crate::signer::{Growth, Signer};
use crate::tree::{leaf_hash, root};
use crate::verify::Signatories;

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The disk failed.
    #[error("the ledger at {path} cannot be used: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Its bytes are not what was signed.
    #[error("the ledger at {path} has been changed: {reason}")]
    Tampered {
        /// Where.
        path: PathBuf,
        /// How it shows.
        reason: String,
    },
    /// Somebody else holds it.
    #[error("another engine uses the ledger at {0}")]
    Locked(PathBuf),
    /// A party's witness does not sign.
    #[error("{0} does not sign the ledger's checkpoint: {1}")]
    Refused(String, SealError),
}

/// An open ledger.
#[derive(Debug)]
pub struct Ledger {
    folder: PathBuf,
    entries: File,
    leaves: Vec<[u8; 32]>,
    covered: u64,
    origin: String,
    state: Option<(String, u64)>,
}

/// The file of entries in a ledger's folder.
pub(crate) const ENTRIES: &str = "entries.jsonl";
/// The file of the latest checkpoint.
pub(crate) const CHECKPOINT: &str = "checkpoint";

impl Ledger {
    /// Opens or begins the ledger of a folder. `signatories` knows who must have signed it.
    ///
    /// An incomplete last line that no checkpoint covers is what a crash leaves, and is cut off.
    ///
    /// # Errors
    /// When the disk fails, another process holds it, or it is not what its checkpoint covers.
    pub fn open(
        folder: &Path,
        origin: &str,
        signatories: &Signatories<'_>,
    ) -> Result<Self, LedgerError> {
        let path = folder.join(ENTRIES);
        let io = |source| LedgerError::Io {
            path: path.clone(),
            source,
        };
        std::fs::create_dir_all(folder).map_err(io)?;
        let mut entries = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(&path)
            .map_err(io)?;
        entries
            .try_lock()
            .map_err(|_| LedgerError::Locked(folder.to_owned()))?;
        let mut text = Vec::new();
        entries.read_to_end(&mut text).map_err(io)?;
        let whole = text
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |at| at.saturating_add(1));
        let lines: Vec<&[u8]> = text
            .get(..whole)
            .unwrap_or_default()
            .split_inclusive(|b| *b == b'\n')
            .map(|line| line.strip_suffix(b"\n").unwrap_or(line))
            .collect();
        let found = crate::verify::check(folder, &lines, signatories)?;
        if whole < text.len() {
            entries.set_len(whole as u64).map_err(io)?;
            entries.seek(SeekFrom::End(0)).map_err(io)?;
            entries.sync_all().map_err(io)?;
        }
        let leaves = lines.iter().map(|line| leaf_hash(line)).collect();
        let state = lines.iter().rev().find_map(|line| state_of(line));
        Ok(Self {
            folder: folder.to_owned(),
            entries,
            leaves,
            covered: found.covered,
            origin: origin.to_owned(),
            state,
        })
    }

    /// Entries so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// How far the engine's sealed state had come when it was last noted: its head, and how many pieces that is.
    #[must_use]
    pub fn state(&self) -> Option<&(String, u64)> {
        self.state.as_ref()
    }

    /// The root so far.
    #[must_use]
    pub fn root(&self) -> [u8; 32] {
        root(&self.leaves)
    }

    /// Appends an entry and returns its index once it is on disk under a signed checkpoint.
    ///
    /// An entry that a crash or a signer left without one is covered first: witnesses may have seen
    /// it, so it stays, and there is never more than one.
    ///
    /// # Errors
    /// When the disk fails; the caller must then not let the effect happen.
    pub fn append(
        &mut self,
        time: &str,
        event: Event,
        signers: &[&dyn Signer],
    ) -> Result<(u64, SignedCheckpoint), LedgerError> {
        let path = self.folder.join(ENTRIES);
        let io = |source| LedgerError::Io {
            path: path.clone(),
            source,
        };
        if self.covered < self.size() {
            self.checkpoint(time, signers)?;
        }
        let entry = Entry {
            index: self.size(),
            time: time.to_owned(),
            event,
        };
        let line = serde_json::to_vec(&entry).map_err(|e| io(std::io::Error::other(e)))?;
        let mut written = line.clone();
        written.push(b'\n');
        self.entries.write_all(&written).map_err(io)?;
        self.entries.sync_data().map_err(io)?;
        self.leaves.push(leaf_hash(&line));
        self.state = state_of(&line).or(self.state.take());
        let checkpoint = self.checkpoint(time, signers)?;
        Ok((entry.index, checkpoint))
    }

    fn checkpoint(
        &mut self,
        time: &str,
        signers: &[&dyn Signer],
    ) -> Result<SignedCheckpoint, LedgerError> {
        let mut signed = SignedCheckpoint::new(Checkpoint {
            origin: self.origin.clone(),
            size: self.size(),
            root: self.root(),
            time: time.to_owned(),
        });
        for signer in signers {
            let signature = signer
                .sign(&signed.checkpoint, Growth(&self.leaves))
                .map_err(|error| LedgerError::Refused(signer.name().to_owned(), error))?;
            signed
                .signatures
                .push((signer.name().to_owned(), signature));
        }
        let public = |name: &str| {
            signers
                .iter()
                .find(|signer| signer.name() == name)
                .map(|signer| signer.public())
        };
        let path = self.folder.join(CHECKPOINT);
        write_whole(&path, signed.to_note(&public).as_bytes())
            .map_err(|source| LedgerError::Io { path, source })?;
        self.covered = self.size();
        Ok(signed)
    }
}

/// What an entry says of the engine's state.
fn state_of(line: &[u8]) -> Option<(String, u64)> {
    match serde_json::from_slice::<Entry>(line).ok()?.event {
        Event::State { head, pieces } => Some((head, pieces)),
        Event::Contract { .. }
        | Event::KeyReleased { .. }
        | Event::SeedReleased { .. }
        | Event::Admitted { .. }
        | Event::Denied { .. }
        | Event::Released { .. }
        | Event::Failed { .. } => None,
    }
}
