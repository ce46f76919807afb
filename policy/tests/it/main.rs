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
mod house;
mod house_approved;
mod house_laws;
mod laws;
mod malformed;
mod own;
mod private;
mod resolved;
mod robust;
mod support;
