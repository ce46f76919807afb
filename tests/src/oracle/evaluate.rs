//! Rows below a release, by nested loops.

use std::collections::{BTreeMap, BTreeSet};

use super::aggregate;
use super::alike::alike;
use super::arms::arms_of;
use super::cells::{cell, clamp, key_cell};
use super::combine::semi;
use super::depends::{implied, is_needless};
use super::expression::Expr;
use super::merge::{Kind, Through, arms_made, merge, terms_made};
use super::plan::{Aggregate, Plan};
use super::relation::{Arm, Cell, Column, Place, Relation, Row};
use super::sql;
use super::union::union;
use super::value::Value;
use super::window::held;
use super::world::World;

/// Computes rows.
#[derive(Debug)]
pub struct Evaluator<'a> {
    pub(super) world: &'a World,
    /// The owner asks freely: nothing is clamped.
    pub(super) free: bool,
    pub(super) arms: Arm,
    /// Scans so far.
    scans: usize,
}

impl<'a> Evaluator<'a> {
    /// An evaluator.
    #[must_use]
    pub fn new(world: &'a World, free: bool) -> Self {
        Self {
            world,
            free,
            arms: 0,
            scans: 0,
        }
    }

    /// The rows of a plan.
    pub fn rows(&mut self, plan: &Plan) -> Relation {
        match plan {
            Plan::Scan { table } => self.scan(*table),
            Plan::List { kinds, rows } => self.list(kinds, rows),
            Plan::Filter { input, predicate } => {
                let input = self.rows(input);
                self.filter(input, predicate)
            }
            Plan::Project { input, columns } => {
                let input = self.rows(input);
                self.project(input, columns)
            }
            Plan::Join {
                outer,
                left,
                right,
                on,
                and,
            } => {
                let width = sql::width(self.world, left);
                let is_list = matches!(**right, Plan::List { .. });
                let (left, right) = (self.rows(left), self.rows(right));
                let mut joined = self.join(*outer, &left, &right, on, and.as_ref());
                if is_list {
                    let looked_up = on.iter().flat_map(|(l, _)| joined.columns[*l].arms.keys());
                    let looked_up: Vec<Arm> = looked_up.copied().collect();
                    joined.arms.extend(looked_up);
                }
                if *outer && is_list {
                    self.found_or_not(&mut joined, |row| !row.cells[width].raw.is_null());
                }
                joined
            }
            Plan::Semi {
                input,
                tested,
                on,
                negated,
            } => {
                let (input, tested) = (self.rows(input), self.rows(tested));
                semi(input, &tested, *on, *negated)
            }
            Plan::Group {
                input,
                keys,
                aggregates,
            } if is_needless(input, keys, aggregates) => {
                let input = self.rows(input);
                self.project(input, keys)
            }
            Plan::Group {
                input,
                keys,
                aggregates,
            } => {
                let implied = implied(self.world, input, keys);
                let input = self.rows(input);
                self.group(input, (keys, &implied), aggregates)
            }
            Plan::Union { inputs } => {
                let mut inputs: Vec<_> = inputs.iter().map(|input| self.rows(input)).collect();
                self.repeat(&mut inputs);
                self.beside(&mut inputs);
                union(inputs)
            }
            Plan::Window {
                input,
                aggregate,
                partition,
                frame,
            } => {
                let held = held(self.world, input, partition);
                let names = partition.iter();
                let names = names.map(|at| alike(self.world, input, *at)).collect();
                let input = self.named(input, partition);
                self.window(input, aggregate, partition, (frame.as_ref(), held), names)
            }
        }
    }

