//! The signed manifest of one version of a sealed table: the only thing that says which files it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::SealError;
use crate::identity::{IdentityKey, verify_signature};
use crate::material::KeyMaterial;
use crate::sha256::digest_hex;

/// A column of the sealed table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnEntry {
    /// Exact name.
    pub name: String,
    /// Arrow type, as Arrow prints it.
    pub kind: String,
    /// Stored in the hidden file.
    pub hidden: bool,
}

/// Rows that a restriction keeps, as sealed: a column of truth values that no question can name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestrictionEntry {
    /// The column, stored beside the visible ones.
    pub column: String,
    /// SHA-256 of the condition that it was computed by, hexadecimal.
    pub predicate: String,
}

/// A file of the sealed table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Path below the version's folder.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the whole file, hexadecimal.
    pub sha256: String,
    /// SHA-256 of the encrypted footer with its length and magic, hexadecimal.
    pub footer_sha256: String,
    /// Bytes that the footer digest covers, from the end.
    pub footer_size: u64,
    /// Rows.
    pub rows: u64,
    /// Whether it holds the hidden columns.
    pub hidden: bool,
    /// Key material of the footer.
    pub footer_key: KeyMaterial,
    /// Key material by column.
    pub column_keys: BTreeMap<String, KeyMaterial>,
}

/// One version of a sealed table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Format version: 1.
    pub manifest: u32,
    /// The contract's name.
    pub contract: String,
    /// The owner.
    pub party: String,
    /// The table.
    pub table: String,
    /// Version, from 1.
    pub version: u64,
    /// Digest of the manifest before.
    pub previous: Option<String>,
    /// Columns in the order of the source.
    pub columns: Vec<ColumnEntry>,
    /// What restricts the rows for some parties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restrictions: Vec<RestrictionEntry>,
    /// Files.
    pub files: Vec<FileEntry>,
    /// Rows of the table.
    pub rows: u64,
    /// Digest of `[rows]` and of the declarations that sealing obeyed.
    pub declarations: String,
    /// Digest of the source that was sealed.
    pub source: String,
    /// Keys found without duplicates.
    pub unique: Vec<Vec<String>>,
    /// Most rows that share one value, by unit and key column.
    pub most_rows: BTreeMap<String, u64>,
    /// When it was sealed, RFC 3339 UTC.
    pub sealed_at: String,
}

/// A manifest as it lies in a store: the exact bytes that were signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedManifest {
    /// The manifest's JSON.
    pub manifest: String,
    /// Ed25519 over the context and the JSON, hexadecimal.
    pub signature: String,
}

const CONTEXT: &[u8] = b"subrosa manifest 1\n";

fn message(json: &str) -> Vec<u8> {
    [CONTEXT, json.as_bytes()].concat()
}

impl SignedManifest {
    /// Signs a manifest.
    ///
    /// # Errors
    /// Never for a manifest that serialises.
    pub fn sign(manifest: &Manifest, key: &IdentityKey) -> Result<Self, SealError> {
        let manifest = serde_json::to_string_pretty(manifest)
            .map_err(|_| SealError::Malformed("a manifest"))?;
        let signature = hex::encode(key.sign(&message(&manifest)));
        Ok(Self {
            manifest,
            signature,
        })
    }

    /// The manifest, if the owner signed it.
    ///
    /// # Errors
    /// When the signature does not verify or the text is no manifest.
    pub fn verify(&self, owner: &[u8; 32]) -> Result<Manifest, SealError> {
        let signature = hex::decode(&self.signature).map_err(|_| SealError::Signature)?;
        if hex::encode(&signature) != self.signature {
            return Err(SealError::Signature);
        }
        verify_signature(owner, &message(&self.manifest), &signature)?;
        serde_json::from_str(&self.manifest).map_err(|_| SealError::Malformed("a manifest"))
    }

    /// The manifest's digest.
    #[must_use]
    pub fn digest(&self) -> String {
        digest_hex(self.manifest.as_bytes())
    }

    /// The bytes to store.
    ///
    /// # Errors
    /// Never.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SealError> {
        serde_json::to_vec_pretty(self).map_err(|_| SealError::Malformed("a manifest"))
    }

    /// From stored bytes.
    ///
    /// # Errors
    /// When they are not of the format.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        serde_json::from_slice(bytes).map_err(|_| SealError::Malformed("a manifest"))
    }
}
