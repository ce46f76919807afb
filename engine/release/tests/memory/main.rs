//! Attacks on the release that compare answers: with history, noise and jitter owed, they come away empty.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "tests"
)]

mod attacks;
mod audit;
mod bank;
mod company;
mod cut;
mod factors;
mod guesses;
mod near;
mod paired;
mod totals;
mod values;
