//! Entries: what happened, as commitments that only asker and owners can open.

use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// A contract came into force.
    Contract {
        /// Its digest.
        digest: String,
        /// Its version.
        version: u32,
    },
    /// A broker released keys of a table version.
    KeyReleased {
        /// The table.
        table: String,
        /// Its version.
        version: u64,
        /// Digest of its manifest.
        manifest: String,
        /// How many keys.
        keys: usize,
    },
    /// A broker released its party's seed, from which the engine's state is opened.
    SeedReleased {
        /// The party.
        party: String,
    },
    /// The engine's sealed state has come so far; one entry a question, whatever was added.
    State {
        /// Digest of all that was written, in order.
        head: String,
        /// How many pieces that is.
        pieces: u64,
    },
    /// A question was admitted.
    Admitted {
        /// Commitment to principal, purpose, recipient and statement.
        question: String,
        /// Tables it reads.
        tables: Vec<String>,
    },
    /// A question was refused.
    Denied {
        /// Commitment as above.
        question: String,
        /// The code.
        code: String,
    },
    /// An answer was released; withheld and empty ones look alike.
    Released {
        /// Commitment as above.
        question: String,
        /// Commitment to the padded answer.
        answer: String,
    },
    /// A question failed while it ran.
    Failed {
        /// Commitment as above.
        question: String,
    },
}

/// An entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its index, from 0.
    pub index: u64,
    /// When, RFC 3339 UTC.
    pub time: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// A commitment to some parts under a salt.
#[must_use]
pub fn commitment(salt: &[u8], parts: &[&str]) -> String {
    let fields = std::iter::once(salt).chain(parts.iter().map(|p| p.as_bytes()));
    seal::digest_hex(&seal::length_prefixed(fields))
}
