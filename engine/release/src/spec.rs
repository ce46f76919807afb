//! What a release is told: keys, statistics, tracks and the rules of the parties.

use arrow::datatypes::DataType;

/// A group key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyColumn {
    /// Input column.
    pub column: usize,
    /// Output name.
    pub name: String,
}

/// Everything a release is told.
#[derive(Debug, Clone, PartialEq)]
pub struct ReleaseSpec {
    /// Group keys.
    pub keys: Vec<KeyColumn>,
    /// Statistics, in output order.
    pub statistics: Vec<Statistic>,
    /// The tracks.
    pub slots: Vec<Slot>,
    /// By party number.
    pub parties: Vec<PartyRule>,
}

/// What holds for one party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyRule {
    /// Its name.
    pub name: String,
    /// The owner asks for itself: its side needs no support.
    pub exempt: bool,
    /// Parties of the same class pool.
    pub pool: u8,
    /// Dominance in percent, 0: off.
    pub dominance: u8,
}

/// How a track column holds entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackForm {
    /// `UInt64`.
    Scalar,
    /// `List<UInt64>`.
    Set,
}

/// A track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Input column.
    pub column: usize,
    /// Its form.
    pub form: TrackForm,
    /// Rows of several parties were merged.
    pub merged: bool,
    /// (party number, k).
    pub k: Vec<(u8, u32)>,
}

/// A statistic.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistic {
    /// Output name.
    pub name: String,
    /// What it is.
    pub kind: StatisticKind,
    /// Branches that owe support of their own.
    pub branches: Vec<Branch>,
    /// Output type.
    pub output: DataType,
}

/// The kinds of statistic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named for what they compute over the input column")]
pub enum StatisticKind {
    CountRows,
    Count { column: usize },
    CountDistinct { column: usize },
    CountDistinctSupported { column: usize },
    Sum { column: usize },
    Avg { column: usize },
    VarPop { column: usize },
    VarSamp { column: usize },
    StddevPop { column: usize },
    StddevSamp { column: usize },
}

/// A branch of a statistic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Where the entities that took it are found.
    pub source: BranchSource,
    /// Nobody having taken it is no failure.
    pub zero_ok: bool,
}

/// Where the entities that took a branch are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BranchSource {
    /// A Boolean column: this row took it.
    Flag(usize),
    /// Per slot a track column.
    Tracks(Vec<usize>),
}
