//! What goes into a sealed table comes out of it, and nothing else is taken for a table.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod derived;
mod party;
mod round_trip;
mod text;
