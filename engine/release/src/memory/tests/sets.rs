//! When entities are among others.

use std::sync::Arc;

use super::super::print::EXACT;
use super::super::trace::{Fresh, Whose};
use super::super::within::{ONE, are_many, missing};
use super::{each, fresh};

#[test]
fn a_part_of_whom_nobody_is_there_is_not_within() {
    let whole = each(0..10, 1);
    let lacks = |part: std::ops::Range<u64>| missing(&each(part, 1), &whole, ONE, 5);
    assert_eq!(lacks(0..10), Some(0));
    assert_eq!(lacks(8..12), Some(2));
    assert_eq!(lacks(9..11), Some(1));
    assert_eq!(lacks(10..12), None, "nobody");
    assert_eq!(lacks(4..15), None, "five");
    assert_eq!(missing(&each(0..10, 2), &whole, ONE, 50), None, "others");
}

#[test]
fn a_factor_is_had_by_k_or_it_is_theirs() {
    let whole = each(0..10, 1);
    let many = |part: std::ops::Range<u64>, k| are_many(&each(part, 2), &whole, (1, 2), 5, k);
    assert!(many(0..6, 6) && many(5..12, 5));
    assert!(!many(0..6, 7) && !many(5..12, 6) && !many(20..30, 1));
}

#[test]
fn who_was_told_of_is_in_a_set_but_for_a_few() {
    let set = fresh(each(0..10, 1));
    let told = |entities: std::ops::Range<u64>| fresh(each(entities, 1)).keep(0);
    assert!(told(0..10).those_of(&set).is_some() && told(2..8).those_of(&set).is_some());
    // Five more are fewer than k, and six are k.
    assert!(told(0..15).those_of(&set).is_some() && told(0..16).those_of(&set).is_none());
    assert!(told(100..110).those_of(&set).is_none());
    let those = told(5..14).those_of(&set);
    assert_eq!(those.map(|those| those.entries), Some(each(5..10, 1)));
    let exact = u64::try_from(EXACT).unwrap_or(0);
    let very_many = fresh(each(0..exact + 1, 1));
    let those = told(0..exact + 1).those_of(&very_many);
    assert!(those.is_none(), "nobody lists them");
}

#[test]
fn the_same_person_is_of_one_space_and_one_party_or_its_pool() {
    let of = |parties: &[&str], space: &str| Whose {
        parties: parties.iter().map(|party| (*party).to_owned()).collect(),
        space: space.to_owned(),
    };
    let bank = of(&["bank"], "person");
    assert!(bank.meets(&of(&["bank"], "person")));
    assert!(bank.meets(&of(&["bank", "club"], "person")));
    assert!(!bank.meets(&of(&["bank"], "device")));
    assert!(!bank.meets(&of(&["club"], "person")));
    let device = Fresh {
        whose: Arc::new(of(&["bank"], "device")),
        ..fresh(each(0..10, 1))
    };
    assert!(fresh(each(0..10, 1)).keep(0).those_of(&device).is_none());
}
