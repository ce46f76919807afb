//! Worlds and questions from a seed: the same seed and size give the same on every machine.
#![expect(
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::similar_names,
    clippy::unwrap_used,
    reason = "a harness: what it cannot do it says by panicking"
)]

pub mod below;
pub mod beside;
pub mod change;
pub mod disk;
pub mod forbidden;
mod frame;
mod list;
pub mod policy;
pub mod predicate;
pub mod question;
pub mod random;
pub mod rows;
pub mod shape;
pub mod world;
