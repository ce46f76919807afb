//! The party's key broker: appraises an engine's evidence and seals data keys to the engine's key.
//!
//! It answers from its own catalogue of current manifests, never from what a request or a file says,
//! and gives out data keys of visible columns only. A key-encryption key never leaves.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use attest::{
    Appraisal, AttestError, Evidence, KeyRequest, NonceBook, References, ReleasedKey, SEED,
    Transcript, appraise,
};
use policy::ident::PartyId;
use seal::{KeyMaterial, Manifest, SignedManifest, seal_to};

use crate::error::ConnectorError;
use crate::keys::KeyFolder;

/// What an engine must answer to with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The session.
    pub session: String,
    /// To be used once, within a minute.
    pub nonce: String,
}

/// What an engine that passed is given.
#[derive(Debug, Clone)]
pub struct KeyGrant {
    /// What the broker made of its evidence.
    pub appraisal: Appraisal,
    /// The data keys, sealed to its key.
    pub keys: Vec<ReleasedKey>,
}

/// The broker of one party.
#[derive(Debug)]
pub struct Broker {
    party: PartyId,
    identity: [u8; 32],
    keys: KeyFolder,
    references: References,
    contract: String,
    current: BTreeMap<String, (String, Manifest)>,
    nonces: Mutex<NonceBook>,
}

impl Broker {
    /// A broker that serves the tables of a party under a contract that the party signed.
    #[must_use]
    pub fn new(
        party: PartyId,
        identity: [u8; 32],
        keys: KeyFolder,
        references: References,
        contract: String,
    ) -> Self {
        let nonces = Mutex::new(NonceBook::default());
        Self {
            party,
            identity,
            keys,
            references,
            contract,
            current: BTreeMap::new(),
            nonces,
        }
    }

    /// Calls a version of a table current.
    ///
    /// # Errors
    /// When the manifest is not signed by the party, or is about another party's table.
    pub fn serve(&mut self, signed: &SignedManifest) -> Result<(), ConnectorError> {
        let wrong = |reason: String| ConnectorError::tampered("manifest", reason);
        let manifest = signed
            .verify(&self.identity)
            .map_err(|error| wrong(error.to_string()))?;
        if manifest.party != self.party.as_str() {
            return Err(wrong(format!(
                "is of {}, not of {}",
                manifest.party, self.party
            )));
        }
        self.current
            .insert(manifest.table.clone(), (signed.digest(), manifest));
        Ok(())
    }

    /// The digest that stands for this broker in transcripts.
    #[must_use]
    pub fn digest(&self) -> String {
        seal::digest_hex(&self.identity)
    }

    /// Begins an exchange at a time, in seconds since the epoch.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn challenge(&self, now: u64) -> Result<Challenge, AttestError> {
        let mut bytes = [0_u8; 48];
        getrandom::fill(&mut bytes).map_err(|_| AttestError::Nonce)?;
        let (session, nonce) = bytes.split_at(16);
        let challenge = Challenge {
            session: hex::encode(session),
            nonce: hex::encode(nonce),
        };
        self.nonces
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .give(&challenge.nonce, now);
        Ok(challenge)
    }

    /// Releases keys to an engine whose evidence passes.
    ///
    /// # Errors
    /// When the nonce is spent, the evidence does not pass or is bound to something else, or a key
    /// is asked for that is not released.
    pub fn release(
        &self,
        transcript: &Transcript,
        evidence: &Evidence,
        requests: &[KeyRequest],
        now: u64,
    ) -> Result<KeyGrant, AttestError> {
        let (appraisal, engine) = self.pass(transcript, evidence, now)?;
        let info = transcript.report_data();
        let keys = requests
            .iter()
            .map(|request| self.one(request, &engine, &info));
        Ok(KeyGrant {
            appraisal,
            keys: keys.collect::<Result<_, _>>()?,
        })
    }

    /// Releases the party's seed to an engine whose evidence passes: encapsulated key and ciphertext.
    ///
    /// # Errors
    /// As [`Self::release`].
    pub fn release_seed(
        &self,
        transcript: &Transcript,
        evidence: &Evidence,
        now: u64,
    ) -> Result<(Vec<u8>, Vec<u8>), AttestError> {
        let (_, engine) = self.pass(transcript, evidence, now)?;
        let refused = || AttestError::NotReleased("the seed".to_owned());
        let seed = self.keys.seed("state").map_err(|_| refused())?;
        let (info, data) = (transcript.report_data(), SEED.as_bytes());
        seal_to(&engine, &info, data, seed.expose()).map_err(|_| refused())
    }

    /// An engine's exchange up to the point where something may be sealed to its key, which is given back.
    fn pass(
        &self,
        transcript: &Transcript,
        evidence: &Evidence,
        now: u64,
    ) -> Result<(Appraisal, [u8; 32]), AttestError> {
        self.nonces
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(&transcript.nonce, now)?;
        let bound = transcript.role == "engine"
            && transcript.broker == self.digest()
            && transcript.contract == self.contract;
        if !bound {
            return Err(AttestError::Binding);
        }
        let appraisal = appraise(evidence, transcript, &self.references)?;
        let mut engine = [0_u8; 32];
        hex::decode_to_slice(&transcript.hpke_key, &mut engine)
            .map_err(|_| AttestError::Binding)?;
        Ok((appraisal, engine))
    }

    fn one(
        &self,
        request: &KeyRequest,
        engine: &[u8; 32],
        info: &[u8],
    ) -> Result<ReleasedKey, AttestError> {
        let refused = || AttestError::NotReleased(request.table.clone());
        let material = self.material(request).ok_or_else(refused)?;
        let master = self
            .keys
            .existing_master(&material.master_key_id)
            .ok()
            .flatten();
        let key = material
            .unwrap(&master.ok_or_else(refused)?)
            .map_err(|_| refused())?;
        let (encapsulated, ciphertext) =
            seal_to(engine, info, &request.associated_data(), key.expose())
                .map_err(|_| refused())?;
        Ok(ReleasedKey {
            request: request.clone(),
            encapsulated,
            ciphertext,
        })
    }

    /// The key material of what is asked for, if it may leave.
    fn material(&self, request: &KeyRequest) -> Option<&KeyMaterial> {
        let (digest, manifest) = self.current.get(&request.table)?;
        if *digest != request.manifest || manifest.version != request.version {
            return None;
        }
        let file = manifest
            .files
            .iter()
            .find(|file| file.path == request.file && !file.hidden)?;
        match &request.column {
            None => Some(&file.footer_key),
            Some(column) => {
                let visible = manifest
                    .columns
                    .iter()
                    .any(|c| c.name == *column && !c.hidden);
                let restricts = manifest.restrictions.iter().any(|r| r.column == *column);
                let released = visible || restricts;
                file.column_keys.get(column).filter(|_| released)
            }
        }
    }
}
