//! The arms that a value went through on its way from the columns that it reads.

use std::collections::BTreeMap;

use super::expression::{Expr, Sum};
use super::relation::{Arm, Relation};

/// Branches that an expression's columns went through. A literal 0 adds nothing only where nothing is added to it.
#[must_use]
pub fn arms_of(input: &Relation, expr: &Expr) -> BTreeMap<Arm, bool> {
    let mut all = BTreeMap::new();
    for column in expr.columns() {
        let bare = !guards(expr).contains(&column) && is_bare(expr, column);
        for (arm, zero) in &input.columns[column].arms {
            let zero = *zero && bare;
            let known = all.entry(*arm).or_insert(zero);
            *known &= zero;
        }
    }
    all
}

/// Whether a column that is 0 makes all of it 0.
fn is_bare(expr: &Expr, column: usize) -> bool {
    match expr {
        Expr::Column(at) => *at == column,
        Expr::Case(_, _) => expr.columns().contains(&column),
        Expr::Math(Sum::Times, a, b) => is_bare(a, column) || is_bare(b, column),
        _ => false,
    }
}

/// Columns that decide which arm is taken.
fn guards(expr: &Expr) -> Vec<usize> {
    let own = match expr {
        Expr::Case(arms, _) => arms.iter().flat_map(|(when, _)| when.columns()).collect(),
        _ => Vec::new(),
    };
    let below = expr.children().into_iter().flat_map(guards);
    own.into_iter().chain(below).collect()
}
