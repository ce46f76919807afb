//! Answers where earlier ones are remembered, beside an oracle that remembers nothing.

use tests::oracle::answer::answer;
use tests::oracle::plan::{Function, Question};
use tests::oracle::world::{Owed, World};
use tests::oracle::{reply, sql};

use super::harness::{Case, Outcome, cases, fail, outcomes_over};
use super::semantics::{is_right, lines};
use super::tally::Tally;

/// A case whose owners owe more, each of it to so many people.
fn owing(case: &Case, owed: Owed, k: impl Fn(usize) -> usize) -> World {
    let mut world = case.world.clone();
    world.owed = owed;
    for table in &mut world.tables {
        table.k = k(table.k);
    }
    world
}

fn asks(question: &Question, function: Function) -> bool {
    let mut all = question.statistics.iter();
    all.any(|aggregate| aggregate.function == function)
}

/// Where one person is enough, only what is the same is near: whatever is remembered or put together is told as it is.
#[test]
#[expect(clippy::print_stdout, reason = "the rates are what a run is for")]
fn with_one_person_enough_memory_makes_no_difference() {
    let mut tally = Tally::default();
    for case in cases(20) {
        let world = owing(&case, Owed::History, |_| 1);
        let outcomes = outcomes_over(&case, &world);
        for (question, outcome) in case.questions.iter().zip(&outcomes) {
            tally.add(outcome);
            // Over several parts, distinct values are counted in each.
            if !asks(question, Function::Distinct) && !is_right(&world, question, outcome) {
                let statement = sql::statement(&world, question);
                let expected = reply::show(&lines(&answer(&world, question)));
                let what = format!("the program says {outcome:?}\nthe oracle  says {expected}");
                fail(&case, &world, &statement, &what);
            }
        }
    }
    println!("{tally}");
    assert!(
        tally.accepted * 2 >= tally.asked && tally.told * 4 >= tally.accepted,
        "{tally}"
    );
}

/// With jitter, history and noise, groups and values are told that would be told without, or fewer.
#[test]
#[expect(clippy::print_stdout, reason = "the rates are what a run is for")]
fn nothing_is_told_that_has_no_support() {
    let mut tally = Tally::default();
    for case in cases(20) {
        let world = owing(&case, Owed::Everything, |k| k);
        let outcomes = outcomes_over(&case, &world);
        for (question, outcome) in case.questions.iter().zip(&outcomes) {
            tally.add(outcome);
            let Outcome::Answer(text) = outcome else {
                continue;
            };
            // A condition on values that have noise holds of others, and of one value there is no spread of a sample: with noise it may be two.
            if question.having.is_some() || asks(question, Function::VarSamp) {
                continue;
            }
            let told = lines(&answer(&world, question));
            let keys = question.keys.len();
            if !reply::within(&reply::rows(text), &told, keys) {
                let statement = sql::statement(&world, question);
                let what = format!(
                    "the program says {text}\nthe oracle  says {}",
                    reply::show(&told)
                );
                fail(&case, &world, &statement, &what);
            }
        }
    }
    println!("{tally}");
    assert!(tally.accepted * 2 >= tally.asked, "{tally}");
}
