//! Public keys and digests as lower-case hexadecimal.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A public key of 32 bytes: Ed25519 or X25519.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(pub [u8; 32]);

/// Shows a digest as hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DigestHex<'d>(pub &'d [u8; 32]);

impl PublicKey {
    /// Parses 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        digest(text).map(Self)
    }
}

/// Parses 64 lower-case hexadecimal digits: one spelling, so that one key has one digest.
pub(super) fn digest(text: &str) -> Option<[u8; 32]> {
    bytes(text)
}

/// Parses lower-case hexadecimal digits of exactly `N` bytes.
pub(super) fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let lower = text
        .bytes()
        .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let mut bytes = [0; N];
    (lower && hex::decode_to_slice(text, &mut bytes).is_ok()).then_some(bytes)
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl fmt::Display for DigestHex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl TryFrom<String> for PublicKey {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
            .ok_or_else(|| format!("`{text}` is not a public key of 64 hexadecimal digits"))
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}
