//! Rows below a release: joins, groups and the like that are accepted, mostly.

use std::collections::BTreeSet;

use crate::oracle::expression::Expr;
use crate::oracle::plan::{Aggregate, Function, Plan};
use crate::oracle::value::{Kind, Value};

use super::predicate::{Use, predicate};
use super::question::{Asker, counted, plain};
use super::shape::{Rows, Shape, consent, many, negation, scan};

impl Asker<'_> {
    /// Rows.
    pub(super) fn rows(&mut self, depth: usize) -> Rows {
        if depth == 0 {
            return if self.random.percent(20) {
                self.union()
            } else {
                self.scan()
            };
        }
        let rows = match self.random.below(100) {
            0..25 => self.filter(depth),
            25..45 => self.join(depth),
            45..57 => self.semi(depth),
            57..80 => self.group(depth),
            80..90 => self.project(depth),
            _ => self.window(depth),
        };
        self.with_list(rows)
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
        let keys: Vec<(usize, usize)> = [on]
            .into_iter()
            .chain(self.another(&left, &right, on))
            .collect();
        for (l, r) in &keys {
            let units = columns[*l].units.union(&columns[width + r].units);
            let units: BTreeSet<usize> = units.copied().collect();
            for at in [*l, width + r] {
                columns[at].units.clone_from(&units);
            }
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
            on: keys,
            and,
        };
        Rows {
            plan,
            columns,
            parties: both,
            unique,
        }
    }

    /// Another pair of keys beside one, now and then.
    fn another(&mut self, left: &Rows, right: &Rows, on: (usize, usize)) -> Option<(usize, usize)> {
        let random = self.more.as_mut()?;
        let of = |rows: &Rows, but: usize| -> Vec<usize> {
            let keys = (0..rows.columns.len()).filter(|at| rows.columns[*at].identifier);
            keys.filter(|at| *at != but).collect()
        };
        let (l, r) = (of(left, on.0), of(right, on.1));
        if l.is_empty() || r.is_empty() || !random.percent(15) {
            return None;
        }
        Some((*random.pick(&l), *random.pick(&r)))
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
        if by.is_none()
            && self.random.percent(8)
            && let Some(when) = predicate(&mut self.random, &rows.columns, Use::Filter, 0)
        {
            let [one, two] = [1, 2].map(|number| Expr::Literal(Value::whole(number)));
            keys.push(Expr::Case(vec![(when, one)], Some(Box::new(two))));
            columns.push(counted(&rows.parties, false));
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
}
