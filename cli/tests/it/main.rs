//! The program as its users meet it: commands in, text and exit codes out.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod crash;
mod lab;
mod offline;
mod questions;
mod properties;
mod readme;
mod run;
mod tampering;
