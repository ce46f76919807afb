//! Our own rewrites of logical plans.

mod distinct;
mod expand;
mod plain_equalities;
mod two_level;

pub(crate) use distinct::DistinctToGroups;
pub(crate) use plain_equalities::PlainEqualities;

#[cfg(test)]
mod tests;
