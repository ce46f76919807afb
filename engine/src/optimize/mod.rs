//! Our own rewrites of logical plans.

mod distinct;
mod expand;
mod two_level;

pub(crate) use distinct::DistinctToGroups;

#[cfg(test)]
mod tests;
