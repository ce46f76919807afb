//! The parties' seeds: without the seed of every party with a protected table the state does not open.

use std::collections::{BTreeMap, BTreeSet};

use attest::{Evidence, SEED};
use ledger::Event;
use policy::ident::PartyId;
use seal::Seed;
use tokio::sync::Mutex;

use crate::engine::{Engine, now};
use crate::guard::TrackKey;
use crate::refusal::Refusal;
use crate::state::{State, StateSetup};

impl Engine {
    /// Gets the seeds, opens the state, and names entities as it does.
    ///
    /// # Errors
    /// When a broker refuses, a seed is not the one that the contract commits to, or the state is not as it was.
    pub(crate) async fn open_state(&mut self, setup: StateSetup) -> Result<(), Refusal> {
        let protected = self
            .policies
            .tables
            .values()
            .filter(|policy| !policy.is_public());
        let owners: BTreeSet<PartyId> =
            protected.map(|policy| policy.table.party.clone()).collect();
        let mut seeds = BTreeMap::new();
        for party in owners {
            seeds.insert(party.to_string(), self.seed(&party).await?);
        }
        let (folder, keys) = setup.keys(seeds);
        self.track = TrackKey::of(keys.tracks().expose());
        let noted = self.ledger.lock().await.state().cloned();
        self.state = Some(Mutex::new(State::open(&folder, keys, noted.as_ref())?));
        Ok(())
    }

    /// A party's seed, released to this engine after attestation and checked against the contract.
    async fn seed(&self, party: &PartyId) -> Result<Seed, Refusal> {
        let wrong = |reason: String| {
            Refusal::Tampered(format!(
                "the engine's state needs the seed of {party}: {reason}"
            ))
        };
        let refused = |error: attest::AttestError| wrong(error.to_string());
        let link = self
            .setup
            .parties
            .get(party)
            .ok_or_else(|| wrong("it has no broker".to_owned()))?;
        let seconds = u64::try_from(now().timestamp()).unwrap_or(0);
        let (session, nonce) = link.challenge(seconds).map_err(refused)?;
        let transcript = self.transcript(link.broker_digest(), session, nonce).await;
        let evidence = Evidence::simulated(&self.setup.measurement, &transcript);
        let (encapsulated, ciphertext) = link
            .seed(&transcript, &evidence, seconds)
            .map_err(refused)?;
        let opened = self.hpke.open(
            &encapsulated,
            &transcript.report_data(),
            SEED.as_bytes(),
            &ciphertext,
        );
        let seed = opened
            .and_then(|bytes| Seed::from_slice(&bytes))
            .map_err(|error| wrong(error.to_string()))?;
        let member = self.setup.contract.parties.get(party);
        let committed = member.and_then(|member| member.seed);
        if committed != Some(seed.commitment(party.as_str())) {
            return Err(wrong(
                "it is not the one that the contract commits to".to_owned(),
            ));
        }
        self.note(Event::SeedReleased {
            party: party.to_string(),
        })
        .await?;
        Ok(seed)
    }
}
