//! What values carry on to what is computed from them.

use std::collections::BTreeSet;

use policy::capability::{Bounds, Filter, Grain, Literal};
use policy::ident::KeyDomain;
use policy::number::Decimal;

use crate::aggregated::{growth, repeated, result};
use crate::constant::Quantity;
use crate::expression::only_ungridded;
use crate::function::bucketed;
use crate::size;
use crate::traits::{Crowded, Growth, Traits};

fn number(n: i64) -> Decimal {
    Decimal::from(n)
}

fn bounds(low: i64, high: i64) -> Bounds {
    let (low, high) = (number(low), number(high));
    Bounds { low, high }
}

/// A value of which everything is true.
fn everything() -> Traits {
    Traits {
        literal: true,
        identifier: true,
        domains: KeyDomain::new("acct").into_iter().collect(),
        slots: BTreeSet::from([1]),
        absent: vec![Literal::Number(number(0))],
        nobodies: vec![Literal::Number(number(0))],
        dimension: Some(Grain::Any),
        filter: Some(Filter::Grain(Grain::Any)),
        degree: Some(2),
        bounds: Some(bounds(0, 5)),
        cut: Some(number(3)),
        mixed: true,
        plain: true,
        partial: true,
        bits: 7,
        moved: 1,
        scaled: true,
        shrunk: 2,
        above_zero: true,
        known: Some(vec![Quantity::Number(number(5))]),
        lattice: Some(Grain::Number(number(5))),
        ratio: Some((true, false)),
        counted: true,
        ..Traits::default()
    }
}

/// An aggregate is no entity's name, no literal and no quotient, whatever its argument is.
fn is_a_result(found: &Traits) {
    assert!(!found.literal && !found.identifier);
    assert!(found.identifier_argument && found.counted);
    assert!(found.domains.is_empty() && found.slots.is_empty());
    assert!(found.absent.is_empty() && found.nobodies.is_empty());
    assert_eq!((found.bounds, found.ratio), (None, None));
    assert_eq!(found.known, None);
}

#[test]
fn a_count_is_a_number_of_its_own() {
    let counted = result("count", &everything(), 0, None);
    is_a_result(&counted);
    assert!(counted.above_zero);
    assert!(!counted.partial && !counted.mixed && !counted.plain);
    assert_eq!(counted.bits, size::OF_COUNT);
    assert_eq!(counted.cut, None);
    assert_eq!(counted.degree, Some(1));
    assert_eq!(counted.lattice, Some(Grain::Number(number(1))));
}

#[test]
fn other_aggregates_are_the_quantity_that_they_aggregate() {
    for name in ["max", "min", "sum", "avg"] {
        let found = result(name, &everything(), 0, None);
        is_a_result(&found);
        assert!(found.partial && found.mixed && found.plain, "{name}");
        assert_eq!(found.degree, Some(2), "{name}");
    }
    assert_eq!(result("avg", &everything(), 0, None).lattice, None);
    assert!(result("max", &everything(), 0, None).lattice.is_some());
    for name in ["var", "var_pop", "stddev", "stddev_pop"] {
        let found = result(name, &everything(), 0, None);
        is_a_result(&found);
        assert_eq!((found.degree, found.lattice), (None, None), "{name}");
        assert!(!found.plain, "{name}");
    }
}

/// Rounded or spread values lie on no grid of their columns, and are none of their constants.
#[test]
fn what_no_longer_stands_as_it_was_is_not_taken_for_it() {
    for found in [
        only_ungridded(everything()),
        bucketed(everything(), &Grain::Number(number(10))),
    ] {
        assert!(!found.plain);
        assert_eq!(
            (found.known, found.lattice, found.ratio),
            (None, None, None)
        );
    }
    assert_eq!(bucketed(everything(), &Grain::Any).degree, None);
}

#[test]
fn what_is_computed_from_two_is_suspect_if_one_is() {
    let (all, none) = (everything(), Traits::default());
    for both in [all.meet(&none), none.meet(&all)] {
        assert!(!both.literal && !both.above_zero && !both.plain);
        assert!(both.identifier && both.mixed && both.partial);
        assert!(both.scaled && both.counted);
    }
    let both = all.meet(&all);
    assert!(both.literal && both.above_zero);
}

