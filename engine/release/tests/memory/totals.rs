//! What the groups of one answer come to: when that is told next, and when it is not.

use release::StatisticKind;

use crate::bank::{Answer, Bank, COUNT, Row, duties};

const DISTINCT: StatisticKind = StatisticKind::CountDistinct { column: 1 };

/// Without noise and jitter.
fn exact(seed: u64) -> Bank {
    Bank::new(seed, duties(true, false, false))
}

fn group(name: &'static str, entities: std::ops::Range<u64>) -> impl Iterator<Item = Row> {
    entities.map(move |entity| (name, entity, 1))
}

fn value_of(answer: &Answer, name: &str) -> Option<i64> {
    answer[name][0]
}

/// Each group is told what is of a few more than it has: together these may be many.
#[test]
fn groups_that_are_told_what_is_of_k_others_have_no_total() {
    let asked = |few: u64| {
        let mut bank = exact(51);
        assert_eq!(bank.count(0..40), Some(40));
        assert_eq!(bank.count(40..80), Some(40));
        let rows: Vec<Row> = group("a", 5..40).chain(group("b", 40 + few..80)).collect();
        let answer = bank.ask(&[COUNT], &rows);
        let told = ["a", "b"].map(|name| value_of(&answer, name));
        assert_eq!(told, [Some(40), Some(40)]);
        bank.count((5..40).chain(40 + few..80))
    };
    assert_eq!(asked(4), Some(80), "9 others are fewer than 10");
    assert_eq!(asked(5), Some(70), "10 others are not");
}

/// The last group is not what such groups leave of a whole that was told.
#[test]
fn groups_that_are_told_what_is_of_k_others_leave_nothing() {
    let mut bank = exact(52);
    assert_eq!(bank.count(0..40), Some(40));
    assert_eq!(bank.count(40..80), Some(40));
    assert_eq!(bank.count((5..40).chain(45..120)), Some(110));
    let rows = group("a", 5..40).chain(group("b", 45..80));
    let rows = rows.chain(group("c", 80..120));
    let answer = bank.ask(&[COUNT], &rows.collect::<Vec<Row>>());
    let told = ["a", "b", "c"].map(|name| value_of(&answer, name));
    assert_eq!(told, [Some(40), Some(40), Some(40)]);
}

/// Forty have ten values each, of which two share one, and forty have one, which thirty of them share with the others.
#[test]
fn distinct_values_that_groups_share_leave_nothing() {
    let mut values: Vec<(u64, u64)> = (0..40)
        .flat_map(|e| (0..10).map(move |at| (e, e * 10 + at)))
        .collect();
    values[399].1 = 0;
    values.extend((0..40).map(|at| (40 + at, if at < 30 { at } else { 400 + at })));
    let rows = |name: fn(u64) -> &'static str| -> Vec<Row> {
        let rows = values.iter();
        rows.map(|(e, value)| (name(*e), *e, i64::try_from(*value).unwrap()))
            .collect()
    };
    let mut bank = exact(53);
    assert_eq!(bank.one(DISTINCT, &rows(|_| "g")), Some(399 + 10));
    let answer = bank.ask(&[DISTINCT], &rows(|e| if e < 40 { "a" } else { "b" }));
    let told = ["a", "b"].map(|name| value_of(&answer, name));
    assert_eq!(told, [Some(399), Some(40)]);
}

/// All in two groups, then those within and somebody, then those that are left.
#[test]
fn distinct_values_of_which_each_is_somebodys_alone_have_a_total() {
    let row = |name, e: u64| -> Row { (name, e, i64::try_from(e).unwrap()) };
    let halves = (0..100).map(|e| row(if e < 50 { "a" } else { "b" }, e));
    let mut bank = exact(54);
    bank.ask(&[DISTINCT], &halves.collect::<Vec<Row>>());
    let mut ask = |entities: &mut dyn Iterator<Item = u64>| {
        bank.one(
            DISTINCT,
            &entities.map(|e| row("g", e)).collect::<Vec<Row>>(),
        )
    };
    assert_eq!(ask(&mut (0..40).chain([500])), Some(41));
    assert_eq!(ask(&mut (40..100)), Some(100 - 41));
}
