//! `UNION ALL`: rows side by side, their places aligned.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::clamp;
use super::relation::{Cell, Column, Place, Relation, Row, nobody};

/// Places of one space are the same place, in the order in which they come; each value keeps its own bounds.
pub(super) fn union(inputs: Vec<Relation>) -> Relation {
    let mut places: Vec<(Place, usize)> = Vec::new();
    let mut columns: Vec<Column> = inputs[0].columns.clone();
    let (mut arms, mut lenient, mut rows) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let (mut amounts, mut sides) = (BTreeSet::new(), BTreeSet::new());
    for input in inputs {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut to: Vec<usize> = Vec::new();
        for place in &input.places {
            let nth = seen.entry(place.space).or_default();
            let found = places
                .iter()
                .position(|(other, n)| other.space == place.space && n == nth);
            let at = found.unwrap_or(places.len());
            let over: BTreeSet<usize> = place.over.iter().map(|over| to[*over]).collect();
            if found.is_none() {
                let place = Place {
                    over,
                    ..place.clone()
                };
                places.push((place, *nth));
            } else {
                let known = &mut places[at].0;
                known.over.extend(over);
                known.scans.extend(&place.scans);
                known.merged |= place.merged;
                known.displaces |= place.displaces;
                for (party, k) in &place.k {
                    let before = known.k.entry(*party).or_insert(*k);
                    *before = (*before).max(*k);
                }
            }
            to.push(at);
            *nth += 1;
        }
        for (column, other) in columns.iter_mut().zip(&input.columns) {
            column.arms.extend(other.arms.clone());
            column.terms.extend(other.terms.clone());
            column.bounds = column.bounds.filter(|own| other.bounds == Some(*own));
        }
        arms.extend(input.arms);
        lenient.extend(input.lenient);
        amounts.extend(input.amounts);
        sides.extend(input.sides);
        rows.extend(input.rows.into_iter().map(|row| (row, to.clone())));
    }
    let width = places.len();
    let moved = |who: &Vec<BTreeSet<(usize, String)>>, to: &[usize]| {
        let mut wide = nobody(width);
        for (set, at) in who.iter().zip(to) {
            wide[*at].clone_from(set);
        }
        wide
    };
    let strictest = |cells: &[Cell]| -> Vec<Cell> {
        let each = cells.iter().zip(&columns);
        each.map(|(cell, column)| Cell {
            raw: cell.raw.clone(),
            clamped: clamp(&cell.clamped, column.bounds),
            names: cell.names.clone(),
            nobody: cell.nobody,
        })
        .collect()
    };
    let rows: Vec<Row> = rows
        .into_iter()
        .map(|(row, to)| Row {
            cells: strictest(&row.cells),
            who: moved(&row.who, &to),
            took: row
                .took
                .iter()
                .map(|(arm, who)| (*arm, moved(who, &to)))
                .collect(),
            ..row
        })
        .collect();
    Relation {
        columns,
        arms,
        lenient,
        amounts,
        sides,
        rows,
        places: places.into_iter().map(|(place, _)| place).collect(),
    }
}
