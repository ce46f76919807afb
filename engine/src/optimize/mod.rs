//! Our own rewrites of logical plans.

mod common;
mod distinct;
mod expand;
mod plain_equalities;
mod two_level;

pub(crate) use common::CommonExpressions;
pub(crate) use distinct::DistinctToGroups;
pub(crate) use plain_equalities::PlainEqualities;

#[cfg(test)]
mod tests;
