//! Attacks that compare answers: two of them, three, many, in other words, over restarts.

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use policy::number::Decimal;
use proptest::prelude::*;
use release::{Entry, Memory, OwnerCut, Release};

use crate::bank::{Bank, COUNT, Household, Row, SUM, duties, with_history, without};

#[test]
fn with_and_without_somebody_the_answer_is_the_same() {
    for size in [30, 900, 5000] {
        for duties in with_history() {
            for first_with in [true, false] {
                let mut bank = Bank::new(1, duties.clone());
                let mut ask = |with: bool| {
                    if with {
                        bank.count(0..size)
                    } else {
                        bank.count(without(0..size, 7))
                    }
                };
                let (first, second) = (ask(first_with), ask(!first_with));
                assert!(
                    first.is_some() && first == second,
                    "{size} {duties:?}: {first:?} {second:?}"
                );
            }
        }
    }
}

#[test]
fn an_answer_is_the_same_again_also_after_a_restart_and_for_another_table_version() {
    for duties in with_history() {
        let rows: Vec<Row> = (0..300_u64)
            .map(|e| {
                (
                    ["a", "b", "c"][usize::try_from(e % 3).unwrap()],
                    e / 2,
                    i64::try_from(e).unwrap(),
                )
            })
            .collect();
        let mut bank = Bank::new(2, duties.clone());
        let (first, remembered) = bank.try_ask(&[COUNT, SUM], &rows).unwrap();
        assert_eq!(first.len(), 3);
        assert_eq!(bank.ask(&[COUNT, SUM], &rows), first);
        let mut next = Bank::new(2, duties.clone());
        for entry in &remembered {
            let mut seal = |parties: &[String], bytes: &[u8]| {
                assert_eq!(parties, ["bank_a"]);
                Ok::<_, ()>(bytes.iter().map(|byte| !byte).collect())
            };
            let bytes = entry.to_bytes(&mut seal).unwrap();
            let mut open =
                |_: &[String], bytes: &[u8]| Some(bytes.iter().map(|byte| !byte).collect());
            let read = Entry::from_bytes(&bytes, &mut open).unwrap();
            assert_eq!(read, *entry);
            assert_eq!(
                Entry::from_bytes(&bytes[..bytes.len() - 1], &mut open),
                None
            );
            next.history.restore(read);
        }
        let changed: Vec<Row> = rows.iter().copied().filter(|row| row.1 != 5).collect();
        assert_eq!(next.ask(&[COUNT, SUM], &changed), first, "{duties:?}");
    }
}

#[test]
fn a_union_tracker_sees_nothing_in_any_order() {
    let (v, a, b) = (1000, 0..40_u64, 40..90_u64);
    let orders = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    for duties in with_history() {
        for order in orders {
            let sees = |has: bool| {
                let mut bank = Bank::new(3, duties.clone());
                let sets: [Vec<u64>; 3] = [
                    a.clone().chain(has.then_some(v)).collect(),
                    b.clone().collect(),
                    a.clone().chain(b.clone()).collect(),
                ];
                let mut told = [0_i64; 3];
                for set in order {
                    told[set] = bank.count(sets[set].iter().copied()).unwrap();
                }
                told[0] + told[1] - told[2]
            };
            assert_eq!((sees(true), sees(false)), (0, 0), "{order:?} {duties:?}");
        }
    }
}

#[test]
fn a_union_of_many_is_told_as_their_sum_and_large_unions_too() {
    let mut bank = Bank::careful(4);
    let parts: Vec<i64> = (0..5)
        .map(|part| bank.count(part * 50..part * 50 + 50).unwrap())
        .collect();
    assert_eq!(bank.count(without(0..250, 3)), Some(parts.iter().sum()));
    let large: i64 = [0..3000, 3000..7000]
        .map(|part| bank.count(part).unwrap())
        .iter()
        .sum();
    assert_eq!(bank.count((0..7000).chain([9000])), Some(large));
    assert_eq!(bank.count(without(0..3000, 3)), bank.count(0..3000));
}

