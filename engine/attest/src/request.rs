//! What an attested engine asks a broker for, and what it gets.

use serde::{Deserialize, Serialize};

/// The associated data of a party's seed sealed to an engine.
pub const SEED: &str = "subrosa party seed v1";

/// A request for the data key of one column (or the footer) of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRequest {
    /// The table, without its owner: a broker serves one party.
    pub table: String,
    /// Version.
    pub version: u64,
    /// Digest of the manifest that the engine read.
    pub manifest: String,
    /// File.
    pub file: String,
    /// Column; `None`: the footer.
    pub column: Option<String>,
}

/// A data key sealed to the engine's bound key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedKey {
    /// What was asked for; also the seal's associated data.
    pub request: KeyRequest,
    /// HPKE encapsulated key.
    pub encapsulated: Vec<u8>,
    /// HPKE ciphertext.
    pub ciphertext: Vec<u8>,
}

impl KeyRequest {
    /// The associated data that binds a sealed key to what was asked.
    #[must_use]
    pub fn associated_data(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}
