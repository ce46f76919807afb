//! A party's witness: signs a checkpoint of the engine's ledger only if it extends the last it signed.
//!
//! The host's disk is the host's. A second engine, an old ledger or an empty one ends here.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use ledger::{Checkpoint, Growth, Signer, consistency_holds, write_whole};
use seal::{IdentityKey, SealError};

/// The witness of one party.
#[expect(missing_debug_implementations, reason = "holds a secret")]
pub struct Witness {
    name: String,
    identity: IdentityKey,
    memory: PathBuf,
    turn: Mutex<()>,
}

impl Witness {
    /// A witness that remembers the last head it signed in a file.
    #[must_use]
    pub fn new(name: String, identity: IdentityKey, memory: PathBuf) -> Self {
        Self {
            name,
            identity,
            memory,
            turn: Mutex::new(()),
        }
    }

    fn last(&self) -> Result<Option<(u64, [u8; 32])>, SealError> {
        let text = match std::fs::read_to_string(&self.memory) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(_) => return Err(SealError::Malformed("a witness's memory")),
        };
        let malformed = || SealError::Malformed("a witness's memory");
        let (size, root) = text.trim().split_once(' ').ok_or_else(malformed)?;
        let mut head = [0_u8; 32];
        hex::decode_to_slice(root, &mut head).map_err(|_| malformed())?;
        Ok(Some((size.parse().map_err(|_| malformed())?, head)))
    }

    fn remember(&self, checkpoint: &Checkpoint) -> std::io::Result<()> {
        let head = format!("{} {}\n", checkpoint.size, hex::encode(checkpoint.root));
        write_whole(&self.memory, head.as_bytes())
    }
}

impl Signer for Witness {
    fn name(&self) -> &str {
        &self.name
    }

    fn public(&self) -> [u8; 32] {
        self.identity.public()
    }

    fn sign(&self, checkpoint: &Checkpoint, growth: Growth<'_>) -> Result<[u8; 64], SealError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((size, root)) = self.last()? {
            let grew = match checkpoint.size.cmp(&size) {
                std::cmp::Ordering::Less => false,
                std::cmp::Ordering::Equal => root == checkpoint.root,
                std::cmp::Ordering::Greater => {
                    let proof = growth.since(size);
                    let index = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
                    let (old, new) = (index(size), index(checkpoint.size));
                    consistency_holds((old, &root), (new, &checkpoint.root), &proof)
                }
            };
            if !grew {
                return Err(SealError::Signature);
            }
        }
        self.remember(checkpoint)
            .map_err(|_| SealError::Malformed("a witness's memory"))?;
        Ok(self.identity.sign(checkpoint.text().as_bytes()))
    }
}
