//! What is near an earlier outcome and yet may not have it, and what is told of its own and yet says too much.

use std::collections::BTreeSet;

use release::StatisticKind;

use crate::bank::{Bank, COUNT, K, Row, SUM, duties, people, with_history, without};

/// A group of one among those who were counted before: the earlier count is near it, and would show that there is one.
#[test]
fn fewer_than_k_have_no_earlier_value() {
    for duties in with_history() {
        let mut bank = Bank::new(21, duties.clone());
        let counted = (0..40).find_map(|from| bank.count(from * 100..from * 100 + 10 + from));
        assert!(counted.is_some(), "{duties:?}");
        for size in 1..u64::from(K) {
            for from in 0..40 {
                let few = bank.count(from * 100..from * 100 + size);
                assert_eq!(few, None, "{size} {duties:?}");
            }
        }
    }
}

/// Ten persons of whom one has nearly all of another unit's entities: the factor between two sums of hers is hers alone.
#[test]
fn a_factor_is_had_in_every_view() {
    let rows = |hers: u64, amount: i64| -> Vec<Row> {
        let whose = |at: u64| if at < 9 { at } else { hers };
        (0..40)
            .map(|at| ("g", whose(at), if whose(at) == hers { amount } else { 1 }))
            .collect()
    };
    let asked = |amount: i64| {
        let mut bank = Bank::new(22, duties(true, false, false));
        bank.slots = 2;
        bank.partner = Some(|at, _| at % 40);
        let all: Vec<Row> = (0..40).map(|at| ("g", 100 + at, 1)).collect();
        assert_eq!(bank.one(SUM, &all), Some(40));
        bank.one(SUM, &rows(50, amount))
    };
    // What she has is in it, as SQL has it; not forty times what she has.
    assert_eq!(
        [117, 4321].map(asked),
        [9 + 31 * 117, 9 + 31 * 4321].map(Some)
    );
}

/// Everybody adds a multiple of seven but one, or everybody does.
#[test]
fn noise_does_not_tell_what_everybody_is_a_multiple_of() {
    let multiples = |odd: i64| {
        let sums = (0..40).map(|seed| {
            let mut bank = Bank::new(seed, duties(false, true, false));
            let rows: Vec<Row> = (0..40)
                .map(|e| ("g", e, 70 + if e == 0 { odd } else { 0 }))
                .collect();
            bank.one(SUM, &rows).unwrap()
        });
        sums.filter(|sum| sum % 7 == 0).count()
    };
    assert!(multiples(0) < 20 && multiples(1) < 20);
}

/// Two who share a value, or nobody does: as many as there are rows, or one fewer.
#[test]
fn distinct_values_that_two_share_are_as_many_as_rows() {
    let distinct = StatisticKind::CountDistinct { column: 1 };
    for duties in with_history() {
        let asked = |second: i64| {
            let mut bank = Bank::new(23, duties.clone());
            let mut rows: Vec<Row> = (0..40_u64)
                .map(|e| ("g", e, i64::try_from(e).unwrap()))
                .collect();
            rows[1].2 = second;
            (bank.one(COUNT, &rows), bank.one(distinct, &rows))
        };
        let (alone, shared) = (asked(1), asked(0));
        assert_eq!(alone, shared, "{duties:?}");
        assert_eq!(alone.0, alone.1, "{duties:?}");
    }
}

/// A with fewer than k more, B, and both without them: the union is told as the sum, however many of the fewer there are.
#[test]
fn a_union_may_lack_any_number_below_k() {
    for few in 1..u64::from(K) {
        let mut bank = Bank::new(24, duties(true, false, false));
        let with = bank.count((0..40).chain(500..500 + few)).unwrap();
        let other = bank.count(40..90).unwrap();
        assert_eq!(bank.count(0..90), Some(with + other), "{few}");
    }
}

/// A larger set that overlaps both was told as well, and is in the way of neither.
#[test]
fn a_union_is_found_beside_what_overlaps() {
    let mut bank = Bank::new(25, duties(true, false, false));
    let with = bank.count((0..40).chain([500])).unwrap();
    let other = bank.count(40..90).unwrap();
    assert_eq!(bank.count(15..75), Some(60));
    assert_eq!(bank.count(0..90), Some(with + other));
}

