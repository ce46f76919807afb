//! What the engine knows from one boot to the next: the history of releases and what was spent of budgets.
//!
//! It lies on storage that is the host's, so it is sealed, chained and bound into the ledger, which the parties
//! co-sign: what is missing, older or changed ends the engine's start, and is never taken for a fresh beginning.

mod budget;
mod files;
mod keys;
mod open;
mod piece;
mod private;
mod remember;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use release::{History, Secrets};
use seal::Seed;

pub(crate) use budget::{Charge, Period, statistics};
pub(crate) use private::{Spent, Told};

use budget::Budgets;
use files::Files;
#[cfg(test)]
use keys::Keys;
use private::Privacy;

use crate::refusal::Refusal;

/// Where the engine keeps its state, and the seeds that are not a party's.
#[expect(missing_debug_implementations, reason = "holds seeds")]
pub struct StateSetup {
    /// A folder that nobody else writes to.
    pub folder: PathBuf,
    /// The seed of the image.
    pub workload: Seed,
    /// The seed of whoever operates the engine.
    pub environment: Seed,
}

/// The open state.
pub(crate) struct State {
    pub(crate) history: History,
    pub(crate) secrets: Secrets,
    budgets: Budgets,
    privacy: Privacy,
    files: Files,
}

/// Bytes of history that are kept in memory.
const MOST: usize = 1 << 30;

impl State {
    /// How far the state has come: its head and how many pieces that is.
    pub(crate) fn head(&self) -> (String, u64) {
        self.files.head()
    }

    /// Whether there is room for another question's outcomes.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn room(&self) -> Result<(), Refusal> {
        if self.history.size().saturating_add(self.privacy.size()) > MOST {
            return Err(Refusal::Failed(
                "the engine remembers as many answers as it can hold",
            ));
        }
        Ok(())
    }
}
