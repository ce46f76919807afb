//! What an inner aggregate's result may be used for.

use std::collections::BTreeSet;

use arrow::datatypes::DataType;
use policy::capability::{Filter, Grain};

use crate::expression;
use crate::size;
use crate::traits::{Growth, Traits};

/// What the result may be used for below a release.
pub(crate) fn result(name: &str, found: &Traits, argument: u32, kind: Option<&DataType>) -> Traits {
    let carried = Traits {
        literal: false,
        identifier: false,
        identifier_argument: found.identifier,
        counted: true,
        bounds: None,
        known: None,
        ratio: None,
        slots: BTreeSet::new(),
        matched: BTreeSet::new(),
        domains: BTreeSet::new(),
        absent: Vec::new(),
        nobodies: Vec::new(),
        ..found.clone()
    };
    match name {
        "count" => Traits {
            above_zero: true,
            from_zero: true,
            dimension: Some(Grain::Any),
            filter: Some(Filter::Grain(Grain::Any)),
            degree: Some(1),
            partial: false,
            bits: size::OF_COUNT,
            cut: None,
            mixed: false,
            chosen: false,
            rounded: false,
            plain: false,
            lattice: Some(Grain::Number(policy::number::Decimal::from(1))),
            ..carried
        },
        "avg" => Traits {
            lattice: None,
            rounded: carried.rounded || found.scaled,
            partial: carried.partial || overflows(found, argument, kind),
            ..carried
        },
        "var" | "var_pop" | "stddev" | "stddev_pop" => Traits {
            degree: None,
            ..expression::only_ungridded(carried)
        },
        "sum" => {
            let all = argument.saturating_add(OF_ROWS);
            let sum = Traits {
                partial: carried.partial || overflows(found, all, kind),
                bits: carried.bits.saturating_add(size::OF_COUNT),
                ..carried
            };
            match kind {
                Some(kind) if kind.is_floating() => size::faithful(kind, all, sum),
                Some(_) | None => sum,
            }
        }
        _same_quantity => carried,
    }
}

/// Bits of the rows that a group is taken to have, where the question made its values large.
const OF_ROWS: u32 = 24;

/// Whether the question's factors may make a sum or mean too large for its type.
fn overflows(found: &Traits, bits: u32, kind: Option<&DataType>) -> bool {
    let made = found.scaled || found.counted || found.mixed || found.degree.is_none_or(|d| d > 1);
    let room = kind.and_then(|kind| size::capacity(kind).or_else(|| size::finite(kind)));
    made && room.is_none_or(|room| bits > room)
}

/// The grid of an aggregate over rows that the question may hold so many times. A mean of rows and of others weighs them as it likes.
pub(crate) fn repeated(name: &str, filter: Option<Filter>, repeats: usize) -> Option<Filter> {
    match name {
        "sum" => multiplied(filter, repeats),
        "avg" if repeats > 1 => filter.filter(|f| *f == Filter::Grain(Grain::Any)),
        _one_of_the_rows => filter,
    }
}

/// The grid of a sum over rows that the question may repeat: whatever it holds of each, once or so many times, a bound on this
/// grid is one on the grid of the rows.
fn multiplied(filter: Option<Filter>, repeats: usize) -> Option<Filter> {
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

/// How it moves when rows are added, which may move what it is of, too.
pub(crate) fn growth(name: &str, distinct: bool, found: &Traits) -> Growth {
    if distinct && found.crowded.is_some() {
        // Values that move may become equal.
        return Growth::Free;
    }
    let within = found.crowded.map(|crowded| crowded.growth);
    let falls = matches!(within, Some(Growth::Down));
    let rises = matches!(within, Some(Growth::Up));
    let stays = within.is_none();
    match name {
        "count" if stays || rises || falls => Growth::Up,
        "max" if stays || rises => Growth::Up,
        "min" if stays || falls => Growth::Down,
        "sum" if found.from_zero && (stays || rises) => Growth::Up,
        _other => Growth::Free,
    }
}
