//! What is remembered and recognised, in small numbers. Most of it shows in answers only where many come together.

use std::sync::Arc;

use arrow::datatypes::i256;

use super::history::{History, Record};
use super::print::{Distance, EXACT, Entries, Print, buckets, buckets_apart};
use super::trace::{Fresh, Trace, UNCUT, Whose};

mod kept;
mod sets;

const K: u32 = 6;

fn whose() -> Arc<Whose> {
    Arc::new(Whose {
        parties: vec!["bank".to_owned()],
        space: "person".to_owned(),
    })
}

/// Entities of which each adds the same.
fn each(entities: std::ops::Range<u64>, amount: i128) -> Entries {
    entities.map(|entity| (entity, amount)).collect()
}

fn fresh(entries: Entries) -> Fresh {
    Fresh {
        whose: whose(),
        k: K,
        cut: UNCUT,
        additive: true,
        entries,
    }
}

fn value(number: i128) -> i256 {
    i256::from_i128(number)
}

fn told(entries: Entries) -> Record {
    let sum = value(entries.iter().map(|(_, amount)| amount).sum());
    Record {
        traces: vec![fresh(entries).keep(0)],
        raw: sum,
        value: sum,
        fresh: true,
    }
}

fn history(parts: impl IntoIterator<Item = Entries>) -> History {
    let mut history = History::new();
    for part in parts {
        history.tell(told(part));
    }
    history
}

#[test]
fn a_print_is_exact_up_to_so_many_entities() {
    let exact = Print::of(&each(0..1024, 1));
    assert_eq!(exact, Print::Exact(each(0..1024, 1)));
    assert_eq!(exact.size(), 1024 * size_of::<(u64, i128)>());
    let buckets = Print::of(&each(0..1025, 1));
    assert!(matches!(&buckets, Print::Buckets(sums) if sums.len() == EXACT));
    assert_eq!(buckets.size(), EXACT * size_of::<i128>());
}

#[test]
fn buckets_hold_everything_and_are_many() {
    let sums = buckets(&each(0..5000, 3));
    assert_eq!(sums.len(), EXACT);
    assert_eq!(sums.iter().sum::<i128>(), 15_000);
    assert!(sums.iter().filter(|sum| **sum != 0).count() > 900);
    let one = buckets(&[(4711, 5)]);
    assert_eq!(one.iter().filter(|sum| **sum == 5).count(), 1);
    assert_eq!(one.iter().filter(|sum| **sum == 0).count(), EXACT - 1);
}

#[test]
fn the_distance_of_buckets_counts_each_and_bounds_what_it_changed() {
    let far = |limit| buckets_apart(&[1, 2, 3, 4], &[1, 5, 3, 0], (1, 1), limit);
    let distance = Distance {
        differing: 2,
        amount: 14,
    };
    assert_eq!(far(3), Some(distance));
    assert_eq!(far(2), None);
}

#[test]
fn a_trace_reaches_k_and_its_slack() {
    let trace = |entities: u64, slack| fresh(each(0..entities, 1)).keep(slack);
    assert_eq!(trace(7, 2).reach(K), 8);
    assert_eq!(trace(18, 2).reach(K), 8);
    assert_eq!(trace(18, 9).reach(K), 9);
    assert_eq!(trace(30, 9).reach(10), 15);
    assert_eq!(trace(29, 9).reach(10), 15);
    assert_eq!(trace(18, 0).reach(1), 6);
    let held = trace(18, 0).size();
    assert_eq!(held, size_of::<Trace>() + 18 * size_of::<(u64, i128)>());
}

