//! What must hold of every question over every world, tried on generated ones against the oracle.
//!
//! `SUBROSA_QUESTIONS` says how many questions to ask (1 400 unless set), `SUBROSA_SEED` where to begin. A failure
//! prints its seed, keeps the smallest world that shows it, and prints the command that asks it again.

mod admission;
mod harness;
mod hidden;
mod mutation;
mod offers;
mod partition;
mod poison;
mod remembered;
mod semantics;
mod silence;
mod suppressed;
mod tally;
