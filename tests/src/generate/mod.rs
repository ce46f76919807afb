//! Worlds and questions from a seed: the same seed and size give the same on every machine.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a harness: what it cannot do it says by panicking"
)]

pub mod change;
pub mod disk;
pub mod policy;
pub mod predicate;
pub mod question;
pub mod random;
pub mod rows;
pub mod shape;
pub mod world;
