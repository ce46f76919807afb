//! Windows: rows that see others of their partition. Whose those are is a second set of tracks; where places tell which rows a
//! frame has, whose the rows in between are is a third.

use std::collections::BTreeSet;

use super::aggregate;
use super::evaluate::Evaluator;
use super::expression::Expr;
use super::frame::Frame;
use super::merge::{Kind, Through, arms_made, terms_made};
use super::plan::{Aggregate, Function, Plan};
use super::relation::{Arm, Cell, Column, Entity, Place, Relation, Row, Who, nobody, unite};
use super::value::Value;
use super::world::World;

impl Evaluator<'_> {
    /// The rows whose keys name whom they are about.
    pub(super) fn named(&mut self, input: &Plan, keys: &[usize]) -> Relation {
        let mut input = self.rows(input);
        if !self.free {
            let world = self.world;
            input.rows.retain(|row| {
                let keys: Vec<&Cell> = keys.iter().map(|at| &row.cells[*at]).collect();
                row.is_named_by(&keys, world)
            });
        }
        input
    }

    pub(super) fn window(
        &mut self,
        mut input: Relation,
        aggregate: &Aggregate,
        partition: &[usize],
        (frame, held): (Option<&Frame>, BTreeSet<usize>),
        names: Vec<BTreeSet<usize>>,
    ) -> Relation {
        let mut made = self.through(&mut input, aggregate);
        if is_of_places(frame) {
            made.extend(self.displacing(&mut input, &made));
        }
        let window = Window {
            aggregate,
            partition,
            frame,
            made: &made,
            held,
            names,
        };
        window.over(input)
    }

    /// Where places tell which rows a value is of, a row that an arm brought adds something wherever it stands.
    fn displacing(&mut self, input: &mut Relation, made: &[Through]) -> Vec<Through> {
        let by_rows = made.iter().filter(|one| one.kind == Kind::Arm);
        let by_rows: Vec<Arm> = by_rows
            .filter(|one| input.lenient.contains(&one.made))
            .map(|one| one.arm)
            .collect();
        let mut more = Vec::new();
        for arm in by_rows {
            self.arms += 1;
            input.lenient.insert(self.arms);
            more.push(Through {
                arm,
                made: self.arms,
                kind: Kind::Place,
            });
        }
        more
    }
}

/// What a window is, and what is known of the rows below it.
pub(super) struct Window<'a> {
    pub(super) aggregate: &'a Aggregate,
    pub(super) partition: &'a [usize],
    pub(super) frame: Option<&'a Frame>,
    pub(super) made: &'a [Through],
    /// The places whose people the partition names: in every row of it the same.
    pub(super) held: BTreeSet<usize>,
    /// By column of the partition: the columns that are the same.
    pub(super) names: Vec<BTreeSet<usize>>,
}

/// Whether a row more takes the place of another.
pub(super) fn is_of_places(frame: Option<&Frame>) -> bool {
    frame.is_some_and(Frame::is_of_places)
}

/// What a row sees of its partition.
struct Sight<'r> {
    /// The rows that its value is of.
    seen: Vec<&'r Row>,
    /// Set by set, the rows whose people are behind the value.
    sets: Vec<Vec<&'r Row>>,
}

impl Window<'_> {
    /// The rows with one more column.
    pub(super) fn over(&self, mut input: Relation) -> Relation {
        input.rows = input.rows.iter().map(|row| self.row(&input, row)).collect();
        let frame = |(at, place): (usize, &Place)| Place {
            merged: place.merged || place.k.len() > 1,
            over: BTreeSet::from([at]),
            displaces: place.displaces || is_of_places(self.frame),
            ..place.clone()
        };
        let frames: Vec<Place> = input.places.iter().enumerate().map(frame).collect();
        for _set in self.sets(&input) {
            input.places.extend(frames.clone());
        }
        input.columns.push(Column {
            kind: aggregate::kind(self.aggregate, &input.kinds()),
            identifier: false,
            bounds: None,
            arms: arms_made(self.made),
            terms: terms_made(self.made),
        });
        input
    }

    /// The frames whose rows' people are tracked: that of the window, and that with the rows in between, which decide which rows are
    /// in it. LAG and LEAD look at one row, which is among those; the next one is told by none in between.
    fn sets(&self, input: &Relation) -> Vec<Option<Frame>> {
        let Some(frame) = self.frame else {
            return vec![None];
        };
        let between = frame.with_rows_between();
        let sets = match self.aggregate.function {
            Function::Shift(rows) if rows.abs() > 1 || !input.arms.is_empty() => vec![between],
            Function::Shift(_) => vec![frame.clone()],
            _ if frame.is_of_places() && between != *frame => vec![frame.clone(), between],
            _ => vec![frame.clone()],
        };
        sets.into_iter().map(Some).collect()
    }

    fn sight<'r>(&self, input: &'r Relation, row: &Row) -> Sight<'r> {
        let key = |row: &Row| -> Vec<Value> {
            let keys = self.partition.iter();
            keys.map(|at| row.cells[*at].raw.clone()).collect()
        };
        let rows = input.rows.iter();
        let partition: Vec<&Row> = rows.filter(|other| key(other) == key(row)).collect();
        let of = |frame: Option<&Frame>| match frame {
            None => partition.clone(),
            Some(frame) => frame.rows(&partition, row),
        };
        Sight {
            seen: of(self.frame),
            sets: self
                .sets(input)
                .iter()
                .map(|set| of(set.as_ref()))
                .collect(),
        }
    }

    fn row(&self, input: &Relation, row: &Row) -> Row {
        let sight = self.sight(input, row);
        let whose = sight.sets.iter().map(|rows| self.whose(row, rows));
        let whose: Vec<Who> = whose.collect();
        let mut told = row.clone();
        // The same value is the name of all who have it in these rows.
        for (at, alike) in self.partition.iter().zip(&self.names) {
            let others = sight.sets.iter().flatten();
            let names = others.flat_map(|other| &other.cells[*at].names);
            let names: BTreeSet<Entity> = names.cloned().collect();
            for at in alike {
                told.cells[*at].names.extend(names.clone());
            }
        }
        told.cells.push(self.value(&sight.seen));
        for took in told.took.values_mut() {
            took.extend(whose.concat());
        }
        for through in self.made {
            let decides = through.kind == Kind::Place;
            let (at, rows) = match sight.sets.last() {
                Some(last) if decides => (whose.len() - 1, last),
                _ => (0, &sight.seen),
            };
            let places = input.places.len();
            if let Some(takers) = through.takers(self.made, self.aggregate, rows, places) {
                let mut sets = whose.clone();
                sets[at] = takers;
                let all = [row.who.clone(), sets.concat()].concat();
                told.took.insert(through.made, all);
            }
        }
        told.who.extend(whose.concat());
        told
    }

    /// The value over some rows. LAG and LEAD hand on a value as it stands, and what enters aggregates in its stead.
    fn value(&self, seen: &[&Row]) -> Cell {
        let handed = match (&self.aggregate.function, &self.aggregate.argument) {
            (Function::Shift(_), Some(Expr::Column(at))) => seen.first().map(|row| &row.cells[*at]),
            _ => None,
        };
        match handed {
            Some(cell) => Cell {
                clamped: cell.clamped.clone(),
                ..Cell::plain(cell.raw.clone())
            },
            None => Cell::plain(aggregate::value(self.aggregate, seen)),
        }
    }

    /// Whose these rows are, as the row sees it.
    fn whose(&self, row: &Row, rows: &[&Row]) -> Who {
        let mut who = nobody(row.who.len());
        for other in rows {
            unite(&mut who, &other.who);
        }
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
