//! Attacks that compare answers, where earlier answers are remembered.

use tests::attacks::{Disclosure, Entry, Plan, pairs};

use super::check;
use super::lab::{Lab, Reply};
use super::of_pair;

/// All numbers of a reply, row by row.
fn numbers(reply: &Reply) -> Vec<f64> {
    let rows = reply.rows().into_iter();
    let cells = rows.flat_map(|row| {
        row.as_object()
            .unwrap()
            .values()
            .cloned()
            .collect::<Vec<_>>()
    });
    let numbers = cells.filter(|value| {
        value.is_number()
            || value
                .as_str()
                .is_some_and(|text| text.parse::<f64>().is_ok())
    });
    numbers.map(|value| check::number(&value)).collect()
}

/// What the attacker computes: every number less the first reply's.
fn differences(replies: &[Reply]) -> Vec<Vec<f64>> {
    let all: Vec<Vec<f64>> = replies.iter().map(numbers).collect();
    let base = all[0].clone();
    let less = |numbers: &Vec<f64>| -> Vec<f64> {
        numbers.iter().zip(&base).map(|(a, b)| a - b).collect()
    };
    all.iter().map(less).collect()
}

fn snapped(entry: &Entry, pair: &str) {
    let labs = [0, 1].map(|world| Lab::new(pair, world, Disclosure::History));
    let replies = labs
        .each_ref()
        .map(|lab| lab.try_all(std::slice::from_ref(entry)).remove(0));
    for (lab, replies) in labs.iter().zip(&replies) {
        check::outcomes(entry, replies, lab);
    }
    if entry.check == "const" {
        check::constant(entry, [&replies[0], &replies[1]]);
    }
    let [zero, one] = replies.each_ref().map(|replies| differences(replies));
    assert_eq!(zero, one, "{}: the difference tells", entry.id);
    if let ([_], [first]) = (entry.steps.as_slice(), replies[0].as_slice()) {
        labs[0].turn_into(pair, 1, Disclosure::History);
        let again = labs[0].ask(std::slice::from_ref(&first.sql)).remove(0);
        assert_eq!(
            first.answer, again.answer,
            "{}: of another version",
            entry.id
        );
    }
}

#[test]
fn near_questions_get_the_earlier_answer() {
    let mut tried = 0;
    for pair in pairs() {
        for entry in of_pair(&pair).iter().filter(|e| e.plan() == Plan::Snapped) {
            snapped(entry, &pair);
            tried += 1;
        }
    }
    assert_eq!(tried, 7);
}

#[test]
fn no_digit_of_a_sum_is_finer_than_its_noise() {
    let mut tried = 0;
    for pair in pairs() {
        for entry in of_pair(&pair).iter().filter(|e| e.plan() == Plan::Grid) {
            for world in [0, 1] {
                let lab = Lab::new(&pair, world, Disclosure::Default);
                for reply in lab.try_all(std::slice::from_ref(entry)).remove(0) {
                    let told = numbers(&reply);
                    assert!(!told.is_empty(), "{}", entry.id);
                    // k people add hundreds and more, so that the noise is in hundreds at least.
                    assert!(
                        told.iter().all(|sum| sum % 100.0 == 0.0),
                        "{}: {told:?}",
                        entry.id
                    );
                }
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 2);
}
