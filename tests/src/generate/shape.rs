//! What a generator knows of rows that it has made: what their columns may probably be used for.
//!
//! It is a guess that steers towards questions that are accepted, and decides nothing.

use std::collections::BTreeSet;

use crate::oracle::plan::Plan;
use crate::oracle::value::Kind;
use crate::oracle::world::{Grain, World};

/// A column.
#[derive(Debug, Clone)]
pub struct Shape {
    /// What it holds.
    pub kind: Kind,
    /// A unit or key.
    pub identifier: bool,
    /// The parties whose entities it names.
    pub units: BTreeSet<usize>,
    /// Values that are nobody.
    pub absent: Vec<String>,
    /// As a key of the answer.
    pub dimension: Option<Grain>,
    /// In predicates.
    pub filter: Option<Grain>,
    /// Degree as a polynomial over measures.
    pub degree: Option<u8>,
    /// Its owners let it be compared across parties.
    pub compare: bool,
    /// A count over rows of several parties: only `>=` may be asked.
    pub crowded: bool,
    /// Whose it is.
    pub parties: BTreeSet<usize>,
}

/// Rows.
#[derive(Debug, Clone)]
pub struct Rows {
    /// How they come about.
    pub plan: Plan,
    /// Their columns.
    pub columns: Vec<Shape>,
    /// Whose they are.
    pub parties: BTreeSet<usize>,
    /// A column that holds no value twice.
    pub unique: Option<usize>,
}

impl Shape {
    /// May stand in an inner GROUP BY as it is.
    #[must_use]
    pub fn groups(&self) -> bool {
        self.identifier || self.filter == Some(Grain::Any) || self.dimension == Some(Grain::Any)
    }

    /// What both may be used for.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        Self {
            kind: self.kind,
            identifier: self.identifier || other.identifier,
            units: self.units.union(&other.units).copied().collect(),
            absent: self
                .absent
                .iter()
                .filter(|id| other.absent.contains(id))
                .cloned()
                .collect(),
            dimension: meet(self.dimension.as_ref(), other.dimension.as_ref()),
            filter: meet(self.filter.as_ref(), other.filter.as_ref()),
            degree: self.degree.zip(other.degree).map(|(a, b)| a.max(b)),
            compare: self.compare && other.compare,
            crowded: self.crowded || other.crowded,
            parties: self.parties.union(&other.parties).copied().collect(),
        }
    }
}

fn meet(a: Option<&Grain>, b: Option<&Grain>) -> Option<Grain> {
    match (a?, b?) {
        (Grain::Any, other) | (other, Grain::Any) => Some(other.clone()),
        (a, b) => (a == b).then(|| a.clone()),
    }
}

/// All rows of a table.
#[must_use]
pub fn scan(world: &World, number: usize) -> Rows {
    let table = &world.tables[number];
    let own = BTreeSet::from([table.party]);
    let shape = |at: usize| {
        let column = &table.columns[at];
        Shape {
            kind: column.kind,
            identifier: column.unit.is_some() || column.join.is_some(),
            units: if column.unit.is_some() {
                own.clone()
            } else {
                BTreeSet::new()
            },
            absent: column.absent.clone(),
            dimension: column.dimension.clone(),
            filter: column.filter.clone(),
            degree: column.measure.map(|_| 1),
            compare: column.compare,
            crowded: false,
            parties: own.clone(),
        }
    };
    Rows {
        plan: Plan::Scan { table: number },
        columns: table.visible().map(shape).collect(),
        parties: own.clone(),
        unique: table.unique,
    }
}

/// Whether all of these let each other link.
#[must_use]
pub fn consent(world: &World, these: &BTreeSet<usize>, those: &BTreeSet<usize>) -> bool {
    let lets = |one: &usize, other: &usize| {
        one == other
            || world
                .tables
                .iter()
                .filter(|table| table.party == *one)
                .all(|table| table.with.contains(other))
    };
    these.iter().all(|one| {
        those
            .iter()
            .all(|other| lets(one, other) && lets(other, one))
    })
}

/// Whether all of these accept that a side of those holds a key several times.
#[must_use]
pub fn many(world: &World, these: &BTreeSet<usize>, those: &BTreeSet<usize>) -> bool {
    let lets = |one: &usize, other: &usize| {
        one == other
            || world
                .tables
                .iter()
                .filter(|table| table.party == *one)
                .all(|table| table.many.contains(other))
    };
    these
        .iter()
        .all(|one| those.iter().all(|other| lets(one, other)))
}

/// Whether all of these let absence be asked.
#[must_use]
pub fn negation(world: &World, these: &BTreeSet<usize>) -> bool {
    world
        .tables
        .iter()
        .filter(|table| these.contains(&table.party))
        .all(|table| table.negation)
}
