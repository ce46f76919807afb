//! SHA-256, the digest of every format.

use sha2::{Digest, Sha256};

/// The digest of some bytes.
#[must_use]
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The digest in hexadecimal.
#[must_use]
pub fn digest_hex(bytes: &[u8]) -> String {
    hex::encode(digest(bytes))
}
