//! Our own rewrites of logical plans.

mod common;
mod distinct;
mod doubtful;
mod expand;
mod plain_equalities;
mod two_level;

pub(crate) use common::CommonExpressions;
pub(crate) use distinct::DistinctToGroups;
pub(crate) use doubtful::{JoinsStay, KeysStay};
pub(crate) use plain_equalities::PlainEqualities;

#[cfg(test)]
mod tests;
