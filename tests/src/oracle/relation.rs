//! Annotated rows: values, and behind each row the entities and base rows that it came from.

use std::collections::{BTreeMap, BTreeSet};

use super::number::Number;
use super::value::{Kind, Value};
use super::world::World;

/// An entity: the party that names it, and its name.
pub type Entity = (usize, String);
/// Entities behind a row, place by place.
pub type Who = Vec<BTreeSet<Entity>>;
/// The number of a branch.
pub type Arm = usize;

/// A value as it stands, and as it enters an aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// For predicates and keys.
    pub raw: Value,
    /// With every measure in it clamped to its bounds.
    pub clamped: Value,
    /// The entities of which this value is the name.
    pub names: BTreeSet<Entity>,
    /// It is an identifier of nobody.
    pub nobody: bool,
}

impl Cell {
    /// A value without bounds.
    #[must_use]
    pub fn plain(raw: Value) -> Self {
        Self {
            clamped: raw.clone(),
            raw,
            names: BTreeSet::new(),
            nobody: false,
        }
    }
}

/// A row.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its values.
    pub cells: Vec<Cell>,
    /// Its entities.
    pub who: Who,
    /// The branches that it went through, each with the entities that took it.
    pub took: BTreeMap<Arm, Who>,
    /// What it adds by terms of sums.
    pub adds: BTreeMap<Arm, Number>,
    /// The rows that it came from: table and number.
    pub base: BTreeSet<(usize, usize)>,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// What it holds.
    pub kind: Kind,
    /// A unit or key.
    pub identifier: bool,
    /// What its values are clamped to, as long as it is bare.
    pub bounds: Option<(i64, i64)>,
    /// Branches that its values went through, and whether such a branch adds nothing to a sum.
    pub arms: BTreeMap<Arm, bool>,
    /// Terms of sums that its values are made of.
    pub terms: BTreeSet<Arm>,
}

/// A place in the plan where a unit space enters.
#[derive(Debug, Clone)]
pub struct Place {
    /// The unit space.
    pub space: &'static str,
    /// The parties that may stand here, each with its k.
    pub k: BTreeMap<usize, usize>,
    /// Rows of several parties were merged.
    pub merged: bool,
    /// The scans whose rows these are.
    pub scans: BTreeSet<usize>,
    /// Of a window's frames: the places of the rows themselves.
    pub over: BTreeSet<usize>,
    /// Of frames by places: a row more takes the place of another.
    pub displaces: bool,
}

/// Rows with what is known about all of them.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The columns.
    pub columns: Vec<Column>,
    /// The places.
    pub places: Vec<Place>,
    /// Branches that decided which rows there are.
    pub arms: BTreeSet<Arm>,
    /// Of the columns' branches, those that decided which rows there were.
    pub lenient: BTreeSet<Arm>,
    /// Of whose rows a union put side by side each is.
    pub sides: BTreeSet<Arm>,
    /// Terms of which it is known what each row adds by them.
    pub amounts: BTreeSet<Arm>,
    /// The rows.
    pub rows: Vec<Row>,
}

impl Relation {
    /// The parties whose people may stand behind its rows.
    #[must_use]
    pub fn parties(&self) -> BTreeSet<usize> {
        let all = self.places.iter().flat_map(|place| place.k.keys());
        all.copied().collect()
    }

    /// What the columns hold.
    #[must_use]
    pub fn kinds(&self) -> Vec<Kind> {
        self.columns.iter().map(|column| column.kind).collect()
    }
}

impl Row {
    /// Whether these cells name somebody of every party that has somebody behind the row, or of one that it trusts.
    #[must_use]
    pub fn is_named_by(&self, cells: &[&Cell], world: &World) -> bool {
        let named: BTreeSet<usize> = cells
            .iter()
            .flat_map(|cell| cell.names.iter().map(|(party, _)| *party))
            .collect();
        let mut behind = self.who.iter().flatten();
        behind.all(|(party, _)| world.accepts(*party, &named))
    }

    /// The values as they stand.
    pub fn raw(&self) -> impl Fn(usize) -> Value {
        |at| self.cells[at].raw.clone()
    }

    /// The values as they enter aggregates.
    pub fn clamped(&self) -> impl Fn(usize) -> Value {
        |at| self.cells[at].clamped.clone()
    }
}

/// Adds entities, place by place.
pub fn unite(into: &mut Who, from: &Who) {
    for (into, from) in into.iter_mut().zip(from) {
        into.extend(from.iter().cloned());
    }
}

/// Nobody, at so many places.
#[must_use]
pub fn nobody(places: usize) -> Who {
    vec![BTreeSet::new(); places]
}
