//! Tests across crates.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod admission;
mod architecture;
