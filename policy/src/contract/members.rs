//! A member of the contract and its keys.

use std::collections::BTreeSet;

use super::PublicKey;

/// One organisation in the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Ed25519 key that signs contracts, manifests and principals.
    pub identity: PublicKey,
    /// HPKE key that answers are sealed to.
    pub recipient: PublicKey,
    /// Its analysts, by name.
    pub analysts: BTreeSet<String>,
    /// Address of its key broker.
    pub broker: Option<String>,
    /// SHA-256 of the broker's SPKI, pinned.
    pub broker_pin: Option<[u8; 32]>,
    /// Commitment to the seed from which the engine opens its state and draws this party's noise.
    pub seed: Option<[u8; 32]>,
}

impl Member {
    /// A member with its two keys and nobody who asks.
    #[must_use]
    pub fn new(identity: PublicKey, recipient: PublicKey) -> Self {
        Self {
            identity,
            recipient,
            analysts: BTreeSet::new(),
            broker: None,
            broker_pin: None,
            seed: None,
        }
    }
}
