//! Questions by recursion over the grammar that is accepted, mostly.

use std::collections::BTreeSet;

use crate::oracle::expression::{Expr, Op};
use crate::oracle::plan::{Aggregate, Function, Question};
use crate::oracle::value::{Kind, Value};
use crate::oracle::world::{Grain, World};

use super::predicate::{Use, measure, predicate};
use super::random::Random;
use super::shape::{Rows, Shape};

/// Makes questions over a world.
#[derive(Debug)]
pub struct Asker<'a> {
    pub(super) world: &'a World,
    pub(super) random: Random,
    /// Draws of what questions were later given besides: frames and lists. The questions of seeds that are known by number have none.
    pub(super) more: Option<Random>,
    /// The question has a list.
    pub(super) listed: bool,
}

impl<'a> Asker<'a> {
    /// An asker with its own draws.
    #[must_use]
    pub fn new(world: &'a World, random: Random) -> Self {
        let more = Some(random.apart(3));
        Self {
            more,
            ..Self::plain(world, random)
        }
    }

    /// An asker of neither frames nor lists.
    #[must_use]
    pub fn plain(world: &'a World, random: Random) -> Self {
        Self {
            world,
            random,
            more: None,
            listed: false,
        }
    }

    /// A question.
    pub fn question(&mut self) -> Question {
        self.asked().0
    }

    /// A question and the columns of the rows that it aggregates.
    pub fn asked(&mut self) -> (Question, Vec<Shape>) {
        self.listed = false;
        let depth = self.random.below(4);
        let rows = self.rows(depth);
        let mut keys: Vec<Expr> = Vec::new();
        for _ in 0..self.random.below(3) {
            let key = self.key(&rows);
            keys.extend(key);
        }
        let wanted = 1 + self.random.below(3);
        let mut statistics: Vec<Aggregate> =
            (0..wanted).filter_map(|_| self.statistic(&rows)).collect();
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
        let question = Question {
            input: rows.plan,
            keys,
            statistics,
            having,
        };
        (question, rows.columns)
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
        if let Some(weighed) = self.weighed(columns) {
            return Some(weighed);
        }
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

    pub(super) fn measure(&mut self, columns: &[Shape], most: u8) -> Option<Expr> {
        measure(&mut self.random, columns, most)
    }

    pub(super) fn distinct(&mut self, rows: &Rows) -> Option<Expr> {
        let usable: Vec<usize> = (0..rows.columns.len())
            .filter(|at| {
                let shape = &rows.columns[*at];
                shape.identifier || shape.groups()
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
}

pub(super) fn plain(function: Function, argument: Option<Expr>) -> Aggregate {
    Aggregate {
        function,
        argument,
        filter: None,
    }
}

/// The shape of a count.
pub(super) fn counted(parties: &BTreeSet<usize>, crowded: bool) -> Shape {
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
