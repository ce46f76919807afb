//! What a column may be used for, as one lattice: an expression has what all of its inputs have.

use std::collections::BTreeSet;
use std::fmt;

use crate::ident::{KeyDomain, PartyId, UnitSpace};
use crate::number::Decimal;

/// Where in a party's policy something was said.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleSpan {
    /// The file, as the owner named it (relative to the world).
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// A unit of time of a grain, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeUnit {
    /// Seconds.
    Second,
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days.
    Day,
    /// Weeks from Monday; never nested with months.
    Week,
    /// Calendar months.
    Month,
    /// Calendar quarters.
    Quarter,
    /// Calendar years.
    Year,
}

/// The grid values must lie on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Grain {
    /// No grid: any value.
    Any,
    /// Whole multiples of a number.
    Number(Decimal),
    /// Whole multiples of a span of time since the epoch (calendar units: since year 1).
    Time {
        /// How many units, at least 1.
        count: u32,
        /// The unit.
        unit: TimeUnit,
    },
}

/// A literal of the policy language (`filter = [values]`, `absent = [...]`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Literal {
    /// A text.
    Text(String),
    /// A number.
    Number(Decimal),
    /// A truth value.
    Bool(bool),
}

/// The grain inside: which predicates are allowed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Filter {
    /// Literals on this grid.
    Grain(Grain),
    /// Only these values, by `=`, `<>` and `IN`.
    Values(Vec<Literal>),
}

/// The bounds of a measure; values outside are clamped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// Lowest value kept.
    pub low: Decimal,
    /// Highest value kept.
    pub high: Decimal,
}

/// What one column may be used for. No field set: nothing but being counted as present.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// Counts as contributor in this space.
    pub unit: Option<UnitSpace>,
    /// Key domains it may be joined on.
    pub join: BTreeSet<KeyDomain>,
    /// Values of a unit or key that are nobody.
    pub absent: Vec<Literal>,
    /// Found without duplicates at sealing.
    pub unique: bool,
    /// Output group key at this grain or coarser.
    pub dimension: Option<Grain>,
    /// Predicates.
    pub filter: Option<Filter>,
    /// Owners whose filter columns it may be compared with.
    pub compare: BTreeSet<PartyId>,
    /// Inside aggregates, clamped to these bounds.
    pub measure: Option<Bounds>,
    /// What one entity may add to a sum, once noise is on.
    pub cut: Option<Decimal>,
    /// The party's own entities, for own lists.
    pub own: bool,
}

impl Capabilities {
    /// Unit or join key: opaque, may only stand bare.
    #[must_use]
    pub fn is_identifier(&self) -> bool {
        self.unit.is_some() || !self.join.is_empty()
    }

    /// The allowed uses in words, as `SHOW COLUMNS` and completion print them.
    #[must_use]
    pub fn uses(&self) -> Vec<String> {
        let mut uses = Vec::new();
        if let Some(unit) = &self.unit {
            uses.push(format!("unit {unit}"));
        }
        for domain in &self.join {
            uses.push(format!("join {domain}"));
        }
        match &self.dimension {
            Some(Grain::Any) => uses.push("dimension".to_owned()),
            Some(grain) => uses.push(format!("dimension by {grain}")),
            None => {}
        }
        match &self.filter {
            Some(Filter::Grain(Grain::Any)) => uses.push("filter".to_owned()),
            Some(Filter::Grain(grain)) => uses.push(format!("filter by {grain}")),
            Some(Filter::Values(values)) => uses.push(format!("filter on {} values", values.len())),
            None => {}
        }
        if let Some(bounds) = &self.measure {
            uses.push(format!("measure {} to {}", bounds.low, bounds.high));
        }
        for party in &self.compare {
            uses.push(format!("compare with {party}"));
        }
        if self.own {
            uses.push("own".to_owned());
        }
        uses
    }
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        })
    }
}

impl fmt::Display for Grain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any value"),
            Self::Number(step) => write!(f, "{step}"),
            Self::Time { count: 1, unit } => write!(f, "1 {unit}"),
            Self::Time { count, unit } => write!(f, "{count} {unit}s"),
        }
    }
}
