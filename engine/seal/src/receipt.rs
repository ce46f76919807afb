//! Receipts: what an engine answered to whom, over what, under which rules; `COSE_Sign1`, Ed25519.

use coset::{CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, iana};
use serde::{Deserialize, Serialize};

use crate::error::SealError;
use crate::identity::{IdentityKey, verify_signature};

/// A table version that an answer was computed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableVersion {
    /// `party.table`.
    pub table: String,
    /// The version.
    pub version: u64,
    /// Digest of its manifest.
    pub manifest: String,
    /// Digest of its policy.
    pub policy: String,
}

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Format version: 1.
    pub receipt: u32,
    /// Always false for a simulated TEE: the answer is UNATTESTED.
    pub attested: bool,
    /// Platform of the evidence.
    pub platform: String,
    /// Measurement of the engine.
    pub measurement: String,
    /// Digest of the evidence.
    pub evidence: String,
    /// Digest of the sealed bytes (encapsulated key and ciphertext).
    pub sealed: String,
    /// Digest of the padded answer.
    pub answer: String,
    /// The request's nonce.
    pub nonce: String,
    /// Salt of its commitments in the ledger.
    pub salt: String,
    /// Who asked.
    pub principal: String,
    /// What for.
    pub purpose: Option<String>,
    /// The party that can open it, and its key.
    pub recipient: String,
    /// HPKE public key it was sealed to.
    pub recipient_key: String,
    /// Digest of the statement.
    pub query: String,
    /// Digest of the bound plan.
    pub plan: String,
    /// Digest of the contract.
    pub contract: String,
    /// Tables read.
    pub tables: Vec<TableVersion>,
    /// `plain` or `statistical`.
    pub mode: String,
    /// What was enforced, in words.
    pub obligations: Vec<String>,
    /// The constant note.
    pub note: Option<String>,
    /// Index of its entry in the ledger.
    pub ledger_index: u64,
    /// The checkpoint that covers the entry.
    pub checkpoint: String,
    /// When, RFC 3339 UTC.
    pub time: String,
}

/// A receipt with its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedReceipt(Vec<u8>);

impl SignedReceipt {
    /// Signs a receipt.
    ///
    /// # Errors
    /// When it does not serialise.
    pub fn sign(receipt: &Receipt, key: &IdentityKey) -> Result<Self, SealError> {
        let mut payload = Vec::new();
        ciborium::into_writer(receipt, &mut payload)
            .map_err(|_| SealError::Malformed("a receipt"))?;
        let header = HeaderBuilder::new()
            .algorithm(iana::Algorithm::EdDSA)
            .key_id(key.public().to_vec())
            .build();
        let signed = CoseSign1Builder::new()
            .protected(header)
            .payload(payload)
            .create_signature(b"subrosa receipt 1", |message| key.sign(message).to_vec())
            .build();
        signed
            .to_vec()
            .map(Self)
            .map_err(|_| SealError::Malformed("a receipt"))
    }

    /// The bytes of the `COSE_Sign1`.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The receipt, if the engine with this key signed it.
    ///
    /// # Errors
    /// When the signature does not verify or the bytes are no receipt.
    pub fn verify(bytes: &[u8], engine: &[u8; 32]) -> Result<Receipt, SealError> {
        let malformed = || SealError::Malformed("a receipt");
        let signed = CoseSign1::from_slice(bytes).map_err(|_| malformed())?;
        signed.verify_signature(b"subrosa receipt 1", |signature, message| {
            verify_signature(engine, message, signature)
        })?;
        let payload = signed.payload.ok_or_else(malformed)?;
        ciborium::from_reader(payload.as_slice()).map_err(|_| malformed())
    }
}