    fn scan(&mut self, number: usize) -> Relation {
        self.scans += 1;
        let scan = self.scans;
        let table = &self.world.tables[number];
        let units: Vec<usize> = table
            .visible()
            .filter(|at| table.columns[*at].unit.is_some())
            .collect();
        let place = |at: &usize| Place {
            space: table.columns[*at].unit.unwrap(),
            k: BTreeMap::from([(table.party, table.k)]),
            merged: false,
            scans: BTreeSet::from([scan]),
            over: BTreeSet::new(),
            displaces: false,
        };
        let bounds = |at: usize| {
            if self.free {
                None
            } else {
                table.columns[at].measure
            }
        };
        let row = |(of, row): (usize, &Vec<Value>)| Row {
            cells: table
                .visible()
                .map(|at| Cell {
                    raw: row[at].clone(),
                    clamped: clamp(&row[at], bounds(at)),
                    names: table
                        .entity(row, at)
                        .map(|id| (table.party, id))
                        .into_iter()
                        .collect(),
                    nobody: !self.free && table.is_nobody(row, at),
                })
                .collect(),
            who: units
                .iter()
                .map(|at| {
                    table
                        .entity(row, *at)
                        .map(|id| (table.party, id))
                        .into_iter()
                        .collect()
                })
                .collect(),
            took: BTreeMap::new(),
            adds: BTreeMap::new(),
            base: BTreeSet::from([(number, of)]),
        };
        let rows = table.rows.iter().enumerate();
        Relation {
            columns: table
                .visible()
                .map(|at| Column {
                    kind: table.columns[at].kind,
                    identifier: table.columns[at].unit.is_some()
                        || table.columns[at].join.is_some(),
                    bounds: bounds(at),
                    arms: BTreeMap::new(),
                    terms: BTreeSet::new(),
                })
                .collect(),
            places: units.iter().map(place).collect(),
            arms: BTreeSet::new(),
            lenient: BTreeSet::new(),
            sides: BTreeSet::new(),
            amounts: BTreeSet::new(),
            rows: rows.filter(|(_, row)| table.exists(row)).map(row).collect(),
        }
    }

    /// Numbers the branches of an expression and notes who takes them.
    pub fn branch(&mut self, input: &mut Relation, expr: &Expr) -> BTreeMap<Arm, bool> {
        let mut found = BTreeMap::new();
        for branch in expr.branches() {
            self.arms += 1;
            found.insert(self.arms, branch.zero);
            for row in &mut input.rows {
                if branch.taken(&row.raw()) {
                    row.took.insert(self.arms, row.who.clone());
                }
            }
        }
        found
    }

    fn filter(&mut self, mut input: Relation, predicate: &Expr) -> Relation {
        let own = self.branch(&mut input, predicate);
        let reached = arms_of(&input, predicate);
        input
            .arms
            .extend(own.into_keys().chain(reached.into_keys()));
        input.rows.retain(|row| predicate.holds(&row.raw()));
        input
    }

    fn project(&mut self, mut input: Relation, exprs: &[Expr]) -> Relation {
        let mut columns = Vec::new();
        for expr in exprs {
            let mut arms = self.branch(&mut input, expr);
            arms.extend(arms_of(&input, expr));
            let terms = self.terms(&mut input, expr);
            let identifier = matches!(expr, Expr::Column(at) if input.columns[*at].identifier);
            let bounds = match expr {
                Expr::Column(at) => input.columns[*at].bounds,
                _ => None,
            };
            columns.push(Column {
                kind: expr.kind(&input.kinds()),
                identifier,
                bounds,
                arms,
                terms,
            });
        }
        for row in &mut input.rows {
            row.cells = exprs.iter().map(|expr| cell(expr, row)).collect();
        }
        input.columns = columns;
        input
    }

