//! Finishing a release: its outcomes are on disk before it leaves.

use release::{Memory, Release, Released};
use seal::SealError;

use super::State;
use super::budget::Charge;
use super::piece::Piece;
use crate::refusal::Refusal;

/// What is said when the state cannot be written.
const UNWRITTEN: &str = "the engine's state cannot be written";

impl State {
    /// Finishes a release that owes more than support.
    ///
    /// # Errors
    /// One constant sentence; then nothing may leave.
    pub(crate) fn finish(&mut self, release: Release) -> Result<Released, Refusal> {
        self.room()?;
        let memory = Memory {
            history: &mut self.history,
            secrets: &self.secrets,
        };
        let finished = release
            .finish_with(memory)
            .map_err(|_| Refusal::Failed(crate::pipeline::FAILED))?;
        // Always one piece, also when nothing is new: whoever counts pieces learns nothing.
        let files = &mut self.files;
        let mut seal = |parties: &[String], bytes: &[u8]| {
            files
                .seal_for(parties, bytes)
                .map_err(|_| SealError::Random)
        };
        let piece =
            Piece::of(&finished.remembered, &mut seal).map_err(|_| Refusal::Failed(UNWRITTEN))?;
        self.write(&piece)?;
        Ok(finished.released)
    }

    /// Charges a question.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub(crate) fn charge(&mut self, charges: Vec<Charge>) -> Result<(), Refusal> {
        self.write(&Piece::Charges(charges.clone()))?;
        for charge in charges {
            self.budgets.charge(charge);
        }
        Ok(())
    }

    /// How much of a budget is spent.
    pub(crate) fn spent(&self, charge: &Charge) -> u64 {
        self.budgets.spent(charge)
    }

    /// Whether a question was charged before.
    pub(crate) fn is_charged(&self, charge: &Charge) -> bool {
        self.budgets.knows(charge)
    }

    pub(super) fn write(&mut self, piece: &Piece) -> Result<(), Refusal> {
        let bytes = piece.to_bytes().ok_or(Refusal::Failed(UNWRITTEN))?;
        self.files
            .append(&bytes)
            .map_err(|_| Refusal::Failed(UNWRITTEN))
    }
}