#[test]
fn what_is_cut_alike_is_compared_as_cut() {
    let cut = |amount, cut| Fresh {
        cut,
        ..fresh(vec![(1, amount), (2, 5)])
    };
    let none = Distance {
        differing: 0,
        amount: 0,
    };
    let far = |new: Fresh, old: Fresh| new.distance(&old.keep(0), (1, 1), 1);
    assert_eq!(far(cut(100, 10), cut(50, 10)), Some(none));
    assert_eq!(far(cut(100, 10), cut(50, 20)), None);
    assert_eq!(far(cut(100, UNCUT), cut(50, UNCUT)), None);
    assert_eq!(far(cut(100, 10), cut(9, 10)), None);
    // Three times as much, cut at three times as much.
    let thrice = fresh(vec![(1, 300), (2, 15)]);
    let thrice = Fresh { cut: 30, ..thrice };
    assert_eq!(thrice.distance(&cut(50, 10).keep(0), (3, 1), 1), Some(none));
    assert_eq!(thrice.distance(&cut(50, 10).keep(0), (1, 1), 1), None);
}

#[test]
fn a_multiple_is_near_by_its_factor_in_lowest_terms() {
    let raw = (value(0), value(0));
    let near =
        |new: i128, old: i128| fresh(each(0..20, new)).near(&fresh(each(0..20, old)).keep(0), raw);
    assert_eq!(near(6, 4), Some((3, 2)));
    assert_eq!(near(6, -4), Some((-3, 2)));
    assert_eq!(near(-6, -4), Some((3, 2)));
    assert_eq!(near(4, 4), Some((1, 1)));
    // Of buckets as well.
    let many = |amount| fresh(each(0..2000, amount));
    assert_eq!(many(10).near(&many(4).keep(0), raw), Some((5, 2)));
    assert_eq!(many(4).near(&many(4).keep(0), raw), Some((1, 1)));
}

/// Amounts so large that their products fit no number of 128 bits are not alike for that: of squares, one person's factor fitted all.
#[test]
fn products_that_are_too_large_are_not_alike() {
    let raw = (value(0), value(0));
    let amount = |entity: u64, seed: i128| 10_i128.pow(24) + i128::from(entity) * 7_919 * seed;
    let some = |people: u64, seed| -> Entries {
        let people = 0..people;
        people
            .map(|entity| (entity, amount(entity, seed)))
            .collect()
    };
    for people in [30, 2000] {
        let near = |new: Entries| fresh(new).near(&fresh(some(people, 3)).keep(0), raw);
        assert_eq!(near(some(people, 5)), None, "{people}");
        let thrice = some(people, 3).into_iter();
        let thrice = thrice.map(|(entity, amount)| (entity, 3 * amount));
        assert_eq!(near(thrice.collect()), Some((3, 1)), "{people}");
    }
    let history = history([some(20, 3), (20..40).map(|e| (e, amount(e, 3))).collect()]);
    let ask = |entries: Entries| history.derived(&[fresh(entries)], value(1), 1);
    assert_eq!(ask(some(40, 5)), None);
}

/// One who adds a hundred times as much as others explains her own part of a difference, and not that of all who may differ.
#[test]
fn what_few_explain_is_what_the_largest_few_add() {
    let mean = |entries| Fresh {
        additive: false,
        ..fresh(entries)
    };
    let mut entries = each(0..20, 1);
    entries.push((20, 100));
    let old = mean(entries.clone()).keep(0);
    let near = |difference: i128| mean(entries.clone()).near(&old, (value(difference), value(0)));
    // Five of them: a hundred, and four times one.
    assert_eq!([near(104), near(105)], [Some((1, 1)), None]);
}

#[test]
fn a_factor_that_few_have_is_theirs() {
    let raw = (value(0), value(0));
    // Five of eleven add three times as much, and six as much as before: each is another part's.
    let mut some = each(0..5, 3);
    some.extend(each(5..11, 1));
    assert_eq!(
        fresh(some).near(&fresh(each(0..11, 1)).keep(0), raw),
        Some((1, 1))
    );
    let mut most = each(0..9, 3);
    most.extend(each(9..11, 1));
    assert_eq!(
        fresh(most).near(&fresh(each(0..11, 1)).keep(0), raw),
        Some((3, 1))
    );
}

