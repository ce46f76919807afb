//! A party's broker and witness, in the same process as the engine: laboratories only.

use std::path::PathBuf;

use attest::{Appraisal, AttestError, Evidence, KeyRequest, ReleasedKey, Transcript};
use connectors::{Broker, Witness};
use engine::PartyLink;
use ledger::Signer;
use serde::{Deserialize, Serialize};

use super::write_whole;

/// Evidence as a broker received it, kept so that it can be looked at and verified again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shown {
    /// When, seconds of the Unix epoch.
    pub(crate) time: u64,
    /// The exchange it is bound to.
    pub(crate) transcript: Transcript,
    /// The evidence.
    pub(crate) evidence: Evidence,
}

/// A party in this process.
pub(crate) struct LabParty {
    pub(crate) broker: Broker,
    pub(crate) witness: Witness,
    /// Where the last evidence is kept.
    pub(crate) shown: PathBuf,
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
        let shown = Shown {
            time: now,
            transcript: transcript.clone(),
            evidence: evidence.clone(),
        };
        let text = serde_json::to_vec_pretty(&shown).unwrap_or_default();
        let _lost_copy = write_whole(&self.shown, &text);
        Ok((grant.appraisal, grant.keys))
    }

    fn seed(
        &self,
        transcript: &Transcript,
        evidence: &Evidence,
        now: u64,
    ) -> Result<(Vec<u8>, Vec<u8>), AttestError> {
        self.broker.release_seed(transcript, evidence, now)
    }

    fn witness(&self) -> &dyn Signer {
        &self.witness
    }
}
