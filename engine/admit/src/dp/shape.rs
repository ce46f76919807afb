//! What is known of a relation: which entities its rows depend on, and which columns name them.

use std::collections::{BTreeMap, BTreeSet};

use datafusion_common::{Column, DFSchema};
use datafusion_expr::Expr;
use policy::number::Decimal;

use crate::conjunct::unaliased;

/// An entity that each row depends on, at one place of the plan. Two that are known to have the same name share a number.
pub(super) type Unit = usize;

/// Least and most value.
pub(super) type Interval = (Decimal, Decimal);

/// A column.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// The entities whose name it holds, bare.
    pub(super) names: BTreeSet<Unit>,
    /// Between what its values lie, as far as policies say.
    pub(super) interval: Option<Interval>,
    /// It is never NULL, but in rows of nobody.
    pub(super) filled: bool,
    /// What its owner lets one entity add to a sum of it.
    pub(super) cut: Option<Decimal>,
    /// A public list has all of its values: which one, and in which column.
    pub(super) listed: Option<(usize, usize)>,
}

/// A relation. Rows are a disjoint sum over the entities of every party in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    /// By position.
    pub(super) cols: Vec<Known>,
    /// By party number, the entities that each row with rows of the party depends on.
    pub(super) own: BTreeMap<u8, BTreeSet<Unit>>,
    /// The sets of parties that rows depend on together; the empty set: rows that are nobody's.
    pub(super) together: BTreeSet<BTreeSet<u8>>,
    /// Positions that together hold no value twice, NULL aside.
    pub(super) unique: Vec<BTreeSet<usize>>,
    /// Positions that together hold nothing twice, not even NULL: the keys of a grouping.
    pub(super) keyed: Vec<BTreeSet<usize>>,
}

/// Why nothing is known of what an entity can change, and what to write instead.
#[derive(Debug, Clone)]
pub(super) struct Unbounded {
    pub(super) message: String,
    pub(super) help: &'static str,
}

/// A shape, or why there is none.
pub(super) type Stable = Result<Shape, Unbounded>;

/// Nothing is known.
pub(super) fn unbounded<T>(message: impl Into<String>, help: &'static str) -> Result<T, Unbounded> {
    Err(Unbounded {
        message: message.into(),
        help,
    })
}

impl Shape {
    /// Rows of nobody.
    pub(super) fn public(cols: Vec<Known>) -> Self {
        Self {
            cols,
            together: BTreeSet::from([BTreeSet::new()]),
            ..Self::default()
        }
    }

    pub(super) fn is_protected(&self) -> bool {
        !self.own.is_empty()
    }

    /// Rows of several parties stand side by side: one name may be of another entity in each.
    pub(super) fn is_mixed(&self) -> bool {
        self.together.len() > 1
    }

    /// The one entity of a party that a row depends on.
    pub(super) fn single(&self, party: u8) -> Option<Unit> {
        let mut units = self.own.get(&party)?.iter();
        let first = units.next().copied();
        first.filter(|_| units.next().is_none())
    }

    /// The column that an expression is, bare.
    pub(super) fn bare<'s>(&'s self, expr: &Expr, schema: &DFSchema) -> Option<(usize, &'s Known)> {
        let Expr::Column(column) = unaliased(expr) else {
            return None;
        };
        self.at(column, schema)
    }

    /// A column by its name.
    pub(super) fn at(&self, column: &Column, schema: &DFSchema) -> Option<(usize, &Known)> {
        let at = schema.maybe_index_of_column(column)?;
        self.cols.get(at).map(|known| (at, known))
    }

    /// Two columns hold the same value in every row: what they name is one.
    pub(super) fn equate(&mut self, a: usize, b: usize) {
        let names = |at: usize| self.cols.get(at).map(|known| known.names.clone());
        let all: BTreeSet<Unit> = names(a).unwrap_or_default();
        let all: BTreeSet<Unit> = all.union(&names(b).unwrap_or_default()).copied().collect();
        for at in [a, b] {
            if let Some(known) = self.cols.get_mut(at) {
                known.names.clone_from(&all);
            }
        }
        self.merge(&all);
    }

    /// Two columns hold the same value in every row: what lists the values of one, lists those of the other.
    pub(super) fn list_both(&mut self, a: usize, b: usize) {
        let listed = |at: usize| self.cols.get(at).and_then(|known| known.listed);
        let list = listed(a).or(listed(b));
        for at in [a, b] {
            if let Some(known) = self.cols.get_mut(at) {
                known.listed = known.listed.or(list);
            }
        }
    }

    /// Several numbers for one entity become one.
    pub(super) fn merge(&mut self, same: &BTreeSet<Unit>) {
        let Some(one) = same.first().copied() else {
            return;
        };
        let renamed = |units: &mut BTreeSet<Unit>| {
            if units.iter().any(|unit| same.contains(unit)) {
                units.retain(|unit| !same.contains(unit));
                units.insert(one);
            }
        };
        self.own.values_mut().for_each(renamed);
        self.cols
            .iter_mut()
            .for_each(|known| renamed(&mut known.names));
    }

    /// Whether some positions hold no value twice together, NULL aside.
    pub(super) fn is_unique_on(&self, positions: &BTreeSet<usize>) -> bool {
        let mut keys = self.unique.iter().chain(&self.keyed);
        keys.any(|key| key.is_subset(positions))
    }

    /// Whether no two rows of somebody are equal in all of some positions: a key that is NULL twice orders nothing.
    pub(super) fn are_apart_by(&self, positions: &BTreeSet<usize>) -> bool {
        let filled = |at: &usize| {
            let known = self.cols.get(*at);
            known.is_some_and(|known| known.filled || !known.names.is_empty())
        };
        let mut keys = self.unique.iter().filter(|key| key.iter().all(filled));
        keys.any(|key| key.is_subset(positions))
            || self.keyed.iter().any(|key| key.is_subset(positions))
    }

    /// Rows may have become several.
    pub(super) fn forget_keys(&mut self) {
        self.unique.clear();
        self.keyed.clear();
    }

    /// Columns were put before these.
    pub(super) fn shift_keys(&mut self, by: usize) {
        for key in self.unique.iter_mut().chain(&mut self.keyed) {
            *key = key.iter().map(|at| at.saturating_add(by)).collect();
        }
    }

    /// Every entity that rows depend on is named by one of some columns.
    pub(super) fn names_all(&self, columns: &[&Known]) -> bool {
        let named = |unit: &Unit| columns.iter().any(|known| known.names.contains(unit));
        self.own.values().flatten().all(named)
    }
}
