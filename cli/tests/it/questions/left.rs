//! What is left of the questions' answers under thresholds that officers choose.
//!
//! Measured, not asserted: the figures stand in `docs/src/questions.md`, with the command that prints them. A value is a
//! cell of an answer that is not NULL, keys too; what is left are the values told at k, of those that are told at 1. Beside a question that
//! is not answered stands how it ended.

use super::texts::{self, Question};
use super::world::{self, Outcome, World};

/// Money laundering: so many values at k = 1, and how many of them in a hundred at 10, 5 and 3.
#[test]
#[ignore = "a measurement: long at scale 1"]
fn what_is_left_of_the_money_laundering_questions() {
    let scale = std::env::var("SUBROSA_SCALE").map_or(0.01, |scale| scale.parse().unwrap());
    let questions = only(texts::all("aml"));
    let ask = |k| {
        let world = world::four_banks_at(scale, None, Some(k));
        let file = world.path().join("collaboration.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        // At scale 1 the recursion of Q14 is taken for one that could not end in less.
        let patient = text.replace("[engine]\n", "[engine]\ntimeout = \"4h\"\n");
        std::fs::write(file, patient).unwrap();
        asked(&world, &questions)
    };
    print(&questions, &ask(1), &[10, 5, 3].map(ask));
}

/// Health: at 11, no count of 1 to 10.
#[test]
#[ignore = "a measurement"]
fn what_is_left_of_the_health_questions() {
    let questions = only(texts::all("health"));
    let ask = |k| asked(&world::health(k), &questions);
    print(&questions, &ask(1), &[11, 5, 3].map(ask));
}

/// Those that `SUBROSA_ONLY` names, or all.
fn only(questions: Vec<Question>) -> Vec<Question> {
    let named = std::env::var("SUBROSA_ONLY").unwrap_or_default();
    let named: Vec<&str> = named.split_whitespace().collect();
    let questions = questions.into_iter();
    questions
        .filter(|question| named.is_empty() || named.contains(&question.id.as_str()))
        .collect()
}

/// How many rows and values each question's answer has. Those that are refused are approved first.
fn asked(world: &World, questions: &[Question]) -> Vec<Size> {
    let texts: Vec<&str> = questions.iter().map(Question::text).collect();
    let refused = world.ask(&texts).into_iter().zip(questions);
    let refused: Vec<(&str, &str)> = refused
        .filter(|(outcome, _)| outcome.code().is_some())
        .map(|(_, question)| (question.id.as_str(), question.original.as_str()))
        .collect();
    world.approve(&refused);
    world.ask(&texts).iter().map(size).collect()
}

/// How many rows and values an answer has, or why there is none.
type Size = Result<(usize, usize), String>;

fn size(outcome: &Outcome) -> Size {
    let line = match outcome {
        Outcome::Answered(line) => line,
        Outcome::Refused(code) => return Err(code.clone()),
    };
    let rows: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(line).unwrap();
    let values = rows.iter().flat_map(serde_json::Map::values);
    Ok((rows.len(), values.filter(|value| !value.is_null()).count()))
}

#[expect(clippy::print_stdout, reason = "a table is what it is for")]
fn print(questions: &[Question], all: &[Size], left: &[Vec<Size>]) {
    for (at, question) in questions.iter().enumerate() {
        let (rows, values) = match &all[at] {
            Ok(size) => size,
            Err(code) => {
                println!("| {} | `{code}` | | | |", question.id);
                continue;
            }
        };
        let share = |left: &Vec<Size>| match &left[at] {
            Ok((_, left)) => format!("{} %", left * 100 / (*values).max(1)),
            Err(code) => format!("`{code}`"),
        };
        let shares: Vec<String> = left.iter().map(share).collect();
        println!("| {} | {rows} | {} |", question.id, shares.join(" | "));
    }
}
