//! The policy language as its owners meet it: through text.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod base;
mod contract;
mod differences;
mod example;
mod laws;
mod malformed;
mod own;
mod resolved;
mod robust;
mod support;
