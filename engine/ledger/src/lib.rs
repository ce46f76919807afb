//! The ledger: what was asked, refused, released and unlocked, in a Merkle tree that only grows.
//!
//! Entries hold salted commitments, never values. An entry is on disk before its effect; a checkpoint
//! signed by the engine and co-signed by the parties covers it. Verifying needs only bytes.

mod checkpoint;
mod durable;
mod entry;
mod signer;
mod store;
mod tree;
mod verify;

pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use durable::{write_new_secret, write_whole};
pub use entry::{Entry, Event, commitment};
pub use signer::{Growth, OwnSigner, Signer};
pub use store::{Ledger, LedgerError};
pub use tree::{
    consistency_holds, consistency_proof, inclusion_holds, inclusion_proof, leaf_hash, root,
};
pub use verify::{Report, Signatories, verify};
