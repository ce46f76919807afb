//! Columns that are the same wherever others are, whatever the data: those of rows that were grouped by the others.
//!
//! A key of a grouping that the other keys determine parts nothing, so nobody is counted for the arms that it went through.

use std::collections::BTreeSet;

use super::expression::Expr;
use super::plan::{Aggregate, Plan};
use super::sql::width;
use super::world::World;

/// All columns of a plan that some of its columns determine, themselves included.
#[must_use]
pub fn determined(world: &World, plan: &Plan, by: &BTreeSet<usize>) -> BTreeSet<usize> {
    let mut all = by.clone();
    loop {
        let more = step(world, plan, &all);
        if more == all {
            return all;
        }
        all = more;
    }
}

/// By key of a grouping: whether the others determine it.
#[must_use]
pub fn implied(world: &World, input: &Plan, keys: &[Expr]) -> Vec<bool> {
    let column = |key: &Expr| match key {
        Expr::Column(at) => Some(*at),
        _computed => None,
    };
    let is_implied = |key: &Expr| {
        let others = keys.iter().filter(|other| *other != key);
        let others = others.filter_map(column).collect();
        column(key).is_some_and(|at| determined(world, input, &others).contains(&at))
    };
    keys.iter().map(is_implied).collect()
}

/// Whether no two rows are the same in these columns, whatever the data: there is one row a group.
fn rows_differ(plan: &Plan, by: &BTreeSet<usize>) -> bool {
    match plan {
        Plan::Scan { .. }
        | Plan::List { .. }
        | Plan::Union { .. }
        | Plan::Join { .. }
        | Plan::Window { .. } => false,
        Plan::Filter { input, .. } | Plan::Semi { input, .. } => rows_differ(input, by),
        Plan::Project { input, columns } => rows_differ(input, &bare(columns, by)),
        Plan::Group {
            input,
            keys,
            aggregates,
        } => {
            if is_needless(input, keys, aggregates) {
                return rows_differ(input, &bare(keys, by));
            }
            !keys.is_empty() && (0..keys.len()).all(|key| by.contains(&key))
        }
    }
}

/// Whether a grouping is a DISTINCT of rows that differ anyway: it says nothing, and nobody is counted for its keys.
#[must_use]
pub fn is_needless(input: &Plan, keys: &[Expr], aggregates: &[Aggregate]) -> bool {
    let all = (0..keys.len()).collect();
    aggregates.is_empty() && rows_differ(input, &bare(keys, &all))
}

/// The columns that some expressions are.
fn bare(exprs: &[Expr], these: &BTreeSet<usize>) -> BTreeSet<usize> {
    let column = |at: &usize| match exprs.get(*at) {
        Some(Expr::Column(from)) => Some(*from),
        _computed => None,
    };
    these.iter().filter_map(column).collect()
}

/// What is determined at once.
fn step(world: &World, plan: &Plan, by: &BTreeSet<usize>) -> BTreeSet<usize> {
    let mut all = by.clone();
    match plan {
        Plan::Scan { .. } | Plan::List { .. } | Plan::Union { .. } => {}
        Plan::Filter { input, .. } | Plan::Semi { input, .. } => {
            all.extend(determined(world, input, by));
        }
        Plan::Window { input, .. } => {
            let width = width(world, input);
            let below = by.iter().copied().filter(|at| *at < width).collect();
            all.extend(determined(world, input, &below));
        }
        Plan::Project { input, columns } => all.extend(through(world, input, columns, by)),
        Plan::Group {
            input,
            keys,
            aggregates,
        } => {
            all.extend(through(world, input, keys, by));
            if (0..keys.len()).all(|key| all.contains(&key)) {
                all.extend(0..keys.len() + aggregates.len());
            }
        }
        Plan::Join {
            outer, left, right, ..
        } => {
            let width = width(world, left);
            let (ours, theirs): (BTreeSet<usize>, BTreeSet<usize>) =
                by.iter().partition(|at| **at < width);
            all.extend(determined(world, left, &ours));
            if !outer {
                let theirs = theirs.into_iter().map(|at| at - width).collect();
                let found = determined(world, right, &theirs);
                all.extend(found.into_iter().map(|at| at + width));
            }
        }
    }
    all
}

/// The expressions that are columns which others of them determine.
fn through(world: &World, input: &Plan, exprs: &[Expr], by: &BTreeSet<usize>) -> BTreeSet<usize> {
    let column = |at: usize| match exprs.get(at) {
        Some(Expr::Column(from)) => Some(*from),
        _computed => None,
    };
    let below = by.iter().filter_map(|at| column(*at)).collect();
    let below = determined(world, input, &below);
    let known = |at: &usize| column(*at).is_some_and(|from| below.contains(&from));
    (0..exprs.len()).filter(known).collect()
}
