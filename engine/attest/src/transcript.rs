//! What evidence is bound to: a length-prefixed transcript of the whole exchange.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha512};

/// Everything that the report data of evidence commits to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    /// `engine`, `client` or `worker`.
    pub role: String,
    /// SHA-256 of the broker's SPKI; of its identity key when both run in one process.
    pub broker: String,
    /// The session.
    pub session: String,
    /// The broker's nonce.
    pub nonce: String,
    /// TLS exporter; empty when both run in one process.
    pub tls_exporter: String,
    /// The engine's public signing key, which stands for its client SPKI.
    pub client: String,
    /// The KEM of the bound key.
    pub kem: String,
    /// The engine's HPKE public key, to which data keys are sealed.
    pub hpke_key: String,
    /// Digest of the contract.
    pub contract: String,
    /// What the keys are for.
    pub purpose: String,
    /// Head of the engine's ledger.
    pub ledger_head: String,
}

impl Transcript {
    /// SHA-512 over label and fields, each behind its length.
    #[must_use]
    pub fn report_data(&self) -> [u8; 64] {
        let fields = [
            "subrosa rcar 1",
            &self.role,
            &self.broker,
            &self.session,
            &self.nonce,
            &self.tls_exporter,
            &self.client,
            &self.kem,
            &self.hpke_key,
            &self.contract,
            &self.purpose,
            &self.ledger_head,
        ];
        let mut hasher = Sha512::new();
        for field in fields {
            hasher.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(field.as_bytes());
        }
        hasher.finalize().into()
    }
}
