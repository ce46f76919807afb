//! Tests across crates.
#![expect(clippy::unwrap_used, reason = "tests")]

mod architecture;