#[test]
fn a_value_that_is_no_sum_is_near_if_the_difference_explains_it() {
    let mean = |entries| Fresh {
        additive: false,
        ..fresh(entries)
    };
    let old = mean(each(0..20, 4)).keep(0);
    let near = |difference: i128| {
        let new = mean(each(0..21, 4));
        new.near(&old, (value(100 + difference), value(100)))
    };
    // One entity differs, and four more could, each by as much as the largest.
    assert_eq!(near(20), Some((1, 1)));
    assert_eq!(near(-20), Some((1, 1)));
    assert_eq!(near(21), None);
    assert_eq!(near(-21), None);
}

#[test]
fn the_union_of_what_was_told_is_told_as_their_sum() {
    let history = history([each(0..20, 1), each(20..40, 1)]);
    let ask = |entries: Entries, raw| history.derived(&[fresh(entries)], value(raw), 1);
    assert_eq!(ask(each(0..40, 1), 40), Some(value(40)));
    // With five more it is still theirs, with six it is another part.
    assert_eq!(ask(each(0..45, 1), 45), Some(value(40)));
    assert_eq!(ask(each(0..46, 1), 46), None);
    // One value alone is no union.
    assert_eq!(ask(each(0..20, 1), 20), None);
    // Twice as much of each is twice the sum, and of each part by its own factor; what no factor makes of them is another part.
    assert_eq!(ask(each(0..40, 2), 80), Some(value(80)));
    let mut uneven = each(0..20, 2);
    uneven.extend(each(20..40, 3));
    assert_eq!(ask(uneven, 100), Some(value(100)));
    let mixed: Entries = (0..40).map(|one| (one, 1 + i128::from(one % 3))).collect();
    assert_eq!(ask(mixed, 79), None);
}

#[test]
fn what_is_left_of_one_by_another_is_told_as_their_difference() {
    let history = history([each(0..40, 1), each(0..20, 1)]);
    let ask = |entries: Entries, raw, terms| history.derived(&[fresh(entries)], value(raw), terms);
    assert_eq!(ask(each(20..40, 1), 20, 1), Some(value(20)));
    assert_eq!(ask(each(20..40, 1), 20, 0), None);
    assert_eq!(ask(each(25..40, 1), 15, 1), Some(value(20)));
    assert_eq!(ask(each(26..40, 1), 14, 1), None);
    assert_eq!(ask(each(20..40, 3), 60, 1), Some(value(60)));
    let mixed = (20..40).map(|one| (one, 1 + i128::from(one % 3)));
    assert_eq!(ask(mixed.collect(), 40, 1), None);
}

#[test]
fn a_difference_that_is_no_sum_must_be_explained_by_those_left_over() {
    let mean = |entries| Fresh {
        additive: false,
        ..fresh(entries)
    };
    let history = history([each(0..20, 1), each(20..40, 1)]);
    let ask = |raw| history.derived(&[mean(each(0..42, 1))], value(raw), 1);
    // Two are left over, and three more could be, each by as much as the largest.
    assert_eq!(ask(45), Some(value(40)));
    assert_eq!(ask(35), Some(value(40)));
    assert_eq!(ask(46), None);
    assert_eq!(ask(34), None);
}