    fn group(
        &mut self,
        mut input: Relation,
        (keys, implied): (&[Expr], &[bool]),
        aggregates: &[Aggregate],
    ) -> Relation {
        let mut columns = Vec::new();
        let made: Vec<Vec<Through>> = aggregates
            .iter()
            .map(|aggregate| self.through(&mut input, aggregate))
            .collect();
        for (key, implied) in keys.iter().zip(implied) {
            let own = self.branch(&mut input, key);
            let reached = arms_of(&input, key);
            let terms = self.terms(&mut input, key);
            if !implied {
                input.arms.extend(own.keys().chain(reached.keys()).copied());
            }
            let identifier = matches!(key, Expr::Column(at) if input.columns[*at].identifier);
            columns.push(Column {
                kind: key.kind(&input.kinds()),
                identifier,
                bounds: match key {
                    Expr::Column(at) => input.columns[*at].bounds,
                    _ => None,
                },
                arms: own.into_iter().chain(reached).collect(),
                terms,
            });
        }
        for (aggregate, made) in aggregates.iter().zip(&made) {
            let kind = aggregate::kind(aggregate, &input.kinds());
            columns.push(Column {
                kind,
                identifier: false,
                bounds: None,
                arms: arms_made(made),
                terms: terms_made(made),
            });
        }
        let mut groups: BTreeMap<Vec<Value>, Vec<Row>> = BTreeMap::new();
        for row in std::mem::take(&mut input.rows) {
            let cells: Vec<Cell> = keys.iter().map(|key| cell(key, &row)).collect();
            if !self.free && !row.is_named_by(&cells.iter().collect::<Vec<_>>(), self.world) {
                continue;
            }
            let key = keys.iter().map(|key| key.value(&row.raw())).collect();
            groups.entry(key).or_default().push(row);
        }
        let merged = |rows: Vec<Row>| {
            let mut row = merge(&rows, input.places.len());
            let refs: Vec<&Row> = rows.iter().collect();
            let computed = aggregates
                .iter()
                .map(|aggregate| aggregate::value(aggregate, &refs));
            let named = keys.iter().map(|key| key_cell(key, &rows));
            row.cells = named.chain(computed.map(Cell::plain)).collect();
            for (aggregate, through) in aggregates.iter().zip(&made) {
                for one in through {
                    let who = one.takers(through, aggregate, &refs, input.places.len());
                    if let Some(who) = who {
                        row.took.insert(one.made, who);
                    }
                }
            }
            row
        };
        input.rows = groups.into_values().map(merged).collect();
        input.amounts.clear();
        input.sides.clear();
        input.columns = columns;
        input
            .places
            .iter_mut()
            .for_each(|place| place.merged |= place.k.len() > 1);
        input
    }

    /// The branches that an aggregate's value goes through: those that add nothing to it are left out.
    pub fn arms_of_aggregate(
        &mut self,
        input: &mut Relation,
        aggregate: &Aggregate,
    ) -> BTreeMap<Arm, bool> {
        let mut all = BTreeMap::new();
        if let Some(filter) = &aggregate.filter {
            all.extend(arms_of(input, filter).into_keys().map(|arm| (arm, false)));
        }
        if let Some(argument) = &aggregate.argument {
            all.extend(arms_of(input, argument));
        }
        all.extend(self.branch(input, &whole(aggregate)));
        let sum = aggregate.function == super::plan::Function::Sum;
        all.retain(|_, zero| !(*zero && sum));
        all
    }

    /// The branches that an inner aggregate's value goes through, and those of the rows, each under a new number.
    pub(super) fn through(&mut self, input: &mut Relation, aggregate: &Aggregate) -> Vec<Through> {
        let rows = input.arms.clone();
        let own = self.arms_of_aggregate(input, aggregate);
        let all: BTreeSet<Arm> = own.keys().chain(&rows).copied().collect();
        let mut terms = self.terms_of_aggregate(input, aggregate);
        terms.extend(self.sides_of_aggregate(input, aggregate));
        let all = all.into_iter().map(|arm| (arm, false));
        let mut made = Vec::new();
        for (arm, term) in all.chain(terms.into_iter().map(|arm| (arm, true))) {
            self.arms += 1;
            if term || !own.contains_key(&arm) || input.lenient.contains(&arm) {
                input.lenient.insert(self.arms);
            }
            if term {
                made.push(Through {
                    arm,
                    made: self.arms,
                    kind: Kind::Presence,
                });
                self.arms += 1;
                input.lenient.insert(self.arms);
            }
            let sums = aggregate.function == super::plan::Function::Sum;
            let net = sums && input.amounts.contains(&arm);
            made.push(Through {
                arm,
                made: self.arms,
                kind: match (term, net) {
                    (false, _) => Kind::Arm,
                    (true, false) => Kind::Term,
                    (true, true) => Kind::Net,
                },
            });
        }
        made
    }
}

/// The argument with its FILTER as a CASE around it.
pub(super) fn whole(aggregate: &Aggregate) -> Expr {
    let argument = aggregate
        .argument
        .clone()
        .unwrap_or(Expr::Literal(Value::whole(1)));
    match &aggregate.filter {
        Some(filter) => Expr::Case(vec![(filter.clone(), argument)], None),
        None => argument,
    }
}
