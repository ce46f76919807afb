//! Differential privacy: what one entity of a party can change of an answer is proved from the plan, or the question is
//! refused with `E_MODE`.
//!
//! The proof is one invariant, kept from the scans up to each release. For every party, with the rows of all others fixed,
//! a relation is a disjoint sum over the party's entities: each row is some entity's, and an entity's rows are made of its
//! own rows and nobody else's. Then removing an entity removes its rows and leaves all others as they are, and the release
//! has only to bound what one entity's rows come to. What is not proved here is refused; there is no case of "probably".
//!
//! Capabilities, consents and shapes are judged besides, as for any other question.

mod between;
mod columns;
mod interval;
mod joins;
mod merged;
mod modes;
mod release;
mod shape;
mod stability;
mod union;
mod windows;

pub(crate) use modes::{check, is_asked};
pub(crate) use release::{build, share};
