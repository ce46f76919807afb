//! What is written down comes back, and what is forgotten does not.

use super::super::encode::{Entry, Outcome};
use super::super::history::{History, Record};
use super::super::print::EXACT;
use super::{each, fresh, history, told, value, whose};

/// An outcome that is written down in clear.
fn written(outcome: Outcome) -> Option<Vec<u8>> {
    let mut seal = |_: &[String], bytes: &[u8]| Ok::<_, ()>(bytes.to_vec());
    Entry(outcome).to_bytes(&mut seal).ok()
}

fn read(bytes: &[u8]) -> Option<Outcome> {
    let mut open = |_: &[String], bytes: &[u8]| Some(bytes.to_vec());
    Some(Entry::from_bytes(bytes, &mut open)?.0)
}

/// What comes back of it.
fn back(outcome: Outcome) -> Option<Outcome> {
    read(&written(outcome)?)
}

#[test]
fn a_withholding_and_a_value_of_very_many_come_back() {
    let few = fresh(each(0..3, 1)).keep(2).standing(1);
    assert_eq!((few.entities, few.stand), (3, 1));
    let same = back(Outcome::Withheld(few.clone()));
    assert!(matches!(same, Some(Outcome::Withheld(trace)) if trace == few));
    let exact = u64::try_from(EXACT).unwrap_or(0);
    let many = Record {
        raw: value(-7),
        ..told(each(0..exact + 1, 3))
    };
    let same = back(Outcome::Told(many.clone()));
    assert!(matches!(same, Some(Outcome::Told(record)) if record == many));
}

/// They were all counted then.
#[test]
fn an_outcome_that_does_not_say_how_many_counted_comes_back_too() {
    let three = fresh(each(0..3, 1)).keep(2);
    let before_stand = 1 + 4 + (4 + "bank".len()) + (4 + "person".len()) + 4 + 4 + 16 + 1 + 8;
    let mut bytes = written(Outcome::Withheld(three.clone().standing(1))).unwrap_or_default();
    bytes.drain(before_stand..before_stand + 8);
    if let Some(form) = bytes.first_mut() {
        *form = 1;
    }
    let old = read(&bytes);
    assert!(matches!(old, Some(Outcome::Withheld(trace)) if trace == three));
    assert!(read(bytes.get(..bytes.len() - 1).unwrap_or_default()).is_none());
}

#[test]
fn what_is_forgotten_is_not_among_the_latest() {
    let mut history = history([each(0..20, 1), each(20..50, 1)]);
    let latest = |history: &History| {
        let whose = whose();
        let all = history.told_of(&whose, true);
        all.map(|(_, trace)| trace.entities).collect::<Vec<u64>>()
    };
    assert_eq!(latest(&history), [30, 20]);
    let mark = history.mark();
    history.tell(told(each(50..90, 1)));
    assert_eq!(latest(&history), [40, 30, 20]);
    history.forget(mark);
    assert_eq!(latest(&history), [30, 20]);
    history.tell(told(each(90..100, 1)));
    assert_eq!(latest(&history), [10, 30, 20]);
}

#[test]
fn nothing_of_an_outcome_is_printed() {
    let withheld = Entry(Outcome::Withheld(fresh(each(0..3, 1)).keep(2)));
    assert_eq!(format!("{withheld:?}"), "Entry(..)");
}
