//! The release operator: the only way by which a value computed from protected rows may leave.
//!
//! Below it the query engine computes rows of several parties with *tracks* that say whose they are. Here they are
//! grouped once more, and a value comes out only where enough entities of every party stand behind it.

mod error;
mod spec;

pub use error::{ReleaseError, Result};
pub use spec::{
    Branch, BranchSource, KeyColumn, MAX_PARTIES, PartyRule, ReleaseSpec, Slot, Statistic, StatisticKind, TrackForm,
};
