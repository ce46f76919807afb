//! Joins: rows depend on the entities of both sides, and on no others.
//!
//! An inner row is made of two rows. A semi join asks whether there is any row on the other side; that is one entity's
//! answer only if the entity's name is equated. A left or anti join also asks who is *not* there, so an entity that leaves
//! could bring rows of others about; it is let through only where the two sides are the same entity's.

use std::collections::BTreeSet;

use datafusion_common::{Column, DFSchema, NullEquality};
use datafusion_expr::{Expr, Join, JoinType, LogicalPlan};

use super::shape::{Known, Shape, Stable, Unbounded, unbounded};
use super::stability::{Prover, equality};
use crate::conjunct::{conjuncts, unaliased};

const ON_UNITS: &str = "join on the unit of both sides (person = person)";

/// A join, by its type.
pub(super) fn join(prover: &mut Prover<'_>, node: &Join) -> Stable {
    let mut left = prover.of(&node.left)?;
    let mut right = prover.of(&node.right)?;
    if node.filter.is_none() {
        list(prover, &mut left, &right, &node.left);
        list(prover, &mut right, &left, &node.right);
    }
    let (l, r) = (node.left.schema(), node.right.schema());
    let pairs = pairs(node, (&left, l), (&right, r));
    let turned: Vec<(usize, usize)> = pairs.iter().map(|(l, r)| (*r, *l)).collect();
    // NULL equals nothing, so that a key which is NULL twice finds no row twice.
    let firm = node.null_equality == NullEquality::NullEqualsNothing;
    match node.join_type {
        JoinType::Inner => inner(left, right, &pairs, firm),
        JoinType::Left => outer(left, right, &pairs, (firm, true)),
        JoinType::Right => outer(right, left, &turned, (firm, false)),
        JoinType::LeftSemi => semi(prover, left, &right, &pairs),
        JoinType::RightSemi => semi(prover, right, &left, &turned),
        JoinType::LeftAnti => anti(left, &right, &pairs),
        JoinType::RightAnti => anti(right, &left, &turned),
        JoinType::Full | JoinType::LeftMark | JoinType::RightMark => {
            unbounded("who is absent would decide about rows of others", ON_UNITS)
        }
    }
}

/// Notes of a public side that it lists what its columns may be.
fn list(prover: &mut Prover<'_>, public: &mut Shape, other: &Shape, plan: &LogicalPlan) {
    if public.is_protected() || !other.is_protected() {
        return;
    }
    let number = prover.lists.len();
    prover.lists.push(plan.clone());
    for (at, known) in public.cols.iter_mut().enumerate() {
        known.listed = Some((number, at));
    }
}

/// Columns that the condition equates, bare, left and right.
fn pairs(
    node: &Join,
    left: (&Shape, &DFSchema),
    right: (&Shape, &DFSchema),
) -> Vec<(usize, usize)> {
    let on = node
        .on
        .iter()
        .filter_map(|(l, r)| match (unaliased(l), unaliased(r)) {
            (Expr::Column(l), Expr::Column(r)) => Some((l.clone(), r.clone())),
            _computed => None,
        });
    let mut all = Vec::new();
    if let Some(filter) = &node.filter {
        conjuncts(filter, &mut all);
    }
    let stated = all.iter().filter_map(equality);
    let stated = stated.map(|(a, b)| (a.clone(), b.clone()));
    let place =
        |(a, b): &(Column, Column)| Some((left.0.at(a, left.1)?.0, right.0.at(b, right.1)?.0));
    let either =
        |(a, b): (Column, Column)| place(&(a.clone(), b.clone())).or_else(|| place(&(b, a)));
    on.chain(stated).filter_map(either).collect()
}

/// Both sides put together.
fn product(left: Shape, right: Shape) -> Shape {
    let mut own = left.own;
    for (party, units) in right.own {
        own.entry(party).or_default().extend(units);
    }
    let sets = left.together.iter().flat_map(|l| {
        let each = right.together.iter();
        each.map(|r| l.union(r).copied().collect::<BTreeSet<u8>>())
    });
    Shape {
        together: sets.collect(),
        cols: left.cols.into_iter().chain(right.cols).collect(),
        own,
        unique: [left.unique, right.unique].concat(),
        keyed: [left.keyed, right.keyed].concat(),
    }
}

