//! Questions: the operators that the oracle knows.

use super::expression::Expr;
use super::frame::Frame;
use super::value::{Kind, Value};

/// An aggregate function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `COUNT(*)`
    Rows,
    /// `COUNT(x)`
    Count,
    /// `COUNT(DISTINCT x)`
    Distinct,
    /// `SUM(x)`
    Sum,
    /// `MIN(x)`, below a release only
    Min,
    /// `MAX(x)`, below a release only
    Max,
    /// `AVG(x)`, as a release only
    Avg,
    /// `VAR_POP(x)`, as a release only
    VarPop,
    /// `VAR_SAMP(x)`, as a release only
    VarSamp,
    /// `STDDEV_POP(x)`, as a release only
    DevPop,
    /// `LAG(x, n)`, or `LEAD(x, -n)` below 0, as a window only
    Shift(i64),
}

/// An aggregate: function, argument, `FILTER (WHERE …)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregate {
    /// The function.
    pub function: Function,
    /// Its argument; none for `COUNT(*)`.
    pub argument: Option<Expr>,
    /// The rows that it is over.
    pub filter: Option<Expr>,
}

/// Rows below a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// All visible columns of a table.
    Scan {
        /// The table's number in the world.
        table: usize,
    },
    /// Rows of the question's own, `VALUES`: the right side of a join.
    List {
        /// What its columns hold; the first is the key that it is joined by.
        kinds: Vec<Kind>,
        /// Its rows.
        rows: Vec<Vec<Value>>,
    },
    /// The rows for which a predicate holds.
    Filter {
        /// Of these rows.
        input: Box<Plan>,
        /// The predicate.
        predicate: Expr,
    },
    /// New columns.
    Project {
        /// Of these rows.
        input: Box<Plan>,
        /// The columns.
        columns: Vec<Expr>,
    },
    /// Pairs of rows with equal keys.
    Join {
        /// Rows of the left without a match stay.
        outer: bool,
        /// Left side.
        left: Box<Plan>,
        /// Right side.
        right: Box<Plan>,
        /// Columns that are equal, left and right; without any it is a cross join.
        on: Vec<(usize, usize)>,
        /// A further condition over the columns of both.
        and: Option<Expr>,
    },
    /// Rows whose key is (or is not) among those of others.
    Semi {
        /// The rows that stay or go.
        input: Box<Plan>,
        /// The rows that decide.
        tested: Box<Plan>,
        /// The keys.
        on: (usize, usize),
        /// NOT EXISTS instead of EXISTS.
        negated: bool,
    },
    /// One row a group.
    Group {
        /// Of these rows.
        input: Box<Plan>,
        /// The keys.
        keys: Vec<Expr>,
        /// What is computed; if nothing, it is a DISTINCT.
        aggregates: Vec<Aggregate>,
    },
    /// Rows of all inputs, columns by position.
    Union {
        /// The inputs.
        inputs: Vec<Plan>,
    },
    /// One more column: an aggregate over rows of the same partition.
    Window {
        /// Of these rows.
        input: Box<Plan>,
        /// `COUNT(*)`, `COUNT(x)`, `SUM(x)`, `MIN(x)`, `MAX(x)`, or a row's value handed on.
        aggregate: Aggregate,
        /// The columns that part the rows.
        partition: Vec<usize>,
        /// Which rows of the partition it is over; all, if none.
        frame: Option<Frame>,
    },
}

/// A question: rows, and the aggregate over them that leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The rows.
    pub input: Plan,
    /// The keys of the answer.
    pub keys: Vec<Expr>,
    /// The statistics of the answer.
    pub statistics: Vec<Aggregate>,
    /// A condition over keys and statistics, by position in the answer.
    pub having: Option<Expr>,
}

impl Plan {
    /// The tables that it reads.
    #[must_use]
    pub fn tables(&self) -> Vec<usize> {
        match self {
            Self::Scan { table } => vec![*table],
            Self::List { .. } => Vec::new(),
            Self::Filter { input, .. }
            | Self::Project { input, .. }
            | Self::Group { input, .. }
            | Self::Window { input, .. } => input.tables(),
            Self::Join { left, right, .. } => [left.tables(), right.tables()].concat(),
            Self::Semi { input, tested, .. } => [input.tables(), tested.tables()].concat(),
            Self::Union { inputs } => inputs.iter().flat_map(Self::tables).collect(),
        }
    }
    /// The operators, those that read before what they read: in the order in which they are written.
    #[must_use]
    pub fn operators(&self) -> Vec<&Plan> {
        let below = match self {
            Self::Scan { .. } | Self::List { .. } => Vec::new(),
            Self::Filter { input, .. }
            | Self::Project { input, .. }
            | Self::Group { input, .. }
            | Self::Window { input, .. } => input.operators(),
            Self::Join { left, right, .. } => [left.operators(), right.operators()].concat(),
            Self::Semi { input, tested, .. } => [input.operators(), tested.operators()].concat(),
            Self::Union { inputs } => inputs.iter().flat_map(Self::operators).collect(),
        };
        std::iter::once(self).chain(below).collect()
    }
}
