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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;
    use std::sync::Arc;

    use seal::Seed;

    use super::super::Keys;
    use super::*;

    fn open(folder: &Path, noted: Option<&(String, u64)>) -> State {
        let seed = |byte| Seed::from_slice(&[byte; 32]).unwrap();
        let parties = BTreeMap::from([("bank_a".to_owned(), seed(3))]);
        State::open(folder, Keys::new(seed(1), seed(2), parties), noted)
            .map_err(|_| "does not open")
            .unwrap()
    }

    fn spent(epsilon: u64) -> Vec<Spent> {
        vec![Spent {
            party: "bank_a".to_owned(),
            unit: "person".to_owned(),
            epsilon,
        }]
    }

    fn told(question: &str, answer: &str) -> Told {
        Told {
            question: question.to_owned(),
            releases: vec![answer.to_owned()],
        }
    }

    #[test]
    fn what_was_spent_is_spent_though_nothing_was_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = open(folder.path(), None);
        state.spend(spent(7)).unwrap();
        let noted = state.head();
        drop(state);
        let mut state = open(folder.path(), Some(&noted));
        assert_eq!(state.spent_of("bank_a", "person"), 7);
        assert_eq!(state.spent_of("bank_a", "acct"), 0);
        assert_eq!(state.told("q"), None);
        state.spend(spent(5)).unwrap();
        // A crash before the ledger notes it takes nothing back.
        drop(state);
        assert_eq!(
            open(folder.path(), Some(&noted)).spent_of("bank_a", "person"),
            12
        );
    }

    #[test]
    fn the_first_answer_stands_over_restarts() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = open(folder.path(), None);
        state.tell(told("q", "first")).unwrap();
        state.tell(told("q", "second")).unwrap();
        assert_eq!(state.told("q"), Some(["first".to_owned()].as_slice()));
        drop(state);
        let state = open(folder.path(), None);
        assert_eq!(state.told("q"), Some(["first".to_owned()].as_slice()));
    }

    #[test]
    fn many_at_once_spend_each_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let state = Arc::new(tokio::sync::Mutex::new(open(folder.path(), None)));
        let threads: Vec<_> = (0..32)
            .map(|_| {
                let state = Arc::clone(&state);
                std::thread::spawn(move || state.blocking_lock().spend(spent(1)).unwrap())
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(state.blocking_lock().spent_of("bank_a", "person"), 32);
    }
}
