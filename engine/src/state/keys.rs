//! The keys of the state: all of them derived from seeds, none of them written.

use std::collections::BTreeMap;

use release::Secrets;
use seal::{Seed, StateKey};
use zeroize::Zeroizing;

/// The seeds that are at hand.
pub(crate) struct Keys {
    workload: Seed,
    environment: Seed,
    parties: BTreeMap<String, Seed>,
}

impl Keys {
    pub(crate) fn new(workload: Seed, environment: Seed, parties: BTreeMap<String, Seed>) -> Self {
        Self {
            workload,
            environment,
            parties,
        }
    }

    /// The parties whose seeds are at hand.
    pub(crate) fn parties(&self) -> Vec<String> {
        self.parties.keys().cloned().collect()
    }

    /// The key that wraps the keys of boots, of these parties' seeds among others; the party whose seed is missing.
    pub(crate) fn wrapping(&self, parties: &[String]) -> Result<StateKey, String> {
        let mut secrets = vec![self.workload.expose(), self.environment.expose()];
        for party in parties {
            let seed = self.parties.get(party).ok_or_else(|| party.clone())?;
            secrets.extend([party.as_bytes(), seed.expose()]);
        }
        Ok(StateKey::derive(secrets, "wrapping"))
    }

    /// The key of what is about these parties' entities, in one boot; `None` if a seed is missing.
    pub(crate) fn vectors(&self, boot: &StateKey, parties: &[String]) -> Option<StateKey> {
        let mut secrets = vec![boot.expose().as_slice()];
        for party in parties {
            secrets.extend([party.as_bytes(), self.parties.get(party)?.expose()]);
        }
        Some(StateKey::derive(secrets, "vectors"))
    }

    /// The parties' secrets for noise and jitter.
    pub(crate) fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        for (party, seed) in &self.parties {
            let key = StateKey::derive([party.as_bytes(), seed.expose()], "noise");
            secrets.insert(party, Zeroizing::new(*key.expose()));
        }
        secrets
    }

    /// The key by which entities are named: the same over boots, contracts and table versions.
    pub(crate) fn tracks(&self) -> StateKey {
        StateKey::derive(
            [self.workload.expose(), self.environment.expose()],
            "tracks",
        )
    }
}
