//! Questions by recursion over the grammar that is accepted, mostly.

use std::collections::BTreeSet;

use crate::oracle::expression::{Expr, Op};
use crate::oracle::plan::{Aggregate, Function, Plan, Question};
use crate::oracle::value::{Kind, Value};
use crate::oracle::world::{Grain, World};

use super::predicate::{Use, measure, predicate};
use super::random::Random;
use super::shape::{Rows, Shape, consent, many, negation, scan};

/// Makes questions over a world.
#[derive(Debug)]
pub struct Asker<'a> {
    world: &'a World,
    random: Random,
    awaited: bool,
}

impl<'a> Asker<'a> {
    /// An asker with its own draws.
    #[must_use]
    pub fn new(world: &'a World, random: Random) -> Self {
        Self {
            world,
            random,
            awaited: false,
        }
    }

    /// Also asks what admission is known to get wrong: keys twice in GROUP BY, CASE in an inner key, a literal 0 that
    /// is added to, COUNT(DISTINCT …) of values.
    #[must_use]
    pub fn with_awaited(self, awaited: bool) -> Self {
        Self { awaited, ..self }
    }

    /// A question.
    pub fn question(&mut self) -> Question {
        let depth = self.random.below(4);
        let rows = self.rows(depth);
        let mut keys: Vec<Expr> = Vec::new();
        for _ in 0..self.random.below(3) {
            let key = self.key(&rows);
            keys.extend(key.filter(|key| self.awaited || !keys.contains(key)));
        }
        let wanted = 1 + self.random.below(3);
        let mut statistics: Vec<Aggregate> = (0..wanted)
            .map(|_| self.statistic(&rows))
            .filter_map(|found| found)
            .collect();
        if statistics.is_empty() {
            statistics.push(plain(Function::Rows, None));
        }
        if !keys.is_empty() && self.random.percent(5) {
            statistics.clear();
        }
        let having = if statistics.is_empty() {
            None
        } else {
            self.having(&keys, &statistics)
        };
        Question {
            input: rows.plan,
            keys,
            statistics,
            having,
        }
    }

    fn having(&mut self, keys: &[Expr], statistics: &[Aggregate]) -> Option<Expr> {
        let exact = |at: &usize| {
            matches!(
                statistics[*at].function,
                Function::Rows | Function::Count | Function::Distinct | Function::Sum
            )
        };
        let usable: Vec<usize> = (0..statistics.len()).filter(exact).collect();
        if usable.is_empty() || !self.random.percent(25) {
            return None;
        }
        let at = keys.len() + *self.random.pick(&usable);
        let op = *self.random.pick(&[Op::Ge, Op::Lt, Op::Gt]);
        Some(Expr::Column(at).against(op, Value::whole(*self.random.pick(&[1, 2, 3, 5, 40]))))
    }

    fn key(&mut self, rows: &Rows) -> Option<Expr> {
        let named = |at: &usize| {
            let shape = &rows.columns[*at];
            !shape.crowded && shape.dimension.is_some() && !shape.identifier
        };
        let usable: Vec<usize> = (0..rows.columns.len()).filter(named).collect();
        if self.random.percent(20) && rows.columns.iter().all(|shape| !shape.crowded) {
            let when = predicate(&mut self.random, &rows.columns, Use::Dimension, 1)?;
            let [yes, no] = ["yes", "no"].map(|text| Expr::Literal(Value::text(text)));
            return Some(Expr::Case(vec![(when, yes)], Some(Box::new(no))));
        }
        if usable.is_empty() {
            return None;
        }
        let at = *self.random.pick(&usable);
        let column = Expr::Column(at);
        Some(match rows.columns[at].dimension {
            Some(Grain::Month) => Expr::Month(Box::new(column)),
            _ => column,
        })
    }

