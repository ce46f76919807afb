//! A second opinion: what a question comes to and what of it may leave, by nested loops.
//!
//! It has its own syntax trees and values, and shares no code with the engine or with `DataFusion`: a rule that both got
//! right was understood twice. It is slow and obvious on purpose, and knows policy.md §4, steps 1 and 2: parts, support
//! of every track and party, support of branches, the asker's own side, pools.
#![expect(
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a harness: what it cannot do it says by panicking"
)]

pub mod aggregate;
mod alike;
pub mod answer;
pub mod arms;
mod beside;
pub mod calendar;
mod cells;
mod combine;
pub mod depends;
pub mod evaluate;
pub mod expression;
pub mod frame;
mod list;
mod merge;
pub mod number;
mod paired;
pub mod plan;
pub mod relation;
pub mod reply;
pub mod sql;
pub mod support;
mod terms;
mod union;
pub mod value;
pub(crate) mod window;
pub mod world;
