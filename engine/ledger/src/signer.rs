//! Who signs checkpoints: the engine, and a witness of each party.

use seal::{IdentityKey, SealError};

use crate::checkpoint::Checkpoint;
use crate::tree::consistency_proof;

/// The tree's leaves, from which a signer may ask proofs that the tree only grew.
#[derive(Debug, Clone, Copy)]
pub struct Growth<'a>(pub(crate) &'a [[u8; 32]]);

impl Growth<'_> {
    /// Proof (RFC 9162, 2.1.4) that the present tree extends the one of an earlier size.
    #[must_use]
    pub fn since(&self, size: u64) -> Vec<[u8; 32]> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if size == 0 || size > self.0.len() {
            Vec::new()
        } else {
            consistency_proof(size, self.0)
        }
    }
}

/// Signs checkpoints.
pub trait Signer: Send + Sync {
    /// The name in signed notes.
    fn name(&self) -> &str;

    /// Its public key.
    fn public(&self) -> [u8; 32];

    /// Signs a checkpoint, if it extends what was signed before.
    ///
    /// # Errors
    /// When it does not, or the signer cannot remember it.
    fn sign(&self, checkpoint: &Checkpoint, growth: Growth<'_>) -> Result<[u8; 64], SealError>;
}

/// A key that signs whatever its own ledger says: the engine's.
#[expect(missing_debug_implementations, reason = "holds a secret")]
pub struct OwnSigner<'a> {
    /// The name.
    pub name: &'a str,
    /// The key.
    pub key: &'a IdentityKey,
}

impl Signer for OwnSigner<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn public(&self) -> [u8; 32] {
        self.key.public()
    }

    fn sign(&self, checkpoint: &Checkpoint, _growth: Growth<'_>) -> Result<[u8; 64], SealError> {
        Ok(self.key.sign(checkpoint.text().as_bytes()))
    }
}
