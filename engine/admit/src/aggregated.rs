//! What an inner aggregate's result may be used for.

use std::collections::BTreeSet;

use policy::capability::{Filter, Grain};

use crate::expression;
use crate::size;
use crate::traits::{Growth, Traits};

/// What the result may be used for below a release.
pub(crate) fn result(name: &str, found: &Traits) -> Traits {
    let carried = Traits {
        literal: false,
        identifier: false,
        identifier_argument: found.identifier,
        counted: true,
        bounds: None,
        known: None,
        ratio: None,
        slots: BTreeSet::new(),
        domains: BTreeSet::new(),
        absent: Vec::new(),
        nobodies: Vec::new(),
        ..found.clone()
    };
    match name {
        "count" => Traits {
            dimension: Some(Grain::Any),
            filter: Some(Filter::Grain(Grain::Any)),
            degree: Some(1),
            partial: false,
            bits: size::OF_COUNT,
            cut: None,
            mixed: false,
            plain: false,
            lattice: Some(Grain::Number(policy::number::Decimal::from(1))),
            ..carried
        },
        "avg" => Traits {
            lattice: None,
            ..carried
        },
        "var" | "var_pop" | "stddev" | "stddev_pop" => Traits {
            degree: None,
            ..expression::only_ungridded(carried)
        },
        "sum" => Traits {
            bits: carried.bits.saturating_add(size::OF_COUNT),
            ..carried
        },
        _same_quantity => carried,
    }
}

/// The grid of a sum over rows that the question may repeat: whatever it holds of each, once or so many times, a bound on this
/// grid is one on the grid of the rows.
pub(crate) fn multiplied(filter: Option<Filter>, repeats: usize) -> Option<Filter> {
    const MOST: usize = 10;
    let Some(Filter::Grain(Grain::Number(step))) = &filter else {
        return filter;
    };
    if repeats > MOST {
        return None;
    }
    let common = (1..=repeats).fold(1, |common, n| {
        let steps = (1..=n).map(|m| m.saturating_mul(common));
        steps
            .into_iter()
            .find(|c| c.is_multiple_of(n))
            .unwrap_or(common)
    });
    let factor = policy::number::Decimal::from(i64::try_from(common).ok()?);
    let grid = step.checked_mul(factor)?;
    Some(Filter::Grain(Grain::Number(grid)))
}

/// How it moves when rows are added.
pub(crate) fn growth(name: &str, found: &Traits) -> Growth {
    let zero = policy::number::Decimal::from(0);
    match name {
        "count" | "max" => Growth::Up,
        "min" => Growth::Down,
        "sum" if found.literal || found.bounds.is_some_and(|b| b.low >= zero) => Growth::Up,
        _other => Growth::Free,
    }
}
