//! Releases under differential privacy: what one entity adds is bounded first, and noise covers the bound.
//!
//! Admission has proved that every row below is about one entity of each party in it, and that what an entity's rows come to
//! depends on its own rows alone. So the rows of a release are a sum over *bearers* (the entities that stand behind a row
//! together), and whatever one party's entity does, it does through one bearer. Here:
//!
//! 1. What a bearer adds to a group is added up and clamped to the bounds of the terms.
//! 2. A bearer adds to at most `max_groups` groups: the first ones in an order that depends on it and the group alone.
//! 3. Discrete Laplace noise covers `max_groups` times the bound, one draw a number; the budget is shared evenly by the
//!    base statistics, and by the test of whether a group is shown.
//! 4. Groups are shown by a noised number of bearers above a threshold, or are listed by a public table, or there is one.
//!
//! No support, history or memory: whatever the data is, a number is told. Noise is fresh, so the same question must not be
//! computed twice for one charge; the engine keeps its answer.

mod added;
mod answer;
mod base;
mod between;
mod flow;
mod rows;
mod sums;
mod terms;
#[cfg(test)]
mod tests;
mod threshold;
mod words;

pub use rows::PrivateRelease;
pub use terms::{DpGroups, DpTerms, MICRO};
pub use threshold::threshold;
pub use words::epsilon;
