//! What a release has to compute and what it owes to whom.
//!
//! Admission writes a [`ReleaseSpec`] from the plan and the policies alone; nothing in it depends on data, so its
//! errors may say everything.

use arrow::datatypes::DataType;

/// One release: group keys, statistics, the tracks of the rows, and the rules of the parties behind them.
#[derive(Debug, Clone, PartialEq)]
pub struct ReleaseSpec {
    /// The group keys, in the order of the answer's columns.
    pub keys: Vec<KeyColumn>,
    /// The statistics, in the order of the answer's columns after the keys.
    pub statistics: Vec<Statistic>,
    /// The tracks that every input row carries.
    pub slots: Vec<Slot>,
    /// The parties; the index is the party number in the tracks. At most [`MAX_PARTIES`].
    pub parties: Vec<PartyRule>,
}

/// The most parties that one release can tell apart: a part's parties are a bit mask.
pub const MAX_PARTIES: usize = 64;

/// A group key of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyColumn {
    /// Index of the column in the input.
    pub column: usize,
    /// Name of the column in the answer.
    pub name: String,
}

/// What a party is owed wherever its rows stand behind a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyRule {
    /// The party's name, for messages about the spec.
    pub name: String,
    /// The owner asks for itself: its side needs no support.
    pub exempt: bool,
    /// Pool class: in merged slots, parties of one class count their entities together.
    pub pool: u8,
    /// Per cent of the largest contribution that the contributors after the first two must add; 0 turns the test off.
    pub dominance: u8,
}

/// A place in the plan where a unit space enters the rows: whose row this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Index of the track column in the input.
    pub column: usize,
    /// One entity a row, or several.
    pub form: TrackForm,
    /// An inner GROUP BY or a window merged rows of several parties.
    pub merged: bool,
    /// The indices of slots of the same rows, which have other units of these: this one, and perhaps others.
    pub same: Vec<usize>,
    /// Of a window's frames: the indices of the slots of the rows that they are gathered from.
    pub over: Vec<usize>,
    /// Of a frame of places: a row more in it takes the place of another, so that whom it holds is no more and no less.
    pub displaces: bool,
    /// (party number, k): the least number of entities of that party. A party that is neither listed nor exempt is
    /// never released.
    pub k: Vec<(u8, u32)>,
}

/// How a track column holds entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackForm {
    /// A `UInt64` column: one entity, or NULL for none.
    Scalar,
    /// A `List<UInt64>` column: a set of entities.
    Set,
}

/// A column of the answer that is computed over many rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistic {
    /// Name of the column in the answer.
    pub name: String,
    /// What is computed.
    pub kind: StatisticKind,
    /// The arms of conditions that decide what is added; each needs support of its own.
    pub branches: Vec<Branch>,
    /// Type of the column in the answer.
    pub output: DataType,
}

/// The statistics that may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatisticKind {
    /// `COUNT(*)`.
    CountRows,
    /// `COUNT(x)`: rows where the column is not NULL.
    Count {
        /// Index of the argument in the input.
        column: usize,
    },
    /// `COUNT(DISTINCT x)`: by value, not by hash.
    CountDistinct {
        /// Index of the argument in the input.
        column: usize,
    },
    /// `COUNT(DISTINCT x)` of what is no entity: values that enough entities stand behind. One value that one person
    /// has would be that person's.
    CountDistinctSupported {
        /// Index of the argument in the input.
        column: usize,
    },
    /// `SUM(x)` over integers or decimals.
    Sum {
        /// Index of the argument in the input.
        column: usize,
    },
    /// `AVG(x)`, the quotient of a releasable sum and count.
    Avg {
        /// Index of the argument in the input.
        column: usize,
    },
    /// `VAR_POP(x)`.
    VarPop {
        /// Index of the argument in the input.
        column: usize,
    },
    /// `VAR_SAMP(x)`, NULL for fewer than two values.
    VarSamp {
        /// Index of the argument in the input.
        column: usize,
    },
    /// `STDDEV_POP(x)`.
    StddevPop {
        /// Index of the argument in the input.
        column: usize,
    },
    /// `STDDEV_SAMP(x)`, NULL for fewer than two values.
    StddevSamp {
        /// Index of the argument in the input.
        column: usize,
    },
}

/// An arm of a condition: who took it must be many, or the difference tells about few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Where the input says who took the arm.
    pub source: BranchSource,
    /// Nobody at all may have taken the arm.
    pub zero_ok: bool,
    /// Which of those who take it count.
    pub adds: Adds,
}

/// Which of those who take an arm count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adds {
    /// Who add something other than 0 or NULL to the statistic, net: or zeros would pad the arm of a few.
    Something,
    /// Who add anything but NULL: the arm yields a literal 0 that moves a mean.
    Presence,
    /// Everybody: the statistic's value is what the arm makes of it, and may be 0 because of it.
    Row,
    /// Who add something, net, by this column of the input: a term of what the statistic adds up.
    Amount(usize),
}

/// Where the input says who took an arm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BranchSource {
    /// A `Boolean` column: this row took it, with all its entities.
    Flag(usize),
    /// One track column a slot, in the order of the slots: the entities that took it.
    Tracks(Vec<usize>),
    /// A column of which every value is an arm of its own, taken by the rows that hold it; NULL is none. Each that
    /// anybody took is taken by enough.
    Each(usize),
}

impl StatisticKind {
    /// The index of the argument in the input, if there is one.
    #[must_use]
    pub fn column(self) -> Option<usize> {
        match self {
            Self::CountRows => None,
            Self::Count { column }
            | Self::CountDistinct { column }
            | Self::CountDistinctSupported { column }
            | Self::Sum { column }
            | Self::Avg { column }
            | Self::VarPop { column }
            | Self::VarSamp { column }
            | Self::StddevPop { column }
            | Self::StddevSamp { column } => Some(column),
        }
    }
}
