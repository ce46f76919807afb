//! What the tests of several crates share: worlds, catalogues, questions, oracles.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a harness of tests stops at the first surprise"
)]

pub mod attacks;
pub mod generate;
pub mod oracle;
pub mod tpch;
