//! The money-laundering questions over four banks.

use super::clear::Clear;
use super::support;
use super::table::{Table, differences};
use super::texts::{self, Question};
use super::world;

/// How many of an answer's first columns name its rows.
fn keys(id: &str) -> usize {
    match id {
        "Q16" | "Q26" | "Q28" => 0,
        "Q07" | "Q08" | "Q11" | "Q14" | "Q20" | "Q25" => 1,
        "Q01" | "Q02" | "Q10" | "Q17" | "Q19" | "Q22" | "Q23" => 2,
        "Q04" => 3,
        other => panic!("{other} is not answered"),
    }
}

/// Nobody's leg is broken in this world, and a count of nobody is withheld at any k.
fn counts_nobody(column: &str) -> bool {
    column == "broken_legs"
}

/// The original over rows that are somebody's: those of the cash desk make no inner group.
fn original(clear: &Clear, question: &Question) -> Table {
    let mut table = clear.answer(&question.original);
    let keys = &table.columns[..keys(&question.id)];
    table
        .rows
        .retain(|row| keys.iter().all(|key| row[key].as_deref() != Some("CASH")));
    table
}

fn answered() -> Vec<Question> {
    let refused = ["Q05", "Q13"];
    let all = texts::all("aml").into_iter();
    all.filter(|q| !refused.contains(&q.id.as_str())).collect()
}

#[test]
fn every_text_has_the_answer_of_the_original_where_nothing_is_withheld() {
    let world = world::four_banks(60, Some(1));
    let clear = Clear::open(world.path());
    let questions = answered();
    assert_eq!(questions.len(), 17);
    let asked: Vec<&str> = questions.iter().map(Question::text).collect();
    for (question, outcome) in questions.iter().zip(world.ask(&asked)) {
        let expected = original(&clear, question);
        assert!(!expected.rows.is_empty(), "{} finds nothing", question.id);
        let got = outcome.table(&expected.columns);
        let found = differences(&expected, &got, keys(&question.id), counts_nobody);
        assert!(found.is_empty(), "{}: {found:#?}", question.id);
    }
}

#[test]
fn what_is_withheld_is_what_too_few_stand_behind() {
    let world = world::four_banks(64, None);
    let clear = Clear::open(world.path());
    let questions: Vec<Question> = answered()
        .into_iter()
        .filter(|q| q.support.is_some())
        .collect();
    assert_eq!(questions.len(), 11);
    let (mut released, mut withheld) = (0, 0);
    let asked: Vec<&str> = questions.iter().map(Question::text).collect();
    for (question, outcome) in questions.iter().zip(world.ask(&asked)) {
        let keys = keys(&question.id);
        let text = question.support.as_deref().unwrap();
        let expected = support::answer(&clear, text, keys, 10);
        let got = outcome.table(&expected.columns);
        let found = differences(&expected, &got, keys, |_| false);
        assert!(found.is_empty(), "{}: {found:#?}", question.id);
        // The same count with k = 1 withholds nothing: it counts what the question asks for.
        let whole = support::answer(&clear, text, keys, 1);
        let found = differences(&original(&clear, question), &whole, keys, |_| false);
        assert!(found.is_empty(), "{}: {found:#?}", question.id);
        released += expected.rows.len();
        withheld += whole.rows.len() - expected.rows.len();
    }
    assert!(
        released > 20 && withheld > 10,
        "{released} released, {withheld} withheld"
    );
}
