//! Who counts towards a need, and by how much a tally grows.

use arrow::array::{ListArray, UInt64Array};
use arrow::datatypes::UInt64Type;

use super::*;

fn need(parties: u64, k: usize) -> Need {
    Need {
        slot: 0,
        parties,
        k,
        dominance: 0,
    }
}

fn values(has: &[(u32, &[u64])]) -> Tally {
    let mut all = NumberMap::default();
    for (value, who) in has {
        let mut entities = Entities::new(usize::MAX);
        who.iter().for_each(|entity| _ = entities.add(*entity));
        all.insert(*value, entities);
    }
    Tally::new(
        vec![Group::Values(all, usize::MAX)],
        &[need(1, 2)],
        Together::Enough,
    )
}

#[test]
fn who_has_each_value_is_known_in_the_order_of_values() {
    let tally = values(&[(4, &[9, 2]), (1, &[5])]);
    assert_eq!(tally.of_values(0), Some(vec![vec![5], vec![2, 9]]));
    assert_eq!(tally.of_values(1), None);
}

#[test]
fn a_value_is_supported_by_those_who_have_it() {
    let tally = values(&[(4, &[9, 2]), (1, &[5])]);
    let supports = |needs: &[Need], value| tally.supports(needs, value);
    assert!(supports(&[need(1, 2)], 4) && !supports(&[need(1, 2)], 1));
    assert!(!supports(&[need(1, 2)], 7));
    // Another number of needs is another part's.
    assert!(!supports(&[], 4) && !supports(&[need(1, 2), need(1, 2)], 4));
}

/// A person of two banks that count together adds what her row adds once; of one bank, as often as it is named.
#[test]
fn who_is_named_by_two_banks_of_a_pool_adds_once() {
    let theirs = |entity: u64| (1 << 56) | entity;
    let of = |parties, named: Vec<u64>| {
        let sets = [Some(named.into_iter().map(Some))];
        let sets = ListArray::from_iter_primitive::<UInt64Type, _, _>(sets);
        let tracks: Vec<Tracks<'_>> = Tracks::read(&sets).into_iter().collect();
        let mut tally = Tally::new(
            vec![Group::Vector(Vector::new(usize::MAX))],
            &[need(parties, 1)],
            Together::Enough,
        );
        tally.credit(&[need(parties, 1)], &tracks, 0, Credit::Amount(10));
        tally.entries(0)
    };
    assert_eq!(
        of(0b11, vec![7, theirs(7), 8]),
        Some(vec![(7, 10), (8, 10)])
    );
    assert_eq!(of(0b01, vec![7, theirs(7)]), Some(vec![(7, 10)]));
    assert_eq!(of(0b01, vec![7, 7]), Some(vec![(7, 20)]));
    assert_eq!(of(0b11, vec![7]), Some(vec![(7, 10)]));
}

#[test]
fn it_grows_by_who_is_new_in_every_view() {
    let column = UInt64Array::from(vec![Some(1), Some(2), Some(1)]);
    let tracks: Vec<Tracks<'_>> = [Tracks::read(&column), Tracks::read(&column)]
        .into_iter()
        .filter_map(Result::ok)
        .collect();
    let other = Need {
        slot: 1,
        ..need(1, 1)
    };
    let needs = [need(1, 1), other];
    let group = || Group::Vector(Vector::new(usize::MAX));
    let mut tally = Tally::new(vec![group(), group()], &needs, Together::Amounts);
    let grown = [0, 1, 2].map(|row| tally.credit(&needs, &tracks, row, Credit::Amount(1)));
    // One in each of two views, and the two together.
    assert_eq!(grown, [4, 4, 0]);
    assert!(tally.is_open());
    let mut full = Tally::new(
        vec![Group::Entities(Entities::new(1))],
        &needs[..1],
        Together::Enough,
    );
    let mut more = Tally::new(
        vec![Group::Entities(Entities::new(1))],
        &needs[..1],
        Together::Enough,
    );
    more.credit(&needs[..1], &tracks, 0, Credit::Amount(1));
    assert!(full.is_open() && !more.is_open());
    assert_eq!(full.merge(more), 1);
    assert!(!full.is_open());
}

/// Those of the third row are both known, but not together.
#[test]
fn it_grows_by_who_is_new_together() {
    let people = UInt64Array::from(vec![Some(1), Some(2), Some(1)]);
    let others = UInt64Array::from(vec![Some(8), Some(9), Some(9)]);
    let tracks: Vec<Tracks<'_>> = [Tracks::read(&people), Tracks::read(&others)]
        .into_iter()
        .filter_map(Result::ok)
        .collect();
    let other = Need {
        slot: 1,
        ..need(1, 1)
    };
    let group = || Group::Vector(Vector::new(usize::MAX));
    let needs = [need(1, 1), other];
    let mut tally = Tally::new(vec![group(), group()], &needs, Together::Amounts);
    let mut grown = |row| tally.credit(&needs, &tracks, row, Credit::Amount(1));
    assert_eq!([0, 1, 2].map(&mut grown), [2 + 2, 2 + 2, 2]);
}

/// By value as well: two people who have it, and whom they stand with.
#[test]
fn it_grows_by_who_is_new_together_with_a_value() {
    let people = UInt64Array::from(vec![Some(1), Some(2), Some(1)]);
    let others = UInt64Array::from(vec![Some(8), Some(9), Some(9)]);
    let tracks: Vec<Tracks<'_>> = [Tracks::read(&people), Tracks::read(&others)]
        .into_iter()
        .filter_map(Result::ok)
        .collect();
    let other = Need {
        slot: 1,
        ..need(1, 1)
    };
    let needs = [need(1, 1), other];
    let of = |rows: &[usize]| {
        let group = || Group::Values(NumberMap::default(), 9);
        let mut tally = Tally::new(vec![group(), group()], &needs, Together::Enough);
        let grown = rows
            .iter()
            .map(|row| tally.credit(&needs, &tracks, *row, Credit::Value(4)));
        let grown: usize = grown.sum();
        (tally, grown)
    };
    let ((mut ours, one), (theirs, two)) = (of(&[0]), of(&[1, 2]));
    assert_eq!((one, two), (2 + 1, 2 + 1 + 1 + 1));
    assert_eq!(ours.merge(theirs), 2 + 2);
    assert!(ours.supports(&needs, 4));
}