/// Rows that stand side by side have no one entity to be joined by.
fn apart(left: &Shape, right: &Shape) -> Result<(), Unbounded> {
    let mixed = left.is_mixed() || right.is_mixed();
    if mixed && left.is_protected() && right.is_protected() {
        return unbounded(
            "rows of several parties are joined, side by side, with protected ones",
            "write the join in each branch of the UNION",
        );
    }
    Ok(())
}

fn inner(mut left: Shape, mut right: Shape, pairs: &[(usize, usize)], firm: bool) -> Stable {
    apart(&left, &right)?;
    let shift = left.cols.len();
    let (on_left, on_right): (BTreeSet<usize>, BTreeSet<usize>) = pairs.iter().copied().unzip();
    let (once_left, once_right) = (left.is_unique_on(&on_left), right.is_unique_on(&on_right));
    if !firm || !once_right {
        left.forget_keys();
    }
    if !firm || !once_left {
        right.forget_keys();
    }
    right.shift_keys(shift);
    let mut shape = product(left, right);
    for (l, r) in pairs {
        let r = r.saturating_add(shift);
        shape.equate(*l, r);
        shape.list_both(*l, r);
    }
    Ok(shape)
}

/// Each row of the preserved side, with what the other side has for it or with nothing.
fn outer(
    mut preserved: Shape,
    supplied: Shape,
    pairs: &[(usize, usize)],
    (firm, first): (bool, bool),
) -> Stable {
    apart(&preserved, &supplied)?;
    let why = "a row without a match shows who is absent";
    same_entities(&preserved, &supplied, pairs, why)?;
    let once: BTreeSet<usize> = pairs.iter().map(|(_, r)| *r).collect();
    if !firm || !supplied.is_unique_on(&once) {
        preserved.forget_keys();
    }
    let nameless = |known: Known| Known {
        names: BTreeSet::new(),
        listed: None,
        filled: false,
        ..known
    };
    let width = supplied.cols.len();
    let others = supplied.cols.into_iter().map(nameless);
    let kept = std::mem::take(&mut preserved.cols).into_iter();
    if first {
        preserved.cols = kept.chain(others).collect();
    } else {
        preserved.cols = others.chain(kept).collect();
        preserved.shift_keys(width);
    }
    Ok(preserved)
}

/// Rows for which the other side has any.
fn semi(
    prover: &mut Prover<'_>,
    mut kept: Shape,
    tested: &Shape,
    pairs: &[(usize, usize)],
) -> Stable {
    apart(&kept, tested)?;
    if tested.is_mixed() && tested.is_protected() {
        return unbounded("IN and EXISTS ask several parties at once here", ON_UNITS);
    }
    for party in tested.own.keys() {
        let unit = tested.single(*party);
        let Some((place, _)) = pairs.iter().find(|(_, at)| names(tested, *at, unit)) else {
            return unbounded("IN and EXISTS ask about many people at once here", ON_UNITS);
        };
        let unit = prover.fresh();
        kept.own.entry(*party).or_default().insert(unit);
        if let Some(known) = kept.cols.get_mut(*place) {
            known.names.insert(unit);
        }
        kept.equate(*place, *place);
    }
    let parties: BTreeSet<u8> = tested.own.keys().copied().collect();
    let with = |set: &BTreeSet<u8>| set.union(&parties).copied().collect();
    kept.together = kept.together.iter().map(with).collect();
    Ok(kept)
}

/// Rows for which the other side has none.
fn anti(kept: Shape, tested: &Shape, pairs: &[(usize, usize)]) -> Stable {
    apart(&kept, tested)?;
    same_entities(
        &kept,
        tested,
        pairs,
        "NOT IN and NOT EXISTS show who is absent",
    )?;
    Ok(kept)
}

fn names(shape: &Shape, at: usize, unit: Option<usize>) -> bool {
    let known = shape.cols.get(at);
    unit.zip(known)
        .is_some_and(|(unit, known)| known.names.contains(&unit))
}

/// Every entity of the other side is the one of the same party that the row is about anyway.
fn same_entities(
    kept: &Shape,
    other: &Shape,
    pairs: &[(usize, usize)],
    why: &str,
) -> Result<(), Unbounded> {
    let same = |party: &u8| {
        let (ours, theirs) = (kept.single(*party), other.single(*party));
        pairs
            .iter()
            .any(|(l, r)| names(kept, *l, ours) && names(other, *r, theirs))
    };
    if other.own.keys().all(same) {
        return Ok(());
    }
    unbounded(
        why,
        "let it be about the same party's same unit, with person = person",
    )
}
