//! Single cases, each with its reason.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod case;
mod company;
mod fits;
mod held;
mod support;
mod types;
mod values;
