//! The attack catalogue over a fixture of two worlds.
//!
//! Each attack wants to know which of two worlds it is in: they differ in one secret of one victim.
//! [`Entry::plan`] says, by rule and never by name, what of an attack can be tried today.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::assigning_clones,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::format_push_string,
    clippy::missing_panics_doc,
    reason = "a test harness stops at what it does not understand"
)]

mod catalogue;
mod columns;
mod fixture;
mod policies;
mod register;
mod support;
mod twister;
mod world;

pub use catalogue::{Directive, Entry, Expect, Plan, Step, catalogue, pairs};
pub use fixture::{Account, Bank, Rows, Transaction, rows};
pub use policies::Disclosure;
pub use support::{Cells, Fixture};
pub use world::{AttackWorld, registered_name};
