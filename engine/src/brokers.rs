//! What the engine needs of a party: an exchange that ends in keys, and a signature on its ledger.

use attest::{Appraisal, AttestError, Evidence, KeyRequest, ReleasedKey, Transcript};
use ledger::Signer;

/// A party's side of the exchange: in process for a laboratory, over the network elsewhere.
pub trait PartyLink: Send + Sync {
    /// The digest that stands for the party's broker in transcripts.
    fn broker_digest(&self) -> String;

    /// Begins an exchange: session and nonce.
    ///
    /// # Errors
    /// When the broker does not answer.
    fn challenge(&self, now: u64) -> Result<(String, String), AttestError>;

    /// Ends it: what the broker made of the evidence, and the keys.
    ///
    /// # Errors
    /// When the broker refuses.
    fn release(
        &self,
        transcript: &Transcript,
        evidence: &Evidence,
        requests: &[KeyRequest],
        now: u64,
    ) -> Result<(Appraisal, Vec<ReleasedKey>), AttestError>;

    /// Ends an exchange with the party's seed instead: encapsulated key and ciphertext.
    ///
    /// # Errors
    /// When the broker refuses.
    fn seed(
        &self,
        transcript: &Transcript,
        evidence: &Evidence,
        now: u64,
    ) -> Result<(Vec<u8>, Vec<u8>), AttestError>;

    /// The party's witness of the ledger.
    fn witness(&self) -> &dyn Signer;
}