/// Where the threshold is exact, a known set is not withheld for being near a few: that would tell who they are.
#[test]
fn a_known_set_is_told_whatever_few_were_asked_for_before() {
    let told: BTreeSet<Option<i64>> = [[1, 2, 3], [20, 21, 22]]
        .map(|few| {
            let mut bank = Bank::new(26, duties(true, false, false));
            assert_eq!(bank.one(COUNT, &people(few)), None);
            bank.count(0..12)
        })
        .into();
    assert_eq!(told, BTreeSet::from([Some(12)]));
}

/// One bank's people, asked for alone and counted together with those of another bank that has none there.
#[test]
fn a_pool_and_one_of_its_parties_alone_have_one_memory() {
    for duties in with_history() {
        for first in [false, true] {
            let mut bank = Bank::new(27, duties.clone());
            bank.pooled = first;
            let before = bank.count(0..40);
            bank.pooled = !first;
            assert!(before.is_some(), "{duties:?}");
            assert_eq!(bank.count(without(0..40, 7)), before, "{duties:?}");
        }
    }
}

/// What is told of one of two banks alone, or of the other.
fn at(bank: &mut Bank, other: bool, entities: impl IntoIterator<Item = u64>) -> Option<i64> {
    (bank.pooled, bank.other) = (false, other);
    bank.count(entities)
}

/// Each of two banks alone, and both together.
#[test]
fn a_pool_is_the_union_of_its_parties() {
    let mut bank = Bank::new(28, duties(true, true, false));
    let one = at(&mut bank, false, 0..40).unwrap();
    let other = at(&mut bank, true, 40..90).unwrap();
    bank.pooled = true;
    assert_eq!(bank.count(without(0..90, 7)), Some(one + other));
}

/// Both together, one of them alone, and what that leaves of the other.
#[test]
fn what_one_of_a_pool_leaves_is_the_other() {
    for noise in [false, true] {
        let mut bank = Bank::new(29, duties(true, noise, false));
        bank.pooled = true;
        let both = bank.count(0..90).unwrap();
        let one = at(&mut bank, false, 0..40).unwrap();
        let other = at(&mut bank, true, without(40..90, 50));
        assert_eq!(other, Some(both - one), "{noise}");
    }
}

/// Near a total over two groups, and near the union of two parts: with as many people fewer as make k, it is the earlier value with some slacks and
/// a value of its own with others, so where the border is nobody knows beforehand.
#[test]
fn totals_and_unions_have_borders_of_their_own() {
    let fewer = || (5..40).chain(45..80);
    let told = |asked: &dyn Fn(&mut Bank)| -> Vec<Option<i64>> {
        let bank = |seed| {
            let mut bank = Bank::new(seed, duties(true, false, true));
            asked(&mut bank);
            bank.count(fewer())
        };
        (0..40).map(bank).collect()
    };
    let total = told(&|bank| {
        let rows = (0..80_u64).map(|e| (if e < 40 { "g" } else { "h" }, e, 1));
        bank.ask(&[COUNT], &rows.collect::<Vec<Row>>());
    });
    let union = told(&|bank| {
        assert_eq!(
            (bank.count(0..40), bank.count(40..80)),
            (Some(40), Some(40))
        );
    });
    for told in [total, union] {
        let near = told.iter().filter(|value| **value == Some(80)).count();
        let own = told.iter().filter(|value| **value == Some(70)).count();
        assert!(near > 0 && own > 0 && near + own == 40, "{told:?}");
    }
}

/// A few were withheld, and many are told; somewhere between, both are near. What was first stands.
#[test]
fn of_a_value_and_a_withholding_the_earlier_stands() {
    let asked = |few_first: bool| {
        let told = (0..60).filter_map(|seed| {
            let mut bank = Bank::new(seed, duties(true, false, true));
            let mut ask = |many: bool| bank.count(0..if many { 25 } else { 9 });
            let (first, second) = (ask(!few_first), ask(few_first));
            assert!([first, second].contains(&Some(25)), "{seed}");
            bank.count(0..14)
        });
        told.count()
    };
    assert_eq!(asked(true), 0);
    assert!(asked(false) > 0);
}

/// Of three groups as of two: what they come to is what they were told to be.
#[test]
fn three_groups_have_a_total() {
    let rows: Vec<Row> = (0..90_u64)
        .map(|e| (["a", "b", "c"][usize::try_from(e % 3).unwrap()], e, 1))
        .collect();
    let mut bank = Bank::new(28, duties(true, true, false));
    let groups = bank.ask(&[COUNT], &rows);
    let sum: i64 = groups.values().filter_map(|values| values[0]).sum();
    assert_eq!((groups.len(), bank.count(0..90)), (3, Some(sum)));
}
