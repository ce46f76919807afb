//! UNION ALL: an entity's rows of all branches together are still its rows.
//!
//! Nothing doubles: the release adds up what an entity adds by every branch before it is bounded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion_expr::LogicalPlan;

use super::interval::hull;
use super::shape::{Known, Shape, Stable, Unit, unbounded};
use super::stability::Prover;

/// Rows side by side.
pub(super) fn union(prover: &mut Prover<'_>, inputs: &[Arc<LogicalPlan>]) -> Stable {
    let mut branches = Vec::new();
    for input in inputs {
        branches.push(prover.of(input)?);
    }
    let protected = branches
        .iter()
        .filter(|branch| branch.is_protected())
        .count();
    let width = branches.first().map_or(0, |branch| branch.cols.len());
    let mut shape = Shape::default();
    for branch in &branches {
        shape.together.extend(branch.together.iter().cloned());
        let single = branch
            .own
            .keys()
            .all(|party| branch.single(*party).is_some());
        if !single || branch.cols.len() != width {
            return unbounded(
                "a branch of the UNION has rows about two people of one party",
                "join its tables on the unit (person = person)",
            );
        }
    }
    if protected > 0 && protected < branches.len() {
        return unbounded(
            "rows of public tables are mixed with protected ones",
            "ask them apart, and put the answers together",
        );
    }
    let units = units(prover, &branches);
    shape.own = units
        .iter()
        .map(|(party, unit)| (*party, BTreeSet::from([*unit])))
        .collect();
    shape.cols = (0..width).map(|at| column(&branches, &units, at)).collect();
    Ok(shape)
}

/// By party a number for its entity; parties share one if they do in every branch that has both, and there is one.
fn units(prover: &mut Prover<'_>, branches: &[Shape]) -> BTreeMap<u8, Unit> {
    let parties: BTreeSet<u8> = branches
        .iter()
        .flat_map(|b| b.own.keys().copied())
        .collect();
    let mut found: BTreeMap<u8, Unit> = BTreeMap::new();
    for party in parties {
        let known = found
            .iter()
            .find(|(other, _)| are_one(branches, party, **other));
        let unit = known.map(|(_, unit)| *unit);
        found.insert(party, unit.unwrap_or_else(|| prover.fresh()));
    }
    found
}

fn are_one(branches: &[Shape], a: u8, b: u8) -> bool {
    let mut both = branches
        .iter()
        .filter_map(|branch| Some((branch.single(a)?, branch.single(b)?)))
        .peekable();
    both.peek().is_some() && both.all(|(a, b)| a == b)
}

/// A column names an entity if it does in every branch that has rows of the party, for every party that shares its number.
fn column(branches: &[Shape], units: &BTreeMap<u8, Unit>, at: usize) -> Known {
    let known = |branch: &Shape| branch.cols.get(at).cloned().unwrap_or_default();
    let names_of = |party: &u8| {
        branches.iter().all(|branch| {
            let unit = branch.single(*party);
            unit.is_none_or(|unit| known(branch).names.contains(&unit))
        })
    };
    let all = |unit: &Unit| {
        units
            .iter()
            .filter(|(_, of)| *of == unit)
            .all(|(party, _)| names_of(party))
    };
    Known {
        names: units.values().copied().filter(all).collect(),
        cut: same(branches.iter().map(|branch| known(branch).cut)),
        interval: hull(branches.iter().map(|branch| known(branch).interval)),
        ..Known::default()
    }
}

/// What all say, if they say the same.
fn same<T: PartialEq>(mut all: impl Iterator<Item = Option<T>>) -> Option<T> {
    let first = all.next().flatten()?;
    all.all(|other| other.as_ref() == Some(&first))
        .then_some(first)
}
