//! What a release under differential privacy is told besides its spec: a function of question and policies.

use policy::number::Decimal;

/// Budgets are counted in millionths of epsilon.
pub const MICRO: u64 = 1_000_000;

/// The terms of a release.
#[derive(Debug, Clone, PartialEq)]
pub struct DpTerms {
    /// The sets of parties, as bits by party number, whose entities may stand behind one row. They share no party.
    pub together: Vec<u64>,
    /// Where an entity of one side may meet any number of the other's in rows: the parties of both sides, as bits.
    pub sides: Option<(u64, u64)>,
    /// The tracks that name protected entities: the number of a slot, and the parties as bits for which it does.
    pub tracks: Vec<(usize, u64)>,
    /// Groups that one entity may add to.
    pub max_groups: u32,
    /// Rows of one entity that count in a group.
    pub max_rows: u32,
    /// What the release spends, in millionths of epsilon.
    pub epsilon: u64,
    /// The probability that one entity alone shows a group.
    pub delta: f64,
    /// Which groups are told.
    pub groups: DpGroups,
    /// The noised number of entities that a group must have besides, as their owners ask for.
    pub least: u32,
    /// By statistic: the least and most that one entity adds to a group; for means and variances that one value is.
    pub bounds: Vec<(Decimal, Decimal)>,
}

/// Which groups are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DpGroups {
    /// There are no keys: one group, always.
    Whole,
    /// Those with a noised number of entities above the threshold.
    Threshold,
    /// Those of a public list, whether anybody is in them or not.
    Listed,
}