    /// A statistic that may leave.
    fn statistic(&mut self, rows: &Rows) -> Option<Aggregate> {
        let columns = &rows.columns;
        let mut found = match self.random.below(12) {
            0..3 => plain(Function::Rows, None),
            3 => plain(
                Function::Count,
                Some(Expr::Column(self.random.below(columns.len()))),
            ),
            4 => {
                let when = predicate(&mut self.random, columns, Use::Filter, 1)?;
                let one = Expr::Literal(Value::whole(1));
                plain(Function::Count, Some(Expr::Case(vec![(when, one)], None)))
            }
            5 | 6 => plain(Function::Distinct, Some(self.distinct(rows)?)),
            7..10 => plain(Function::Sum, Some(self.measure(columns, 2)?)),
            10 => plain(Function::Avg, Some(self.measure(columns, 1)?)),
            _ => {
                let function =
                    *self
                        .random
                        .pick(&[Function::VarPop, Function::VarSamp, Function::DevPop]);
                plain(function, Some(self.measure(columns, 1)?))
            }
        };
        if self.random.percent(12) {
            found.filter = predicate(&mut self.random, columns, Use::Filter, 1);
        }
        Some(found)
    }

    fn measure(&mut self, columns: &[Shape], most: u8) -> Option<Expr> {
        measure(&mut self.random, columns, most, self.awaited)
    }

    fn distinct(&mut self, rows: &Rows) -> Option<Expr> {
        let usable: Vec<usize> = (0..rows.columns.len())
            .filter(|at| {
                let shape = &rows.columns[*at];
                shape.identifier || (self.awaited && shape.groups())
            })
            .collect();
        if usable.is_empty() {
            return None;
        }
        let column = Expr::Column(*self.random.pick(&usable));
        if self.random.percent(20) {
            let when = predicate(&mut self.random, &rows.columns, Use::Filter, 1)?;
            return Some(Expr::Case(vec![(when, column)], None));
        }
        Some(column)
    }

    /// Rows.
    fn rows(&mut self, depth: usize) -> Rows {
        if depth == 0 {
            return if self.random.percent(20) {
                self.union()
            } else {
                self.scan()
            };
        }
        match self.random.below(100) {
            0..25 => self.filter(depth),
            25..45 => self.join(depth),
            45..57 => self.semi(depth),
            57..80 => self.group(depth),
            80..90 => self.project(depth),
            _ => self.window(depth),
        }
    }

    fn scan(&mut self) -> Rows {
        let table = self.random.below(self.world.tables.len());
        scan(self.world, table)
    }

    fn filter(&mut self, depth: usize) -> Rows {
        let rows = self.rows(depth - 1);
        match predicate(&mut self.random, &rows.columns, Use::Filter, 2) {
            None => rows,
            Some(predicate) => Rows {
                plan: Plan::Filter {
                    input: Box::new(rows.plan),
                    predicate,
                },
                ..rows
            },
        }
    }

    /// A pair of keys that two sides may meet on.
    fn keys(&mut self, left: &Rows, right: &Rows) -> Option<(usize, usize)> {
        let of = |rows: &Rows| -> Vec<usize> {
            (0..rows.columns.len())
                .filter(|at| rows.columns[*at].identifier)
                .collect()
        };
        let (l, r) = (of(left), of(right));
        if l.is_empty() || r.is_empty() {
            return None;
        }
        let pair = (*self.random.pick(&l), *self.random.pick(&r));
        let lenient = self.random.percent(4);
        (lenient || consent(self.world, &left.parties, &right.parties)).then_some(pair)
    }

