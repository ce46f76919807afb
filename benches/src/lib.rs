//! What the benches share: a world in this process, sides that are measured in turn, tables of ratios.
//!
//! One command a table, under `src/bin`. Absolute times say little on a shared machine; every table
//! measures all its sides in one run, in turn, and tells ratios of medians. A bench that misses its
//! bar says so and ends well: it is a figure, not a gate.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::print_stdout,
    reason = "a bench stops at the first surprise, and prints"
)]

mod measure;
mod peer;
mod plaintext;
mod policies;
mod table;
mod world;

pub use measure::{Side, in_turn};
pub use peer::DuckDb;
pub use plaintext::plaintext;
pub use policies::{Owed, owe};
pub use table::{Row, Table};
pub use world::{World, views};
