//! Windows: rows that see others of their partition. Whose those are is a second set of tracks; where places tell which rows a
//! frame has, whose the rows in between are is a third.

use std::collections::BTreeSet;

use super::aggregate;
use super::frame::Frame;
use super::merge::{Kind, Through, arms_made, terms_made};
use super::plan::{Aggregate, Plan};
use super::relation::{Cell, Column, Place, Relation, Row, Who, nobody, unite};
use super::value::Value;
use super::world::World;

/// What a window is, and what is known of the rows below it.
pub(super) struct Window<'a> {
    pub(super) aggregate: &'a Aggregate,
    pub(super) partition: &'a [usize],
    pub(super) frame: Option<&'a Frame>,
    pub(super) made: &'a [Through],
    /// The places whose people the partition names: in every row of it the same.
    pub(super) held: BTreeSet<usize>,
}

/// Whether a row more takes the place of another.
pub(super) fn is_of_places(frame: Option<&Frame>) -> bool {
    frame.is_some_and(Frame::is_of_places)
}

impl Window<'_> {
    /// The rows with one more column.
    pub(super) fn over(&self, mut input: Relation) -> Relation {
        input.rows = input.rows.iter().map(|row| self.row(&input, row)).collect();
        input.columns.push(Column {
            kind: aggregate::kind(self.aggregate, &input.kinds()),
            identifier: false,
            bounds: None,
            arms: arms_made(self.made),
            terms: terms_made(self.made),
        });
        let frames: Vec<Place> = input
            .places
            .iter()
            .enumerate()
            .map(|(at, place)| Place {
                merged: place.merged || place.k.len() > 1,
                over: BTreeSet::from([at]),
                displaces: place.displaces || is_of_places(self.frame),
                ..place.clone()
            })
            .collect();
        let sets = if self.between().is_some() { 2 } else { 1 };
        (0..sets).for_each(|_| input.places.extend(frames.clone()));
        input
    }

    /// The frame from the current row on, where rows that are not in the frame decide which ones are.
    fn between(&self) -> Option<Frame> {
        let frame = self.frame.filter(|frame| frame.is_of_places())?;
        let between = frame.with_rows_between();
        (between != *frame).then_some(between)
    }

    fn row(&self, input: &Relation, row: &Row) -> Row {
        let width = input.places.len();
        let key = |row: &Row| -> Vec<Value> {
            let keys = self.partition.iter();
            keys.map(|at| row.cells[*at].raw.clone()).collect()
        };
        let partition: Vec<&Row> = input
            .rows
            .iter()
            .filter(|other| key(other) == key(row))
            .collect();
        let seen = match self.frame {
            None => partition.clone(),
            Some(frame) => frame.rows(&partition, row),
        };
        let deciding = self.between().map(|between| between.rows(&partition, row));
        let sets: Vec<&[&Row]> = [Some(&seen), deciding.as_ref()]
            .into_iter()
            .flatten()
            .map(Vec::as_slice)
            .collect();
        let whose: Vec<Who> = sets
            .iter()
            .map(|rows| self.whose(row, rows, width))
            .collect();
        let mut told = row.clone();
        // The same value is the name of all who have it in these rows.
        for at in self.partition {
            let others = sets.iter().flat_map(|rows| rows.iter());
            let names = others.flat_map(|other| &other.cells[*at].names);
            told.cells[*at].names.extend(names.cloned());
        }
        told.cells
            .push(Cell::plain(aggregate::value(self.aggregate, &seen)));
        for took in told.took.values_mut() {
            took.extend(whose.concat());
        }
        for through in self.made {
            let decides = through.kind == Kind::Place;
            let rows = if decides {
                deciding.as_ref().unwrap_or(&seen)
            } else {
                &seen
            };
            if let Some(takers) = through.takers(self.made, self.aggregate, rows, width) {
                let mut sets = whose.clone();
                let of = if decides { sets.len() - 1 } else { 0 };
                sets[of] = takers;
                told.took
                    .insert(through.made, [row.who.clone(), sets.concat()].concat());
            }
        }
        told.who.extend(whose.concat());
        told
    }

    /// Whose these rows are, as the row sees it.
    fn whose(&self, row: &Row, rows: &[&Row], width: usize) -> Who {
        let mut who = nobody(width);
        rows.iter().for_each(|other| unite(&mut who, &other.who));
        for at in &self.held {
            who[*at].clone_from(&row.who[*at]);
        }
        who
    }
}

/// The places whose people some columns name, of rows of one table that were only picked and rearranged; none for others.
///
/// It matters where a frame may have no rows at all: the people that the partition names are there all the same.
pub(super) fn held(world: &World, plan: &Plan, columns: &[usize]) -> BTreeSet<usize> {
    let units = units(world, plan).unwrap_or_default();
    let named = columns.iter().filter_map(|at| *units.get(*at)?);
    named.collect()
}

/// Whether [`held`] knows.
#[must_use]
pub(crate) fn is_plain(plan: &Plan) -> bool {
    match plan {
        Plan::Scan { .. } => true,
        Plan::Filter { input, .. } | Plan::Project { input, .. } => is_plain(input),
        Plan::List { .. }
        | Plan::Join { .. }
        | Plan::Semi { .. }
        | Plan::Group { .. }
        | Plan::Union { .. }
        | Plan::Window { .. } => false,
    }
}

/// By column, the place whose people it names.
fn units(world: &World, plan: &Plan) -> Option<Vec<Option<usize>>> {
    use super::expression::Expr;
    match plan {
        Plan::Scan { table } => {
            let table = &world.tables[*table];
            let mut places = 0..;
            let place = |at: usize| {
                let unit = table.columns[at].unit;
                unit.and_then(|_| places.next())
            };
            Some(table.visible().map(place).collect())
        }
        Plan::Filter { input, .. } => units(world, input),
        Plan::Project { input, columns } => {
            let below = units(world, input)?;
            let place = |expr: &Expr| match expr {
                Expr::Column(at) => below[*at],
                _computed => None,
            };
            Some(columns.iter().map(place).collect())
        }
        Plan::List { .. }
        | Plan::Join { .. }
        | Plan::Semi { .. }
        | Plan::Group { .. }
        | Plan::Union { .. }
        | Plan::Window { .. } => None,
    }
}
