//! Rows merged or seen together: what stands behind several of them.

use std::collections::{BTreeMap, BTreeSet};

use super::aggregate;
use super::evaluate::arms_of;
use super::plan::{Aggregate, Function};
use super::relation::{Cell, Column, Place, Relation, Row, nobody, unite};
use super::value::Value;

/// Several rows in one, without its values.
pub(super) fn merge(rows: &[Row], places: usize) -> Row {
    let mut one = Row {
        cells: Vec::new(),
        who: nobody(places),
        took: BTreeMap::new(),
        base: BTreeSet::new(),
    };
    for row in rows {
        unite(&mut one.who, &row.who);
        one.base.extend(row.base.iter().copied());
        for (arm, who) in &row.took {
            unite(one.took.entry(*arm).or_insert_with(|| nobody(places)), who);
        }
    }
    one
}

/// The partition's entities are a second set of tracks.
pub(super) fn window(mut input: Relation, aggregate: &Aggregate, partition: &[usize]) -> Relation {
    let width = input.places.len();
    let key = |row: &Row| -> Vec<Value> {
        partition
            .iter()
            .map(|at| row.cells[*at].raw.clone())
            .collect()
    };
    let mut rows = Vec::new();
    for row in &input.rows {
        let frame: Vec<&Row> = input
            .rows
            .iter()
            .filter(|other| key(other) == key(row))
            .collect();
        let mut who = nobody(width);
        for other in &frame {
            unite(&mut who, &other.who);
        }
        let mut row = row.clone();
        row.cells
            .push(Cell::plain(aggregate::value(aggregate, &frame)));
        row.took
            .values_mut()
            .for_each(|took| took.extend(who.clone()));
        row.who.extend(who);
        rows.push(row);
    }
    let kind = aggregate::kind(aggregate, &input.kinds());
    let reached = aggregate
        .argument
        .as_ref()
        .map(|argument| arms_of(&input, argument))
        .unwrap_or_default();
    let sum = aggregate.function == Function::Sum;
    let arms = reached
        .into_iter()
        .filter(|(_, zero)| !(*zero && sum))
        .map(|(arm, _)| (arm, false));
    input.columns.push(Column {
        kind,
        identifier: false,
        bounds: None,
        arms: arms.collect(),
    });
    let frames = input.places.iter().map(|place| Place {
        merged: place.merged || place.k.len() > 1,
        ..place.clone()
    });
    input.places.extend(frames.collect::<Vec<_>>());
    input.rows = rows;
    input
}
