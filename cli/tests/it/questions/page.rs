//! `docs/src/questions.md` says of every question what the program does with it.

use std::path::Path;

use super::texts::{self, Question};
use super::world::{self, World};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/questions.md");
    std::fs::read_to_string(path).unwrap()
}

/// What the program does with each question of a set: `as it stands`, `respelt`, or `refused` with the code.
fn verdicts(world: &World, questions: &[Question]) -> Vec<String> {
    let originals: Vec<&str> = questions.iter().map(|q| q.original.as_str()).collect();
    let texts: Vec<&str> = questions.iter().map(Question::text).collect();
    let outcomes = world.ask(&originals).into_iter().zip(world.ask(&texts));
    let verdict =
        |(original, text): (world::Outcome, world::Outcome)| match (original.code(), text.code()) {
            (None, _) => "as it stands".to_owned(),
            (Some(_), None) => "respelt".to_owned(),
            (Some(_), Some(code)) => format!("refused, `{code}`"),
        };
    outcomes.map(verdict).collect()
}

fn check(world: &World, set: &str) {
    let questions = texts::all(set);
    let page = page();
    for (question, verdict) in questions.iter().zip(verdicts(world, &questions)) {
        let Question { id, name, .. } = question;
        let line = format!("| {id} | {name} | {verdict} |");
        assert!(page.contains(&line), "the page does not say: {line}");
        let include = format!("{{{{#include ../../tests/data/questions/{set}/respelt/{id}.sql}}}}");
        assert_eq!(page.contains(&include), verdict == "respelt", "{id}");
    }
    let ends = [" | as it stands |", " | respelt |", "` |"];
    let first = format!("| {}", &questions[0].id[..1]);
    let rows = page
        .lines()
        .filter(|line| line.starts_with(&first) && ends.iter().any(|end| line.ends_with(end)));
    assert_eq!(rows.count(), questions.len(), "{set}");
}

#[test]
fn the_page_tells_of_every_money_laundering_question_what_becomes_of_it() {
    check(&world::four_banks(24, None), "aml");
}

#[test]
fn the_page_tells_of_every_health_question_what_becomes_of_it() {
    check(&world::health(11), "health");
}

#[test]
fn the_page_tells_of_the_six() {
    check(&super::two_banks::world(10), "banks");
}
