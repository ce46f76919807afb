//! Rows of two sides that meet: joins and semi joins.

use std::collections::{BTreeMap, BTreeSet};

use super::arms::arms_of;
use super::evaluate::Evaluator;
use super::expression::Expr;
use super::merge::merge;
use super::relation::{Cell, Place, Relation, Row, nobody};
use super::value::Value;

impl Evaluator<'_> {
    /// The pairs with equal keys; with `outer`, rows of the left without one too.
    pub(super) fn join(
        &mut self,
        outer: bool,
        left: &Relation,
        right: &Relation,
        on: &[(usize, usize)],
        and: Option<&Expr>,
    ) -> Relation {
        let mut rows = Vec::new();
        for one in &left.rows {
            let equal = |other: &&Row| {
                on.iter().all(|(at_left, at_right)| {
                    let (l, r) = (&one.cells[*at_left].raw, &other.cells[*at_right].raw);
                    let nobody = one.cells[*at_left].nobody || other.cells[*at_right].nobody;
                    !l.is_null() && !nobody && l == r
                })
            };
            let pairs = right
                .rows
                .iter()
                .filter(equal)
                .map(|other| named(pair(one, other), one.cells.len(), on, outer));
            let pairs: Vec<Row> = pairs
                .filter(|row| and.is_none_or(|and| and.holds(&row.raw())))
                .collect();
            if outer && pairs.is_empty() {
                rows.push(alone(one, right));
            }
            rows.extend(pairs);
        }
        let mut joined = Relation {
            columns: [left.columns.clone(), right.columns.clone()].concat(),
            places: beside(&left.places, &right.places),
            arms: left.arms.union(&right.arms).copied().collect(),
            lenient: left.lenient.union(&right.lenient).copied().collect(),
            sides: left.sides.union(&right.sides).copied().collect(),
            amounts: left.amounts.union(&right.amounts).copied().collect(),
            rows,
        };
        if let Some(and) = and {
            let own = self.branch(&mut joined, and);
            let reached = arms_of(&joined, and);
            joined
                .arms
                .extend(own.into_keys().chain(reached.into_keys()));
        }
        joined
    }
}

/// Equal values name each other's entities; what may be missing names nobody.
fn named(mut row: Row, width: usize, on: &[(usize, usize)], outer: bool) -> Row {
    for (l, r) in on.iter().filter(|_| !outer) {
        let both = row.cells[*l].names.union(&row.cells[width + r].names);
        let both: BTreeSet<_> = both.cloned().collect();
        row.cells[*l].names.clone_from(&both);
        row.cells[width + r].names = both;
    }
    if outer {
        let supplied = row.cells[width..].iter_mut();
        supplied.for_each(|cell| cell.names.clear());
    }
    row
}

fn pair(left: &Row, right: &Row) -> Row {
    let mut took = BTreeMap::new();
    for (arm, who) in &left.took {
        took.insert(*arm, [who.clone(), right.who.clone()].concat());
    }
    for (arm, who) in &right.took {
        took.insert(*arm, [left.who.clone(), who.clone()].concat());
    }
    Row {
        cells: [left.cells.clone(), right.cells.clone()].concat(),
        who: [left.who.clone(), right.who.clone()].concat(),
        took,
        adds: left
            .adds
            .iter()
            .chain(&right.adds)
            .map(|(arm, n)| (*arm, *n))
            .collect(),
        base: left.base.union(&right.base).copied().collect(),
    }
}

/// A row of the left without a match.
fn alone(left: &Row, right: &Relation) -> Row {
    let nothing = Row {
        cells: right
            .columns
            .iter()
            .map(|_| Cell::plain(Value::Null))
            .collect(),
        who: nobody(right.places.len()),
        took: BTreeMap::new(),
        adds: BTreeMap::new(),
        base: BTreeSet::new(),
    };
    pair(left, &nothing)
}

/// The people who make the condition true are behind the row too.
pub(super) fn semi(
    input: Relation,
    tested: &Relation,
    on: (usize, usize),
    negated: bool,
) -> Relation {
    let matching = |row: &Row| -> Vec<Row> {
        let key = &row.cells[on.0].raw;
        let equal = tested
            .rows
            .iter()
            .filter(|other| !key.is_null() && other.cells[on.1].raw == *key)
            .filter(|other| !row.cells[on.0].nobody && !other.cells[on.1].nobody);
        equal.cloned().collect()
    };
    if negated {
        let rows = input
            .rows
            .iter()
            .filter(|row| matching(row).is_empty())
            .cloned()
            .collect();
        return Relation { rows, ..input };
    }
    let several = |place: &Place| Place {
        merged: place.merged || place.k.len() > 1,
        ..place.clone()
    };
    let mut rows = Vec::new();
    for row in &input.rows {
        let others = matching(row);
        if !others.is_empty() {
            let mut cells = row.cells.clone();
            let found = others.iter().flat_map(|other| &other.cells[on.1].names);
            cells[on.0].names.extend(found.cloned());
            rows.push(Row {
                cells,
                ..pair(row, &merge(&others, tested.places.len()))
            });
        }
    }
    Relation {
        rows,
        places: beside(
            &input.places,
            &tested.places.iter().map(several).collect::<Vec<_>>(),
        ),
        arms: input.arms.union(&tested.arms).copied().collect(),
        lenient: input.lenient.union(&tested.lenient).copied().collect(),
        ..input
    }
}

/// The places of two inputs.
fn beside(left: &[Place], right: &[Place]) -> Vec<Place> {
    let moved = right.iter().map(|place| Place {
        over: place.over.iter().map(|over| left.len() + over).collect(),
        ..place.clone()
    });
    left.iter().cloned().chain(moved).collect()
}
