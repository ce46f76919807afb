//! A party's broker and witness, in the same process as the engine: laboratories only.

use attest::{Appraisal, AttestError, Evidence, KeyRequest, ReleasedKey, Transcript};
use connectors::{Broker, Witness};
use engine::PartyLink;
use ledger::Signer;

/// A party in this process.
pub(crate) struct LabParty {
    pub(crate) broker: Broker,
    pub(crate) witness: Witness,
}

impl PartyLink for LabParty {
    fn broker_digest(&self) -> String {
        self.broker.digest()
    }

    fn challenge(&self, now: u64) -> Result<(String, String), AttestError> {
        self.broker
            .challenge(now)
            .map(|challenge| (challenge.session, challenge.nonce))
    }

    fn release(
        &self,
        transcript: &Transcript,
        evidence: &Evidence,
        requests: &[KeyRequest],
        now: u64,
    ) -> Result<(Appraisal, Vec<ReleasedKey>), AttestError> {
        let grant = self.broker.release(transcript, evidence, requests, now)?;
        Ok((grant.appraisal, grant.keys))
    }

    fn witness(&self) -> &dyn Signer {
        &self.witness
    }
}
