//! Evidence and its appraisal: is the engine that asks for keys the one that the parties accepted?
//!
//! Pure. One entry point, [`appraise`], so that no path can skip a check. Only the simulated
//! platform exists so far, and it says UNATTESTED wherever it shows; evidence of real platforms is
//! refused by name, never accepted.

mod appraise;
mod evidence;
mod nonce;
mod request;
mod transcript;

pub use appraise::{Appraisal, AttestError, References, appraise};
pub use evidence::{Evidence, Platform};
pub use nonce::NonceBook;
pub use request::{KeyRequest, ReleasedKey, SEED};
pub use transcript::Transcript;