/// Two statistics of the same few people are two: a factor that only some of them have is theirs.
#[test]
fn a_factor_that_a_few_have_is_not_told() {
    for people in [10, 14, 18] {
        let mut bank = Bank::new(5, duties(true, false, false));
        let rows = |amount: &dyn Fn(i64) -> i64| -> Vec<Row> {
            (0..people)
                .map(|e| ("g", e, amount(i64::try_from(e).unwrap())))
                .collect()
        };
        let plain = |e: i64| 1000 + e;
        let some = |e: i64| if e % 3 == 0 { 3 * plain(e) } else { 7 + e * e };
        let total = |rows: &[Row]| Some(rows.iter().map(|row| row.2).sum());
        let (first, second) = (rows(&plain), rows(&some));
        assert_eq!(bank.ask(&[SUM], &first)["g"], [total(&first)]);
        assert_eq!(bank.ask(&[SUM], &second)["g"], [total(&second)], "{people}");
        // A factor that everybody has makes no other statistic.
        let tripled = rows(&|e| if e == 0 { 1 } else { 3 * plain(e) });
        let told = 3 * total(&first).unwrap_or(0);
        let expected = if people > 10 {
            Some(told)
        } else {
            total(&tripled)
        };
        let mut bank = Bank::new(5, duties(true, false, false));
        assert_eq!(bank.ask(&[SUM], &first)["g"], [total(&first)]);
        assert_eq!(bank.ask(&[SUM], &tripled)["g"], [expected], "{people}");
    }
}

/// The groups of one answer and a total over rows of the same people do not tell about a withheld group.
#[test]
fn groups_and_total_agree_without_those_that_are_withheld() {
    let grouped = |secret: bool| -> Vec<Row> {
        let row = |e: u64| ([("a", e, 1), ("b", e, 1)], e.is_multiple_of(2));
        let all = (0..60)
            .map(row)
            .flat_map(|(rows, both)| rows.into_iter().take(1 + usize::from(both)));
        all.chain((0..3).map(|e| ("few", e, 1)))
            .chain(secret.then_some(("few", 77, 1)))
            .collect()
    };
    let total = |rows: &[Row]| {
        rows.iter()
            .map(|row| ("g", row.1, row.2))
            .collect::<Vec<Row>>()
    };
    for secret in [false, true] {
        let rows = grouped(secret);
        let mut bank = Bank::new(5, duties(true, false, false));
        let groups: i64 = bank
            .ask(&[COUNT], &rows)
            .values()
            .map(|values| values[0].unwrap())
            .sum();
        assert_eq!((groups, bank.one(COUNT, &total(&rows))), (90, Some(90)));
        let mut bank = Bank::new(5, duties(true, false, false));
        let all = bank.one(COUNT, &total(&rows)).unwrap();
        let groups: i64 = bank
            .ask(&[COUNT], &rows)
            .values()
            .map(|values| values[0].unwrap())
            .sum();
        assert_eq!(groups, all);
        let mut bank = Bank::careful(5);
        let groups: i64 = bank
            .ask(&[COUNT], &rows)
            .values()
            .map(|values| values[0].unwrap())
            .sum();
        assert_eq!(bank.one(COUNT, &total(&rows)), Some(groups));
    }
}

#[test]
fn other_spellings_are_no_other_answers() {
    let rows: Vec<Row> = (0..200_u64)
        .map(|e| ("g", e, i64::try_from(e % 17).unwrap() + 1))
        .collect();
    let scaled = |by: i64| {
        rows.iter()
            .map(|row| (row.0, row.1, row.2 * by))
            .collect::<Vec<Row>>()
    };
    let mut bank = Bank::careful(6);
    let sum = bank.one(SUM, &rows).unwrap();
    for by in [2, 3, -1, 64] {
        assert_eq!(bank.one(SUM, &scaled(by)), Some(by * sum));
    }
    let renamed: Vec<Row> = rows
        .iter()
        .map(|row| ("another name", row.1, row.2))
        .collect();
    assert_eq!(bank.one(SUM, &renamed), Some(sum));
    // without history: noise alone belongs to the people and what they add, not to the words
    let mut forgetful = Bank::new(6, duties(false, true, false));
    let sum = forgetful.one(SUM, &rows);
    assert_eq!(
        [&rows, &renamed].map(|rows| forgetful.one(SUM, rows)),
        [sum; 2]
    );
    let count = forgetful.count(0..50);
    forgetful.slots = 3;
    assert_eq!(forgetful.count(0..50), count, "a join that changes nothing");
    assert!(forgetful.history.is_empty());
}

