//! The release operator.

mod spec;
pub use spec::{Branch, BranchSource, KeyColumn, PartyRule, ReleaseSpec, Slot, Statistic, StatisticKind, TrackForm};