/// Rows with several people behind each: the value of a union is not the sum of values, whoever adds how much to them.
#[test]
fn values_that_are_no_sums_are_put_together_only_if_what_is_left_is_explained() {
    let of_sets = |entries: Entries, raw: i128| {
        let mut record = told(entries);
        record
            .traces
            .iter_mut()
            .for_each(|trace| trace.additive = false);
        (record.raw, record.value) = (value(raw), value(raw));
        record
    };
    let large = 20..3020;
    for whole in [0..40, 0..3020] {
        let (mut history, other) = (History::new(), whole.clone());
        history.tell(of_sets(each(0..20, 1), 5));
        history.tell(of_sets(each(20..other.end, 1), 7));
        let put = |raw| history.derived(&[fresh(each(whole.clone(), 1))], value(raw), usize::MAX);
        let all = i128::from(whole.end);
        assert_eq!([put(all), put(12)], [None, Some(value(12))], "{whole:?}");
    }
    let mut history = History::new();
    history.tell(told(each(0..3020, 1)));
    history.tell(of_sets(each(0..20, 1), 5));
    let left = fresh(each(large, 1));
    let derived = |raw| history.derived(std::slice::from_ref(&left), value(raw), usize::MAX);
    assert_eq!([derived(3000), derived(3015)], [None, Some(value(3015))]);
}

#[test]
fn parts_too_large_to_be_listed_are_put_together_and_taken_apart_in_twos() {
    let together = history([each(0..1500, 1), each(1500..1600, 1)]);
    let ask = |history: &History, entries: Entries| {
        let raw = value(entries.iter().map(|(_, amount)| amount).sum());
        history.derived(&[fresh(entries)], raw, 1)
    };
    assert_eq!(ask(&together, each(0..1600, 1)), Some(value(1600)));
    assert_eq!(ask(&together, each(0..1600, 2)), None);
    let apart = history([each(0..1600, 1), each(1500..1600, 1)]);
    assert_eq!(ask(&apart, each(0..1500, 1)), Some(value(1500)));
    let other = history([each(0..1600, 1), each(1700..1800, 1)]);
    assert_eq!(ask(&other, each(0..1500, 1)), None);
}

#[test]
fn what_is_forgotten_is_held_no_longer_and_not_found() {
    let mut history = history([each(0..20, 1)]);
    let (one, mark) = (history.size(), history.mark());
    assert_eq!(
        one,
        size_of::<Record>() + fresh(each(0..20, 1)).keep(0).size()
    );
    history.tell(told(each(20..40, 1)));
    assert_eq!(history.size(), 2 * one);
    let trace = fresh(each(40..50, 1)).keep(0);
    let held = trace.size();
    history.withhold(trace);
    assert_eq!((history.size(), history.len()), (2 * one + held, 3));
    let union = |history: &History| history.derived(&[fresh(each(0..40, 1))], value(40), 1);
    assert_eq!(union(&history), Some(value(40)));
    assert_eq!(history.since(mark).len(), 2);
    history.forget(mark);
    assert_eq!((history.size(), history.len()), (one, 1));
    assert_eq!(union(&history), None);
}

/// What was there before the mark is found as before, and what comes after has the next number.
#[test]
fn what_is_not_forgotten_is_found() {
    assert!(History::new().is_empty());
    let mut history = history([each(0..20, 1)]);
    history.withhold(fresh(each(100..103, 1)).keep(0));
    assert!(!history.is_empty());
    let mark = history.mark();
    history.tell(told(each(20..40, 1)));
    history.withhold(fresh(each(200..203, 1)).keep(0));
    let when = |history: &History, entries: Entries| {
        let sum = value(entries.iter().map(|(_, amount)| amount).sum());
        let fresh = fresh(entries);
        let told = history.near_told(std::slice::from_ref(&fresh), sum);
        (told.map(|(at, _, _)| at), history.near_withheld(&fresh))
    };
    let all = |history: &History| {
        [
            each(0..20, 1),
            each(20..40, 1),
            each(100..103, 1),
            each(200..203, 1),
        ]
        .map(|entries| when(history, entries))
    };
    let before = [
        (Some(0), None),
        (Some(2), None),
        (None, Some(1)),
        (None, Some(3)),
    ];
    assert_eq!(all(&history), before);
    history.forget(mark);
    let after = [(Some(0), None), (None, None), (None, Some(1)), (None, None)];
    assert_eq!(all(&history), after);
}
