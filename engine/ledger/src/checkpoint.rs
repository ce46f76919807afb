//! Checkpoints: signed notes over the tree's size and root, with the time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seal::{IdentityKey, SealError, verify_signature};

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose ledger it is.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// Root of the tree.
    pub root: [u8; 32],
    /// When, RFC 3339 UTC.
    pub time: String,
}

/// A checkpoint with its signatures: name, public key's id and signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// Name of the signer and its signature.
    pub signatures: Vec<(String, [u8; 64])>,
    /// Name of the signer and the id of its key, as a note was read.
    read_ids: Vec<(String, [u8; 4])>,
}

impl Checkpoint {
    /// The note's text: what is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let root = STANDARD.encode(self.root);
        format!(
            "{}\n{}\n{root}\ntime {}\n",
            self.origin, self.size, self.time
        )
    }
}

fn key_id(name: &str, public: &[u8; 32]) -> [u8; 4] {
    let bytes = [name.as_bytes(), b"\n\x01", public.as_slice()].concat();
    let digest = seal::digest(&bytes);
    let [a, b, c, d, ..] = digest;
    [a, b, c, d]
}

impl SignedCheckpoint {
    /// A checkpoint that nobody signed yet.
    #[must_use]
    pub fn new(checkpoint: Checkpoint) -> Self {
        Self {
            checkpoint,
            signatures: Vec::new(),
            read_ids: Vec::new(),
        }
    }

    /// Adds a signature.
    pub fn sign(&mut self, name: &str, key: &IdentityKey) {
        let signature = key.sign(self.checkpoint.text().as_bytes());
        self.signatures.retain(|(signer, _)| signer != name);
        self.signatures.push((name.to_owned(), signature));
    }

    /// Whether a signer's signature is there and good.
    ///
    /// # Errors
    /// When it is missing or does not verify.
    pub fn verify(&self, name: &str, public: &[u8; 32]) -> Result<(), SealError> {
        let found = self.signatures.iter().find(|(signer, _)| signer == name);
        let (_, signature) = found.ok_or(SealError::Signature)?;
        let mut ids = self.read_ids.iter().filter(|(signer, _)| signer == name);
        if ids.any(|(_, id)| *id != key_id(name, public)) {
            return Err(SealError::Signature);
        }
        verify_signature(public, self.checkpoint.text().as_bytes(), signature)
    }

    /// The signed note. `keys` gives the public key of each signer for the key hints.
    #[must_use]
    pub fn to_note(&self, keys: &dyn Fn(&str) -> Option<[u8; 32]>) -> String {
        let mut note = self.checkpoint.text();
        note.push('\n');
        for (name, signature) in &self.signatures {
            let id = keys(name).map_or([0; 4], |public| key_id(name, &public));
            let encoded = STANDARD.encode([id.as_slice(), signature.as_slice()].concat());
            note.extend(["\u{2014} ", name, " ", &encoded, "\n"]);
        }
        note
    }

    /// Reads a signed note.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn parse(note: &str) -> Result<Self, SealError> {
        let malformed = || SealError::Malformed("a checkpoint");
        let (text, signed) = note.split_once("\n\n").ok_or_else(malformed)?;
        let mut lines = text.lines();
        let mut next = || lines.next().ok_or_else(malformed);
        let origin = next()?.to_owned();
        let size = next()?.parse().map_err(|_| malformed())?;
        let root = STANDARD.decode(next()?).map_err(|_| malformed())?;
        let time = next()?
            .strip_prefix("time ")
            .ok_or_else(malformed)?
            .to_owned();
        let root = <[u8; 32]>::try_from(root.as_slice()).map_err(|_| malformed())?;
        if lines.next().is_some() {
            return Err(malformed());
        }
        let checkpoint = Checkpoint {
            origin,
            size,
            root,
            time,
        };
        if checkpoint.text().strip_suffix('\n') != Some(text) || !signed.ends_with('\n') {
            return Err(malformed());
        }
        let mut read = Self::new(checkpoint);
        for line in signed.lines() {
            let (name, id, signature) = signature(line).ok_or_else(malformed)?;
            read.read_ids.push((name.clone(), id));
            read.signatures.push((name, signature));
        }
        Ok(read)
    }
}

fn signature(line: &str) -> Option<(String, [u8; 4], [u8; 64])> {
    let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    Some((name.to_owned(), *id, <[u8; 64]>::try_from(signature).ok()?))
}