#[test]
fn a_threshold_cannot_be_walked() {
    let mut bank = Bank::new(7, duties(true, false, true));
    assert_eq!(bank.count(0..9), None);
    for known in 10..=18 {
        assert_eq!(
            bank.count(0..known),
            None,
            "within reach of what was withheld"
        );
    }
    assert_eq!(bank.count(0..30), Some(30));
    assert_eq!(bank.count(0..39), Some(30), "within reach of what was told");
    assert_eq!(
        bank.count(0..12),
        None,
        "what was withheld first stays withheld"
    );
    let mut fresh = Bank::new(7, duties(false, false, false));
    assert_eq!([9, 10].map(|n| fresh.count(0..n)), [None, Some(10)]);
}

/// Amounts above the cut can be varied without end; neither the answer nor its noise follows.
#[test]
fn what_is_above_the_cut_changes_nothing() {
    let rows = |above: i64| {
        (0..60_u64)
            .map(|e| ("g", e, if e.is_multiple_of(2) { 5 } else { 100 + above }))
            .collect::<Vec<Row>>()
    };
    for history in [true, false] {
        let mut bank = Bank::new(13, duties(history, true, false));
        let mut owner = |above| {
            let (spec, mut duties) = bank.spec(&[SUM]);
            duties.cuts = vec![Some(OwnerCut {
                party: 0,
                amount: Decimal::from(20),
            })];
            let batch = bank.batch(&rows(above));
            let mut release = Release::owing(spec, &batch.schema(), duties).unwrap();
            release.update(&batch).unwrap();
            let memory = Memory {
                history: &mut bank.history,
                secrets: &bank.secrets,
            };
            let batch = release.finish_with(memory).unwrap().released.into_batch();
            batch.column(1).as_primitive::<Int64Type>().value(0)
        };
        let first = owner(0);
        assert!((first - 750).abs() < 6 * 4 * 20, "{first}");
        assert_eq!(
            [5, 10, 505].map(&mut owner),
            [first; 3],
            "history {history}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// After any questions, one that is near an earlier one gets its answer, with or without somebody.
    #[test]
    fn earlier_answers_hide_any_one_person(
        sets in proptest::collection::vec((0_u64..80, 20_u64..120), 1..6),
        person in 0_u64..200,
        noise in any::<bool>(),
        jitter in any::<bool>(),
    ) {
        let mut bank = Bank::new(11, duties(true, noise, jitter));
        let asked: Vec<Option<i64>> = sets.iter().map(|(from, size)| bank.count(*from..from + size)).collect();
        for ((from, size), answer) in sets.iter().zip(asked) {
            prop_assert_eq!(bank.count(*from..from + size), answer);
            let mut other = Bank::new(11, duties(true, noise, jitter));
            prop_assert_eq!(other.count(*from..from + size), bank_alone(11, noise, jitter, *from, *size));
            let near = other.count(without(*from..from + size, person));
            prop_assert_eq!(near, bank_alone(11, noise, jitter, *from, *size));
        }
    }
}

fn bank_alone(seed: u64, noise: bool, jitter: bool, from: u64, size: u64) -> Option<i64> {
    Bank::new(seed, duties(true, noise, jitter)).count(from..from + size)
}

/// Many groups, asked twice, and near ones besides: the memory is searched by size, not from end to end.
#[test]
fn many_groups_are_remembered() {
    let name = |group: u64| -> &'static str { Box::leak(format!("{group:03}").into_boxed_str()) };
    let mut bank = Bank::careful(14);
    let mut ask = |shift: u64| {
        let people = |group: u64| {
            (group * 50 + shift..group * 50 + shift + 60)
                .map(move |entity| (name(group), entity, 1))
        };
        bank.ask(&[COUNT], &(0..200).flat_map(people).collect::<Vec<Row>>())
    };
    let first = ask(0);
    assert_eq!(first.len(), 200);
    assert_eq!(ask(0), first);
    assert_eq!(ask(4), first, "eight people differ");
}

/// A row may be of several people; one of them less does not show.
#[test]
fn people_behind_a_row_as_a_set_are_recognised_too() {
    let ask = |bank: &mut Bank, person: Option<u64>| {
        let row = |at: u64| (at * 2..at * 2 + 5).filter(|one| Some(*one) != person);
        let rows: Vec<Household> = (0..40).map(|at| (row(at).collect(), 1)).collect();
        bank.of_households(COUNT, &rows).unwrap()
    };
    let mut bank = Bank::careful(19);
    let first = ask(&mut bank, None);
    assert_eq!(ask(&mut bank, Some(41)), first);
    assert_eq!(
        ask(&mut Bank::new(20, duties(true, false, false)), Some(41)),
        40
    );
}
