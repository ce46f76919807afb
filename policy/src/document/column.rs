//! `[columns]`: one rule a name or pattern, with the capabilities it grants.

use super::Placed;
use crate::capability::{Bounds, Filter, Grain, Literal};
use crate::ident::{KeyDomain, PartyId, UnitSpace};
use crate::number::Decimal;

/// One entry of `[columns]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRule {
    /// The column's name, or a pattern with `*`.
    pub pattern: Placed<String>,
    /// Never shown.
    pub hidden: bool,
    /// Unit space.
    pub unit: Option<Placed<UnitSpace>>,
    /// Key domains.
    pub join: Vec<KeyDomain>,
    /// Values that are nobody.
    pub absent: Vec<Literal>,
    /// Sealing refuses duplicates.
    pub unique: bool,
    /// Grain of what leaves.
    pub dimension: Option<Placed<Grain>>,
    /// Grain inside.
    pub filter: Option<Placed<Filter>>,
    /// Owners whose filter columns it may be compared with.
    pub compare: Vec<PartyId>,
    /// Bounds inside aggregates.
    pub measure: Option<Placed<Bounds>>,
    /// What one entity may add to a sum.
    pub cut: Option<Placed<Decimal>>,
    /// Own entities, for own lists.
    pub own: bool,
}

impl ColumnRule {
    /// A rule that grants nothing but being seen.
    #[must_use]
    pub fn bare(pattern: Placed<String>) -> Self {
        Self {
            pattern,
            hidden: false,
            unit: None,
            join: Vec::new(),
            absent: Vec::new(),
            unique: false,
            dimension: None,
            filter: None,
            compare: Vec::new(),
            measure: None,
            cut: None,
            own: false,
        }
    }

    /// Whether the name is a pattern.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.pattern.value.contains('*')
    }

    /// Whether the rule is about a column of this name; `*` stands for any characters.
    #[must_use]
    pub fn matches(&self, column: &str) -> bool {
        glob(&self.pattern.value, column)
    }
}

fn glob(pattern: &str, name: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(rest) = name.strip_prefix(head) else {
        return false;
    };
    rest.char_indices()
        .map(|(at, _)| at)
        .chain([rest.len()])
        .any(|at| rest.get(at..).is_some_and(|rest| glob(tail, rest)))
}
