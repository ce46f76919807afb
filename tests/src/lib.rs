//! What the tests of several crates share: an oracle, and worlds and questions to try on it.

pub mod generate;
pub mod oracle;
//! What the tests of several crates share: worlds, catalogues and oracles.

pub mod attacks;