    fn join(&mut self, depth: usize) -> Rows {
        let left = self.rows(depth - 1);
        let mut right = self.rows(self.random.clone().below(depth));
        self.random.draw();
        let Some(mut on) = self.keys(&left, &right) else {
            return left;
        };
        let lenient = self.random.percent(4);
        if right.unique != Some(on.1)
            && !many(self.world, &left.parties, &right.parties)
            && !lenient
        {
            let Some(grouped) = self.grouped(right, Some(on.1)) else {
                return left;
            };
            (right, on.1) = (grouped, 0);
        }
        if left.unique != Some(on.0) && !many(self.world, &right.parties, &left.parties) && !lenient
        {
            return left;
        }
        let both: BTreeSet<usize> = left.parties.union(&right.parties).copied().collect();
        let one_owner = both.len() == 1
            && [&left.columns[on.0], &right.columns[on.1]]
                .iter()
                .all(|s| !s.units.is_empty());
        let outer = (one_owner || negation(self.world, &both)) && self.random.percent(50);
        let mut columns = [left.columns.clone(), right.columns.clone()].concat();
        let width = left.columns.len();
        let units: BTreeSet<usize> = columns[on.0]
            .units
            .union(&columns[width + on.1].units)
            .copied()
            .collect();
        for at in [on.0, width + on.1] {
            columns[at].units.clone_from(&units);
        }
        let and = if self.random.percent(20) {
            predicate(&mut self.random, &columns, Use::Filter, 1)
        } else {
            None
        };
        let unique = if right.unique == Some(on.1) {
            left.unique
        } else {
            None
        };
        let (left, right) = (Box::new(left.plan), Box::new(right.plan));
        let plan = Plan::Join {
            outer,
            left,
            right,
            on: vec![on],
            and,
        };
        Rows {
            plan,
            columns,
            parties: both,
            unique,
        }
    }

    fn semi(&mut self, depth: usize) -> Rows {
        let input = self.rows(depth - 1);
        let tested = self.rows(self.random.clone().below(depth));
        self.random.draw();
        let Some(on) = self.keys(&input, &tested) else {
            return input;
        };
        if input.unique != Some(on.0) && !many(self.world, &tested.parties, &input.parties) {
            return input;
        }
        let both: BTreeSet<usize> = input.parties.union(&tested.parties).copied().collect();
        let one_owner = both.len() == 1
            && [&input.columns[on.0], &tested.columns[on.1]]
                .iter()
                .all(|shape| !shape.units.is_empty());
        let absence = one_owner || negation(self.world, &both);
        let negated =
            absence && many(self.world, &input.parties, &tested.parties) && self.random.percent(50);
        let mut columns = input.columns;
        let parties = if negated { input.parties } else { both };
        if !negated {
            let units = tested.columns[on.1].units.clone();
            columns[on.0].units.extend(units);
        }
        let plan = Plan::Semi {
            input: Box::new(input.plan),
            tested: Box::new(tested.plan),
            on,
            negated,
        };
        Rows {
            plan,
            columns,
            parties,
            unique: input.unique,
        }
    }

    fn group(&mut self, depth: usize) -> Rows {
        let rows = self.rows(depth - 1);
        let before = rows.clone();
        self.grouped(rows, None).unwrap_or(before)
    }

    /// Rows grouped by a column that names everybody's entities.
    fn grouped(&mut self, rows: Rows, by: Option<usize>) -> Option<Rows> {
        let covers = |at: &usize| rows.parties.is_subset(&rows.columns[*at].units);
        let usable: Vec<usize> = (0..rows.columns.len()).filter(covers).collect();
        let first = match by {
            Some(at) => covers(&at).then_some(at)?,
            None if usable.is_empty() => return None,
            None => *self.random.pick(&usable),
        };
        let several = rows.columns[first].parties.len() > 1 && rows.columns[first].identifier;
        if several && !consent(self.world, &rows.parties, &rows.parties) {
            return None;
        }
        let mut keys = vec![Expr::Column(first)];
        let mut columns = vec![rows.columns[first].clone()];
        let others: Vec<usize> = (0..rows.columns.len())
            .filter(|at| *at != first && rows.columns[*at].groups())
            .collect();
        if by.is_none() && !others.is_empty() && self.random.percent(25) {
            let at = *self.random.pick(&others);
            keys.push(Expr::Column(at));
            columns.push(rows.columns[at].clone());
        }
        if self.awaited && by.is_none() && self.random.percent(8) {
            if let Some(when) = predicate(&mut self.random, &rows.columns, Use::Filter, 0) {
                let [one, two] = [1, 2].map(|number| Expr::Literal(Value::whole(number)));
                keys.push(Expr::Case(vec![(when, one)], Some(Box::new(two))));
                columns.push(counted(&rows.parties, false));
            }
        }
        let unique = (keys.len() == 1).then_some(0);
        let crowded = several && !negation(self.world, &rows.parties);
        let mut aggregates = Vec::new();
        for _ in 0..self.random.below(3) {
            if let Some((aggregate, shape)) = self.inner(&rows, crowded) {
                aggregates.push(aggregate);
                columns.push(shape);
            }
        }
        let plan = Plan::Group {
            input: Box::new(rows.plan),
            keys,
            aggregates,
        };
        Some(Rows {
            plan,
            columns,
            parties: rows.parties,
            unique,
        })
    }

