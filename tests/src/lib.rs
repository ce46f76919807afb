//! What the tests of several crates share: an oracle, and worlds and questions to try on it.

pub mod generate;
pub mod oracle;
//! What the tests of several crates share: worlds, catalogues and oracles.

pub mod attacks;
//! Worlds, questions and reference answers that several crates' tests and benches share.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a harness of tests stops at the first surprise"
)]

pub mod tpch;
