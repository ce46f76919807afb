//! What a join condition consists of: keys that link, other equalities, and predicates.

use std::collections::BTreeSet;

use datafusion_common::Column;
use datafusion_expr::{Expr, Operator};
use policy::ident::KeyDomain;

use crate::conjunct::{column_equality, conjuncts, equates};
use crate::relation::{Col, Rel};
use crate::traits::Traits;

/// An equality of two bare identifiers, one of each side.
#[derive(Debug, Clone)]
pub(crate) struct KeyPair {
    pub(crate) left: Column,
    pub(crate) right: Column,
    pub(crate) domains: BTreeSet<KeyDomain>,
    /// Both are the same unit space of one owner.
    pub(crate) same_unit: bool,
}

/// What a join condition consists of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Condition {
    /// Equalities of identifiers.
    pub(crate) keys: Vec<KeyPair>,
    /// Equalities of other bare columns, left then right.
    pub(crate) equal: Vec<(Column, Column)>,
    /// Everything else, to be judged as predicates.
    pub(crate) rest: Vec<Expr>,
    /// All equalities that were stated by the join itself, for predicates.
    pub(crate) stated: Vec<Expr>,
}

/// Sorts a join's condition into keys, other equalities and predicates.
pub(crate) fn condition(
    left: &Rel,
    right: &Rel,
    on: &[(Expr, Expr)],
    filter: Option<&Expr>,
    hints: &[Expr],
) -> Condition {
    let mut all = Vec::new();
    for (l, r) in on {
        all.push(Expr::BinaryExpr(datafusion_expr::BinaryExpr {
            left: Box::new(l.clone()),
            op: Operator::Eq,
            right: Box::new(r.clone()),
        }));
    }
    if let Some(filter) = filter {
        conjuncts(filter, &mut all);
    }
    let mut found = Condition {
        stated: all.clone(),
        ..Condition::default()
    };
    for expr in &all {
        if !sort_equality(left, right, expr, &mut found) {
            found.rest.push(expr.clone());
        }
    }
    for hint in hints {
        sort_equality(left, right, hint, &mut found);
    }
    found
}

fn sort_equality(left: &Rel, right: &Rel, expr: &Expr, found: &mut Condition) -> bool {
    let Some((a, b)) = column_equality(expr, &[left, right]) else {
        return false;
    };
    let sides = match (left.col(&a), right.col(&b)) {
        (Some(l), Some(r)) => Some((l, r)),
        (Some(_), None) | (None, _) => match (left.col(&b), right.col(&a)) {
            (Some(l), Some(r)) => Some((l, r)),
            (Some(_), None) | (None, _) => None,
        },
    };
    let Some((l, r)) = sides else { return false };
    if !equates(left, &l.column, right, &r.column) {
        return false;
    }
    match key_pair(left, right, l, r) {
        Some(pair) => found.keys.push(pair),
        None if l.traits.identifier || r.traits.identifier => return false,
        None => found.equal.push((l.column.clone(), r.column.clone())),
    }
    true
}

fn key_pair(left: &Rel, right: &Rel, l: &Col, r: &Col) -> Option<KeyPair> {
    if !(l.traits.identifier && r.traits.identifier) {
        return None;
    }
    let domains: BTreeSet<KeyDomain> = l
        .traits
        .domains
        .intersection(&r.traits.domains)
        .cloned()
        .collect();
    let spaces = |rel: &Rel, traits: &Traits| -> BTreeSet<_> {
        rel.slots
            .iter()
            .filter(|s| traits.slots.contains(&s.id))
            .map(|s| s.space.clone())
            .collect()
    };
    let one_owner = l.traits.owners.len() == 1 && l.traits.owners == r.traits.owners;
    let same_unit = one_owner && !spaces(left, &l.traits).is_disjoint(&spaces(right, &r.traits));
    (!domains.is_empty() || same_unit).then(|| KeyPair {
        left: l.column.clone(),
        right: r.column.clone(),
        domains,
        same_unit,
    })
}

impl Condition {
    /// The domains that the rows are linked on.
    pub(crate) fn domains(&self) -> BTreeSet<KeyDomain> {
        self.keys
            .iter()
            .flat_map(|pair| pair.domains.iter().cloned())
            .collect()
    }

    /// The positions of the equated columns in the left side.
    pub(crate) fn left_key(&self, left: &Rel) -> BTreeSet<usize> {
        let keys = self.keys.iter().map(|pair| &pair.left);
        positions(left, keys.chain(self.equal.iter().map(|(l, _)| l)))
    }

    /// The positions of the equated columns in the right side.
    pub(crate) fn right_key(&self, right: &Rel) -> BTreeSet<usize> {
        let keys = self.keys.iter().map(|pair| &pair.right);
        positions(right, keys.chain(self.equal.iter().map(|(_, r)| r)))
    }
}

fn positions<'a>(rel: &Rel, columns: impl Iterator<Item = &'a Column>) -> BTreeSet<usize> {
    columns.filter_map(|column| rel.position(column)).collect()
}