    /// An aggregate below a release.
    fn inner(&mut self, rows: &Rows, crowded: bool) -> Option<(Aggregate, Shape)> {
        let columns = &rows.columns;
        let count = counted(&rows.parties, crowded);
        let (mut found, shape) = match self.random.below(8) {
            0 | 1 => (plain(Function::Rows, None), count),
            2 => (
                plain(
                    Function::Count,
                    Some(Expr::Column(self.random.below(columns.len()))),
                ),
                count,
            ),
            3 => (plain(Function::Distinct, Some(self.distinct(rows)?)), count),
            choice => {
                let function = match choice {
                    4 | 5 => Function::Sum,
                    6 => Function::Min,
                    _ => Function::Max,
                };
                let argument = self.measure(columns, 1)?;
                let kinds: Vec<Kind> = columns.iter().map(|shape| shape.kind).collect();
                let read: Vec<Shape> = argument
                    .columns()
                    .iter()
                    .map(|at| columns[*at].clone())
                    .collect();
                let mut shape = read.into_iter().reduce(|a, b| a.meet(&b))?;
                if !matches!(argument, Expr::Column(_)) {
                    (shape.filter, shape.dimension) = (None, None);
                }
                shape.kind = argument.kind(&kinds);
                shape.crowded = crowded;
                shape.compare = false;
                (plain(function, Some(argument)), shape)
            }
        };
        if self.random.percent(12) {
            found.filter = predicate(&mut self.random, columns, Use::Filter, 0);
        }
        Some((found, shape))
    }

    /// Two tables side by side, by the columns that both have.
    fn union(&mut self) -> Rows {
        let (a, b) = (
            self.random.below(self.world.tables.len()),
            self.random.below(self.world.tables.len()),
        );
        let names = |table: usize| {
            let table = &self.world.tables[table];
            table
                .visible()
                .map(|at| table.columns[at].name)
                .filter(|name| *name != "peer")
                .collect::<Vec<_>>()
        };
        let common: Vec<&str> = names(a)
            .into_iter()
            .filter(|name| names(b).contains(name))
            .collect();
        let mut inputs = Vec::new();
        let mut columns: Option<Vec<Shape>> = None;
        let mut parties = BTreeSet::new();
        for table in [a, b] {
            let rows = scan(self.world, table);
            let visible: Vec<usize> = self.world.tables[table].visible().collect();
            let place = |name: &&str| {
                visible
                    .iter()
                    .position(|at| self.world.tables[table].columns[*at].name == *name)
                    .unwrap()
            };
            let places: Vec<usize> = common.iter().map(place).collect();
            let shapes: Vec<Shape> = places.iter().map(|at| rows.columns[*at].clone()).collect();
            columns = Some(match columns {
                None => shapes,
                Some(before) => before
                    .iter()
                    .zip(&shapes)
                    .map(|(one, other)| one.meet(other))
                    .collect(),
            });
            parties.extend(rows.parties);
            let exprs = places.into_iter().map(Expr::Column).collect();
            inputs.push(Plan::Project {
                input: Box::new(rows.plan),
                columns: exprs,
            });
        }
        Rows {
            plan: Plan::Union { inputs },
            columns: columns.unwrap(),
            parties,
            unique: None,
        }
    }

