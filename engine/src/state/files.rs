//! The state in files: one a boot, sealed under a key of its own, every piece chained to all before it.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use seal::{StateKey, digest, length_prefixed};
use serde::{Deserialize, Serialize};

use super::keys::Keys;

/// What a file begins with.
const MAGIC: &[u8; 16] = b"SUBROSA-STATE-1\n";

/// The first piece of a file, in clear: how its key is wrapped.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    /// The parties whose seeds the key is wrapped under, besides those of image and operator.
    pub(super) parties: Vec<String>,
    /// The boot's key.
    pub(super) wrapped: Vec<u8>,
}

/// The files of a folder, and the end of the chain.
pub(super) struct Files {
    folder: PathBuf,
    pub(super) keys: Keys,
    /// The file of this boot, begun with its first piece.
    open: Option<(File, StateKey)>,
    number: u32,
    head: [u8; 32],
    pieces: u64,
    /// A write failed: what is on disk is not known.
    broken: bool,
}

impl Files {
    pub(super) fn new(folder: PathBuf, keys: Keys) -> Self {
        Self {
            folder,
            keys,
            open: None,
            number: 1,
            head: [0; 32],
            pieces: 0,
            broken: false,
        }
    }

    pub(super) fn head(&self) -> (String, u64) {
        (hex::encode(self.head), self.pieces)
    }

    /// The path of a boot's file.
    pub(super) fn path(&self, number: u32) -> PathBuf {
        self.folder.join(format!("{number:08}.state"))
    }

    /// The number of the next file.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// Goes on to the next file.
    pub(super) fn next(&mut self) {
        self.number = self.number.saturating_add(1);
    }

    /// Chains a piece as it lies on disk.
    pub(super) fn chain(&mut self, piece: &[u8]) {
        self.head = digest(&length_prefixed([self.head.as_slice(), &digest(piece)]));
        self.pieces = self.pieces.saturating_add(1);
    }

    /// What a piece is sealed to: its place.
    pub(super) fn place(&self) -> Vec<u8> {
        length_prefixed([
            self.number.to_be_bytes().as_slice(),
            &self.pieces.to_be_bytes(),
            &self.head,
        ])
    }

    /// Seals something about some parties' entities once more, under their seeds.
    pub(super) fn seal_for(
        &mut self,
        parties: &[String],
        bytes: &[u8],
    ) -> std::io::Result<Vec<u8>> {
        self.boot()?;
        let boot = self.open.as_ref().map(|(_, key)| key);
        let key = boot.and_then(|boot| self.keys.vectors(boot, parties));
        let key = key.ok_or_else(|| std::io::Error::other("a seed is missing"))?;
        key.seal(b"vectors", bytes).map_err(std::io::Error::other)
    }

    /// Begins this boot's file, unless it is begun.
    fn boot(&mut self) -> std::io::Result<()> {
        if self.open.is_none() {
            self.open = Some(self.begin()?);
        }
        Ok(())
    }

    /// Appends a piece; it is on disk when this returns.
    pub(super) fn append(&mut self, clear: &[u8]) -> std::io::Result<()> {
        if self.broken {
            return Err(std::io::Error::other("an earlier write failed"));
        }
        self.broken = true;
        self.boot()?;
        let place = self.place();
        let Some((file, key)) = &mut self.open else {
            return Err(std::io::Error::other("no file is open"));
        };
        let sealed = key.seal(&place, clear).map_err(std::io::Error::other)?;
        file.write_all(&framed(&sealed)?)?;
        file.sync_data()?;
        self.chain(&sealed);
        self.broken = false;
        Ok(())
    }

    /// Begins this boot's file with a fresh key.
    fn begin(&mut self) -> std::io::Result<(File, StateKey)> {
        let key = StateKey::generate().map_err(std::io::Error::other)?;
        let parties = self.keys.parties();
        let wrapping = self
            .keys
            .wrapping(&parties)
            .map_err(std::io::Error::other)?;
        let wrapped = wrapping
            .seal(&self.place(), key.expose())
            .map_err(std::io::Error::other)?;
        let header = serde_json::to_vec(&Header { parties, wrapped })?;
        std::fs::create_dir_all(&self.folder)?;
        let path = self.path(self.number);
        let mut file = OpenOptions::new()
            .create_new(true)
            .append(true)
            .open(&path)?;
        file.write_all(&[MAGIC.as_slice(), &framed(&header)?].concat())?;
        file.sync_all()?;
        sync_folder(&self.folder)?;
        self.chain(&header);
        Ok((file, key))
    }
}

/// Bytes behind their length.
fn framed(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let length = u32::try_from(bytes.len()).map_err(std::io::Error::other)?;
    Ok([length.to_be_bytes().as_slice(), bytes].concat())
}

/// A new name in a folder is on disk when the folder is.
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The whole pieces of a file, header first, and how many bytes they are; `None` if it is no such file.
pub(super) fn pieces(bytes: &[u8]) -> Option<(Vec<&[u8]>, usize)> {
    let mut rest = bytes.strip_prefix(MAGIC.as_slice())?;
    let mut found = Vec::new();
    while let Some((piece, after)) = piece(rest) {
        found.push(piece);
        rest = after;
    }
    Some((found, bytes.len().saturating_sub(rest.len())))
}

/// Whether a file may be what a crash left of one that was being begun.
pub(super) fn is_torn(bytes: &[u8]) -> bool {
    MAGIC.starts_with(bytes) || bytes.starts_with(MAGIC.as_slice())
}

fn piece(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}
