//! Our own rewrites of logical plans.

mod amended;
mod common;
mod disjoint_lists;
mod distinct;
mod doubtful;
mod expand;
mod parties_of_tracks;
mod plain_equalities;
mod two_level;

pub(crate) use amended::Amended;
pub(crate) use common::common_expressions;
pub(crate) use disjoint_lists::disjoint_lists;
pub(crate) use distinct::DistinctToGroups;
pub(crate) use doubtful::{joins_stay, keys_stay};
pub(crate) use parties_of_tracks::PartiesOfTracks;
pub(crate) use plain_equalities::plain_equalities;

#[cfg(test)]
mod tests;