    fn project(&mut self, depth: usize) -> Rows {
        let rows = self.rows(depth - 1);
        let mut places: Vec<usize> = (0..rows.columns.len()).collect();
        self.random.shuffle(&mut places);
        let mut columns: Vec<Shape> = places.iter().map(|at| rows.columns[*at].clone()).collect();
        let mut exprs: Vec<Expr> = places.iter().map(|at| Expr::Column(*at)).collect();
        if let Some(computed) = self.measure(&rows.columns, 1) {
            let kinds: Vec<Kind> = rows.columns.iter().map(|shape| shape.kind).collect();
            let mut shape = counted(
                &rows.parties,
                rows.columns.iter().any(|shape| shape.crowded),
            );
            (shape.kind, shape.filter, shape.dimension) = (computed.kind(&kinds), None, None);
            exprs.push(computed);
            columns.push(shape);
        }
        let unique = rows
            .unique
            .and_then(|old| places.iter().position(|at| *at == old));
        let plan = Plan::Project {
            input: Box::new(rows.plan),
            columns: exprs,
        };
        Rows {
            plan,
            columns,
            parties: rows.parties,
            unique,
        }
    }

    fn window(&mut self, depth: usize) -> Rows {
        let rows = self.rows(depth - 1);
        let covers = |at: &usize| rows.parties.is_subset(&rows.columns[*at].units);
        let usable: Vec<usize> = (0..rows.columns.len()).filter(covers).collect();
        let Some(first) = (!usable.is_empty()).then(|| *self.random.pick(&usable)) else {
            return rows;
        };
        let several = rows.columns[first].parties.len() > 1;
        if several && !negation(self.world, &rows.parties) {
            return rows;
        }
        let mut partition = vec![first];
        let others: Vec<usize> = (0..rows.columns.len())
            .filter(|at| *at != first && rows.columns[*at].groups())
            .collect();
        if !others.is_empty() && self.random.percent(30) {
            partition.push(*self.random.pick(&others));
        }
        let measures: Vec<usize> = (0..rows.columns.len())
            .filter(|at| rows.columns[*at].degree == Some(1))
            .collect();
        let mut columns = rows.columns;
        let (aggregate, shape) = if measures.is_empty() || self.random.percent(60) {
            (plain(Function::Rows, None), counted(&rows.parties, false))
        } else {
            let at = *self.random.pick(&measures);
            let function =
                *self
                    .random
                    .pick(&[Function::Sum, Function::Min, Function::Max, Function::Count]);
            let shape = match function {
                Function::Count => counted(&rows.parties, false),
                _ => columns[at].clone(),
            };
            (plain(function, Some(Expr::Column(at))), shape)
        };
        columns.push(shape);
        let plan = Plan::Window {
            input: Box::new(rows.plan),
            aggregate,
            partition,
        };
        Rows {
            plan,
            columns,
            parties: rows.parties,
            unique: rows.unique,
        }
    }
}

fn plain(function: Function, argument: Option<Expr>) -> Aggregate {
    Aggregate {
        function,
        argument,
        filter: None,
    }
}

/// The shape of a count.
fn counted(parties: &BTreeSet<usize>, crowded: bool) -> Shape {
    Shape {
        kind: Kind::Whole,
        identifier: false,
        units: BTreeSet::new(),
        absent: Vec::new(),
        dimension: (!crowded).then_some(Grain::Any),
        filter: Some(Grain::Any),
        degree: Some(1),
        compare: false,
        crowded,
        parties: parties.clone(),
    }
}
