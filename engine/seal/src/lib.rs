//! Sealing: the byte formats that engine, connectors and auditors share, and the cryptography in them.
//!
//! Pure: no IO and no clock; randomness only for keys and nonces. Secrets are zeroized, and have no
//! Debug, Clone or serialisation; whoever needs their bytes asks for them by name.

mod aad;
mod answer;
mod error;
mod footer;
mod identity;
mod manifest;
mod master_key;
mod material;
mod receipt;
mod recipient;
mod sha256;
mod state_key;

pub use aad::{aad_prefix, length_prefixed};
pub use answer::{SealedAnswer, pad, unpad};
pub use error::SealError;
pub use footer::{ENCRYPTED_FOOTER_MAGIC, footer_of};
pub use identity::{IdentityKey, verify_signature};
pub use manifest::{ColumnEntry, FileEntry, Manifest, RestrictionEntry, SignedManifest};
pub use master_key::{DataKey, MasterKey};
pub use material::KeyMaterial;
pub use receipt::{Receipt, SignedReceipt, TableVersion};
pub use recipient::{RecipientKey, seal_to};
pub use sha256::{digest, digest_hex};
pub use state_key::{Seed, StateKey};
