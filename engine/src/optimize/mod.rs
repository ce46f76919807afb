//! Our own rewrites of logical plans.

mod distinct;
mod every_key;
mod expand;
mod two_level;

pub(crate) use distinct::DistinctToGroups;
pub(crate) use every_key::KeepEveryKey;

#[cfg(test)]
mod tests;
