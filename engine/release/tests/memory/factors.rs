//! Earlier values put together that were asked for in other units, in other views, or as the groups of one answer: what is told is what
//! they say already, however many of fewer than k there are. A red team found each of these to count one person.

use crate::bank::{Bank, COUNT, Row, SUM, duties};
use release::StatisticKind;

/// As many rows of each as `amount`, or one of that amount.
fn each(entities: impl IntoIterator<Item = u64>, amount: i64) -> Vec<Row> {
    let rows = entities.into_iter();
    rows.map(|entity| ("g", entity, amount)).collect()
}

/// Without noise, with and without jitter.
fn exact(seed: u64) -> [Bank; 2] {
    [false, true].map(|jitter| Bank::new(seed, duties(true, false, jitter)))
}

/// Twice A, twice B with somebody or without, then both once.
#[test]
fn a_union_of_doubles_is_twice_their_sum() {
    for mut bank in exact(31) {
        assert_eq!(bank.one(SUM, &each(0..40, 2)), Some(80));
        assert_eq!(bank.one(SUM, &each((40..90).chain([500]), 2)), Some(102));
        assert_eq!(bank.one(SUM, &each(0..90, 1)), Some(91));
    }
}

/// Twice all, twice those within and somebody, then those that are left.
#[test]
fn a_difference_of_doubles_is_half_of_theirs() {
    for mut bank in exact(32) {
        assert_eq!(bank.one(SUM, &each(0..100, 2)), Some(200));
        assert_eq!(bank.one(SUM, &each((0..40).chain([500]), 2)), Some(82));
        assert_eq!(bank.one(SUM, &each(40..100, 1)), Some(59));
        assert_eq!(bank.one(SUM, &each(40..100, 3)), Some(177));
    }
}

/// What one part is by a factor, and the others are not in whole numbers, is no difference: nothing is made up.
#[test]
fn what_does_not_divide_is_not_put_together() {
    let [mut bank, _] = exact(40);
    let mut all = each(0..40, 2);
    all.extend(each(40..80, 3));
    assert_eq!(bank.one(SUM, &all), Some(200));
    assert_eq!(bank.one(SUM, &each(40..80, 1)), Some(40));
    assert_eq!(bank.one(SUM, &each(0..40, 1)), Some(40));
}

/// A factor that one person has alone is hers: it does not come out with the sum of others.
#[test]
fn a_factor_of_few_puts_nothing_together() {
    let told = |hers: i64| {
        let [mut bank, _] = exact(33);
        let with = |from: u64| -> Vec<Row> {
            let mut rows = each(from..from + 40, 1);
            rows[0].2 = hers;
            rows
        };
        bank.one(SUM, &with(0)).unwrap();
        bank.one(SUM, &with(40)).unwrap();
        bank.one(SUM, &each(0..80, 1))
    };
    // What she adds is left over, as in what was told of her before.
    assert_eq!(told(1), Some(80));
    assert_eq!(told(7), Some(92));
}

/// Three rows of everybody, then persons by group: the last group is what the others leave of a third.
#[test]
fn groups_complete_a_total_in_other_units() {
    for few in [3, 4] {
        let [mut bank, _] = exact(34);
        let all: Vec<Row> = (0..97 + few).flat_map(|e| [("g", e, 1); 3]).collect();
        let total = bank.one(COUNT, &all).unwrap();
        let groups = |e: u64| match e {
            0..60 => "a",
            60..97 => "b",
            _few => "c",
        };
        let rows: Vec<Row> = (0..97 + few).map(|e| (groups(e), e, 1)).collect();
        let answer = bank.ask(&[COUNT], &rows);
        let told: i64 = answer.values().filter_map(|values| values[0]).sum();
        assert_eq!(told, total / 3, "{few}");
    }
}

/// All as the groups of one answer, then those within and somebody, then those that are left; or the groups last.
#[test]
fn groups_together_are_a_whole() {
    let halves: Vec<Row> = (0..100)
        .map(|e| (if e < 50 { "a" } else { "b" }, e, 1))
        .collect();
    let [mut bank, _] = exact(35);
    bank.ask(&[COUNT], &halves);
    assert_eq!(bank.count((0..40).chain([500])), Some(41));
    assert_eq!(bank.count(40..100), Some(59));

    let [mut bank, _] = exact(35);
    assert_eq!(bank.count((0..40).chain([500])), Some(41));
    assert_eq!(bank.count(40..100), Some(60));
    let groups = bank.ask(&[COUNT], &halves);
    let told: i64 = groups.values().filter_map(|values| values[0]).sum();
    assert_eq!(told, 101);
}

/// What was put together is put together again.
#[test]
fn what_was_put_together_is_a_whole() {
    let [mut bank, _] = exact(36);
    assert_eq!(bank.count(0..50), Some(50));
    assert_eq!(bank.count(50..100), Some(50));
    assert_eq!(bank.count(0..100), Some(100));
    assert_eq!(bank.count((0..40).chain([500])), Some(41));
    assert_eq!(bank.count(40..100), Some(59));
}

/// Two tracks of one unit space, of which one says other people, in which the parts overlap: the union is found in the other, whichever
/// comes first.
#[test]
fn every_view_of_one_space_is_searched() {
    for turned in [false, true] {
        for mut bank in exact(37) {
            bank.partner = Some(|_, entity| {
                if entity < 40 {
                    entity % 20
                } else {
                    10 + entity % 20
                }
            });
            (bank.slots, bank.turned) = (2, turned);
            assert_eq!(bank.count(0..40), Some(40));
            assert_eq!(bank.count((40..80).chain([500])), Some(41));
            assert_eq!(bank.count(0..80), Some(81), "{turned}");
        }
    }
}

/// A, B, and A or B, of which one shares a value with one of the others or not.
#[test]
fn distinct_values_of_a_union_are_those_of_its_parts() {
    let distinct = StatisticKind::CountDistinct { column: 1 };
    let told = |shared: bool| {
        let [mut bank, _] = exact(39);
        let row = |e: u64| -> Row {
            let value = if shared && e == 45 { 5 } else { e };
            ("g", e, i64::try_from(value).unwrap())
        };
        let mut ask = |from: u64, to: u64| {
            let rows: Vec<Row> = (from..to).map(row).collect();
            bank.one(distinct, &rows)
        };
        [ask(0, 40), ask(40, 80), ask(0, 80)]
    };
    assert_eq!(told(false), [40, 40, 80].map(Some));
    assert_eq!(told(true), [40, 40, 80].map(Some));
}
