//! Questions that are accepted, with one thing put in that no rule lets through, and the code that must refuse it.
//!
//! What a mutant does is written as SQL around or in place of an operator of the question, so that it may be something
//! that the oracle has no word for.

mod anywhere;
mod beside;
mod crowds;
mod leaving;
mod literal;
mod statement;

use crate::oracle::plan::{Plan, Question};
use crate::oracle::sql;
use crate::oracle::world::{Column, Table, World};

use super::random::Random;
use super::shape::Shape;

/// One forbidden thing.
#[derive(Debug, Clone, Copy)]
pub struct Mutator {
    /// What it is.
    pub name: &'static str,
    /// The code that refuses it.
    pub code: &'static str,
    make: fn(&mut Site<'_>) -> Option<String>,
}

/// A question that something is put into.
#[derive(Debug)]
pub struct Site<'a> {
    pub(super) world: &'a World,
    pub(super) question: &'a Question,
    /// The columns of the rows that it aggregates.
    pub(super) columns: &'a [Shape],
    pub(super) random: Random,
}

/// All of them.
#[must_use]
pub fn mutators() -> Vec<Mutator> {
    let all = [
        statement::ALL,
        anywhere::ALL,
        literal::ALL,
        beside::ALL,
        crowds::ALL,
        leaving::ALL,
    ];
    all.concat()
}

impl Mutator {
    /// The question with the forbidden thing in it, if it has a place for it.
    #[must_use]
    pub fn apply(&self, site: &mut Site<'_>) -> Option<String> {
        (self.make)(site)
    }
}

impl<'a> Site<'a> {
    /// A question over a world.
    #[must_use]
    pub fn new(
        world: &'a World,
        question: &'a Question,
        columns: &'a [Shape],
        random: Random,
    ) -> Self {
        Self {
            world,
            question,
            columns,
            random,
        }
    }

    /// The question with some operator's SELECT, at will, written otherwise.
    fn at_any(&mut self, write: &dyn Fn(&str) -> String) -> String {
        let place = self.random.below(self.question.input.operators().len());
        sql::spliced(self.world, self.question, (place, write))
    }

    /// The question with the SELECT over some table that fits written otherwise.
    fn at_table(
        &mut self,
        fits: impl Fn(&Table) -> bool,
        write: &dyn Fn(usize, &str) -> String,
    ) -> Option<String> {
        let operators = self.question.input.operators();
        let scans = operators
            .iter()
            .enumerate()
            .filter_map(|(at, plan)| match plan {
                Plan::Scan { table } => fits(&self.world.tables[*table]).then_some((at, *table)),
                _other => None,
            });
        let scans: Vec<(usize, usize)> = scans.collect();
        let (place, table) = *scans.get(self.random.below(scans.len().max(1)))?;
        let write = |text: &str| write(table, text);
        Some(sql::spliced(self.world, self.question, (place, &write)))
    }

    /// The question with a condition on some column that fits.
    fn where_column(&mut self, fits: impl Fn(&Column) -> bool, condition: &str) -> Option<String> {
        let of = |table: &Table| {
            let named = table.columns.iter().filter(|column| fits(column));
            named.map(|column| column.name).next()
        };
        self.at_table(|table| of(table).is_some(), &|table, text| {
            let name = of(&self.world.tables[table]).unwrap_or_default();
            format!("{text} WHERE {}", condition.replace("{}", name))
        })
    }

    /// Whether the question asks nothing below the release that another table beside would spoil first.
    fn is_open(&self) -> bool {
        let operators = self.question.input.operators();
        operators.iter().all(|plan| {
            !matches!(
                plan,
                Plan::Window { .. }
                    | Plan::Semi { negated: true, .. }
                    | Plan::Join { outer: true, .. }
            )
        })
    }

    /// Whether no operator below the release would be one itself if it were not below.
    fn has_plain_rows(&self) -> bool {
        let operators = self.question.input.operators();
        let plain = |plan: &&Plan| !matches!(plan, Plan::Group { .. } | Plan::Window { .. });
        operators.iter().all(plain)
    }

    /// A column of the rows that the question aggregates.
    fn column(&mut self, fits: impl Fn(&Shape) -> bool) -> Option<String> {
        let fitting = (0..self.columns.len()).filter(|at| fits(&self.columns[*at]));
        let fitting: Vec<usize> = fitting.collect();
        let at = *fitting.get(self.random.below(fitting.len().max(1)))?;
        Some(format!("m.c{at}"))
    }

    /// The rows that the question aggregates, in a FROM clause.
    fn rows(&self) -> String {
        format!("({}) AS m", sql::rows(self.world, &self.question.input))
    }
}
