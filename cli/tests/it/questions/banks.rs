//! The six questions that any policy engine must answer, over two banks of a regulator.

use super::clear::Clear;
use super::support;
use super::table::differences;
use super::texts;
use super::two_banks;

const K: usize = 10;

fn keys(id: &str) -> usize {
    match id {
        "U6" => 0,
        "U5" => 2,
        _one => 1,
    }
}

#[test]
fn the_six_are_answered_as_they_stand_and_only_by_what_enough_people_support() {
    let world = two_banks::world(K);
    let clear = Clear::open(world.path());
    let questions = texts::all("banks");
    assert_eq!(questions.len(), 6);
    let asked: Vec<&str> = questions.iter().map(|q| q.original.as_str()).collect();
    let mut withheld = 0;
    for (question, outcome) in questions.iter().zip(world.ask(&asked)) {
        let keys = keys(&question.id);
        let text = question.support.as_deref().unwrap();
        let expected = support::answer(&clear, text, keys, K);
        assert!(!expected.rows.is_empty(), "{} has no answer", question.id);
        let got = outcome.table(&expected.columns);
        let found = differences(&expected, &got, keys, |_| false);
        assert!(found.is_empty(), "{}: {found:#?}", question.id);
        let whole = support::answer(&clear, text, keys, 1);
        let original = clear.answer(&question.original);
        let found = differences(&original, &whole, keys, |_| false);
        assert!(found.is_empty(), "{}: {found:#?}", question.id);
        withheld += whole.rows.len() - expected.rows.len();
    }
    assert!(withheld > 0, "nothing is withheld");
}

#[test]
fn the_six_have_the_plain_answer_where_one_person_is_enough() {
    let world = two_banks::world(1);
    let clear = Clear::open(world.path());
    let questions = texts::all("banks");
    let asked: Vec<&str> = questions.iter().map(|q| q.original.as_str()).collect();
    for (question, outcome) in questions.iter().zip(world.ask(&asked)) {
        let expected = clear.answer(&question.original);
        let got = outcome.table(&expected.columns);
        let found = differences(&expected, &got, keys(&question.id), |_| false);
        assert!(found.is_empty(), "{}: {found:#?}", question.id);
    }
}
