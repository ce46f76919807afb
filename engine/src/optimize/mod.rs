//! Our own rewrites of logical plans.

mod distinct;
mod expand;
mod same;
mod two_level;
mod undetermined;

pub(crate) use distinct::DistinctToGroups;
pub(crate) use undetermined::UndeterminedKeys;

#[cfg(test)]
mod tests;
