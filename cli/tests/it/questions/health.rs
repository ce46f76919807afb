//! The questions of epidemiologists over hospitals and a trial.

use super::clear::Clear;
use super::support;
use super::table::differences;
use super::texts::{self, Question};
use super::world;

fn keys(id: &str) -> usize {
    match id {
        "H04" | "H08" | "H14" => 0,
        "H02" | "H10" => 1,
        "H05" | "H07" | "H11" | "H16" => 2,
        "H01" => 3,
        other => panic!("{other} is not answered"),
    }
}

fn answered() -> Vec<Question> {
    let refused = ["H13"];
    let all = texts::all("health").into_iter();
    all.filter(|q| !refused.contains(&q.id.as_str())).collect()
}

#[test]
fn every_text_has_the_answer_of_the_original_where_nothing_is_withheld() {
    let world = world::health(1);
    let clear = Clear::open(world.path());
    let questions = answered();
    assert_eq!(questions.len(), 10);
    let asked: Vec<&str> = questions.iter().map(Question::text).collect();
    for (question, outcome) in questions.iter().zip(world.ask(&asked)) {
        let expected = clear.answer(&question.original);
        assert!(!expected.rows.is_empty(), "{} finds nothing", question.id);
        let got = outcome.table(&expected.columns);
        let found = differences(&expected, &got, keys(&question.id), |_| false);
        assert!(found.is_empty(), "{}: {found:#?}", question.id);
    }
}

#[test]
fn what_is_withheld_is_what_too_few_stand_behind() {
    let world = world::health(11);
    let clear = Clear::open(world.path());
    let questions = answered();
    let asked: Vec<&str> = questions.iter().map(Question::text).collect();
    let mut counted = 0;
    for (question, outcome) in questions.iter().zip(world.ask(&asked)) {
        let Some(text) = &question.support else {
            assert!(outcome.code().is_none(), "{}", question.id);
            continue;
        };
        let keys = keys(&question.id);
        let expected = support::answer(&clear, text, keys, 11);
        let got = outcome.table(&expected.columns);
        let found = differences(&expected, &got, keys, |_| false);
        assert!(found.is_empty(), "{}: {found:#?}", question.id);
        counted += expected.rows.len();
    }
    assert!(counted > 0);
}
