//! Counts of a run: what became of its questions.

use std::collections::BTreeMap;
use std::fmt;

use super::harness::Outcome;

/// A long run says so often how far it has come.
const EVERY: usize = 10_000;

/// What became of questions.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) asked: usize,
    pub(super) accepted: usize,
    /// Answers that say something.
    pub(super) told: usize,
    refusals: BTreeMap<String, usize>,
}

impl Tally {
    pub(super) fn add(&mut self, outcome: &Outcome) {
        self.asked += 1;
        match outcome {
            Outcome::Refused(code, _) => *self.refusals.entry(code.clone()).or_default() += 1,
            Outcome::Answer(text) => {
                self.accepted += 1;
                self.told += usize::from(text != "[]");
            }
        }
    }

    /// Whether a long run should say how far it has come.
    pub(super) fn is_round(&self) -> bool {
        self.asked.is_multiple_of(EVERY)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            asked,
            accepted,
            told,
            refusals,
        } = self;
        let percent = (accepted * 1000).checked_div(*asked).unwrap_or(0);
        write!(
            f,
            "{asked} questions, {accepted} accepted ({}.{} %), {told} answers not empty; refused: {refusals:?}",
            percent / 10,
            percent % 10
        )
    }
}
