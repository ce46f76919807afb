//! What questions have spent of privacy, for ever, and what they were told for it.
//!
//! Spending is written before a question is computed and never given back: a failure may have told something by being one.
//! An answer is kept by its question and the versions of its tables, because computed again it would have other noise, and
//! the two together would tell more than was paid for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::State;
use super::piece::Piece;
use crate::refusal::Refusal;

/// What a question spends of one party's entities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spent {
    /// The party whose people it is about.
    pub(crate) party: String,
    /// The unit that is protected.
    pub(crate) unit: String,
    /// Millionths of epsilon.
    pub(crate) epsilon: u64,
}

/// What a question was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Told {
    /// Digest of the question, its policies, and the versions of its tables.
    pub(crate) question: String,
    /// The rows of its releases, as Arrow IPC, hexadecimal.
    pub(crate) releases: Vec<String>,
}

/// The account of all parties.
#[derive(Debug, Default)]
pub(crate) struct Privacy {
    spent: BTreeMap<(String, String), u64>,
    told: BTreeMap<String, Vec<String>>,
    bytes: usize,
}

impl Privacy {
    pub(super) fn spend(&mut self, spent: &Spent) {
        let of = (spent.party.clone(), spent.unit.clone());
        let sum = self.spent.entry(of).or_insert(0);
        *sum = sum.saturating_add(spent.epsilon);
    }

    /// The first answer stands.
    pub(super) fn tell(&mut self, told: Told) {
        let size: usize = told.releases.iter().map(String::len).sum();
        if !self.told.contains_key(&told.question) {
            self.bytes = self.bytes.saturating_add(size);
            self.told.insert(told.question, told.releases);
        }
    }

    /// Bytes held.
    pub(super) fn size(&self) -> usize {
        self.bytes
    }
}

impl State {
    /// What was spent of a party's unit so far, in millionths of epsilon.
    pub(crate) fn spent_of(&self, party: &str, unit: &str) -> u64 {
        let of = (party.to_owned(), unit.to_owned());
        self.privacy.spent.get(&of).copied().unwrap_or(0)
    }

    /// What a question was told before.
    pub(crate) fn told(&self, question: &str) -> Option<&[String]> {
        self.privacy.told.get(question).map(Vec::as_slice)
    }

    /// Spends; it is on disk when this returns.
    ///
    /// # Errors
    /// One constant sentence; then nothing may be computed.
    pub(crate) fn spend(&mut self, spent: Vec<Spent>) -> Result<(), Refusal> {
        self.room()?;
        let piece = Piece::Spent(spent);
        self.write(&piece)?;
        if let Piece::Spent(spent) = piece {
            for spent in &spent {
                self.privacy.spend(spent);
            }
        }
        Ok(())
    }

    /// Keeps an answer; it is on disk when this returns.
    ///
    /// # Errors
    /// One constant sentence; then it may not leave.
    pub(crate) fn tell(&mut self, told: Told) -> Result<(), Refusal> {
        let piece = Piece::Told(told);
        self.write(&piece)?;
        if let Piece::Told(told) = piece {
            self.privacy.tell(told);
        }
        Ok(())
    }
}