#[test]
fn branches_of_a_union_have_in_common_what_both_have() {
    let value = |literal, bounds| Traits {
        literal,
        bounds,
        ..Traits::default()
    };
    let joint = |a: &Traits, b: &Traits| a.align(b).bounds;
    let (narrow, wide) = (
        value(false, Some(bounds(1, 5))),
        value(false, Some(bounds(0, 9))),
    );
    assert_eq!(joint(&narrow, &wide), Some(bounds(1, 5)));
    for (literal, kept) in [(true, Some(bounds(1, 5))), (false, None)] {
        let other = value(literal, None);
        assert_eq!(joint(&narrow, &other), kept);
        assert_eq!(joint(&other, &narrow), kept);
    }
    let grid = |step| Traits {
        lattice: Some(Grain::Number(number(step))),
        ..Traits::default()
    };
    assert_eq!(grid(5).align(&grid(5)).lattice, grid(5).lattice);
    assert_eq!(grid(5).align(&grid(10)).lattice, None);
    for both in [
        everything().align(&Traits::default()),
        Traits::default().align(&everything()),
    ] {
        assert!(both.identifier && both.mixed && !both.plain);
    }
}

#[test]
fn two_crowds_that_move_alike_move_so_together() {
    let crowd = |growth| Traits {
        crowded: Some(Crowded { growth }),
        ..Traits::default()
    };
    let both = |a, b| crowd(a).meet(&crowd(b)).crowded;
    let moves = |growth| Some(Crowded { growth });
    assert_eq!(both(Growth::Up, Growth::Up), moves(Growth::Up));
    assert_eq!(both(Growth::Down, Growth::Down), moves(Growth::Down));
    assert_eq!(both(Growth::Up, Growth::Down), moves(Growth::Free));
    let alone = crowd(Growth::Up).meet(&Traits::default());
    assert_eq!(alone.crowded, moves(Growth::Up));
    assert_eq!(
        Traits::default().meet(&crowd(Growth::Up)).crowded,
        moves(Growth::Up)
    );
}

#[test]
fn a_sum_grows_if_nothing_in_it_is_below_zero() {
    let of = |from_zero, within: Option<Growth>| Traits {
        from_zero,
        crowded: within.map(|growth| Crowded { growth }),
        ..Traits::default()
    };
    assert_eq!(growth("sum", false, &of(true, None)), Growth::Up);
    assert_eq!(growth("sum", false, &of(false, None)), Growth::Free);
    assert_eq!(growth("avg", false, &of(true, None)), Growth::Free);
    let number = |n: i64| Traits::constant(Quantity::Number(Decimal::from(n)));
    assert_eq!(growth("sum", false, &number(0)), Growth::Up);
    assert_eq!(growth("sum", false, &number(-1)), Growth::Free);
    for (name, moved) in [
        ("sum", [Growth::Up, Growth::Free, Growth::Free]),
        ("max", [Growth::Up, Growth::Free, Growth::Free]),
        ("min", [Growth::Free, Growth::Down, Growth::Free]),
        ("count", [Growth::Up, Growth::Up, Growth::Free]),
    ] {
        let within = [Growth::Up, Growth::Down, Growth::Free];
        let found = within.map(|within| growth(name, false, &of(true, Some(within))));
        assert_eq!(found, moved, "{name}");
        // Distinct values that move may become equal; those that stay may not.
        let apart = within.map(|within| growth(name, true, &of(true, Some(within))));
        assert_eq!(apart, [Growth::Free; 3], "{name}");
    }
}

/// A mean of rows that the question repeats is weighed by it.
#[test]
fn a_mean_of_repeated_rows_has_no_grid() {
    let grid = || Some(Filter::Grain(Grain::Number(number(5))));
    assert_eq!(repeated("avg", grid(), 1), grid());
    assert_eq!(repeated("avg", grid(), 2), None);
    let free = Some(Filter::Grain(Grain::Any));
    assert_eq!(repeated("avg", free.clone(), 2), free);
    assert_eq!(repeated("max", grid(), 2), grid());
}
