//! Answers are those of the oracle, and what is told has support.

use std::collections::{BTreeMap, BTreeSet};

use tests::generate::change::shrunk;
use tests::oracle::answer::{Cell, Line, answer, is_free};
use tests::oracle::plan::Question;
use tests::oracle::world::World;
use tests::oracle::{reply, sql};

use super::harness::{Case, Outcome, ask, cases, fail, outcomes, outcomes_over};

/// Property 1: the released answer, as a multiset of rows.
#[test]
fn semantics_equal_the_oracles() {
    let (mut asked, mut accepted, mut told) = (0, 0, 0);
    let mut refusals: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases(100) {
        let outcomes = outcomes_over(&case, &case.world);
        for (question, outcome) in case.questions.iter().zip(&outcomes) {
            asked += 1;
            match outcome {
                Outcome::Refused(code, line) => {
                    assert!(
                        code.starts_with("E_"),
                        "seed {}: {line}\n{}",
                        case.seed,
                        sql::statement(&case.world, question)
                    );
                    *refusals.entry(code.clone()).or_default() += 1;
                }
                Outcome::Answer(text) => {
                    accepted += 1;
                    told += usize::from(text != "[]");
                    if !agrees(&case.world, question, text) {
                        disagree(&case, question);
                    }
                }
            }
        }
    }
    println!(
        "{asked} questions, {accepted} accepted, {told} with an answer that is not empty; refused: {refusals:?}"
    );
    assert!(
        accepted * 100 >= asked * 60,
        "{accepted} of {asked} questions are accepted; {refusals:?}"
    );
    assert!(
        told * 100 >= accepted * 25,
        "{told} of {accepted} answers say something"
    );
}

fn lines(cells: &[Cell]) -> Vec<Line> {
    cells.iter().map(|cell| cell.line.clone()).collect()
}

fn agrees(world: &World, question: &Question, text: &str) -> bool {
    reply::same(&reply::rows(text), &lines(&answer(world, question)))
}

fn disagree(case: &Case, question: &Question) -> ! {
    let statement = sql::statement(&case.world, question);
    let printed = |world: &World| match outcomes(&ask(world, std::slice::from_ref(&statement)).1, 1)
        .remove(0)
    {
        Outcome::Answer(text) => Some(text),
        Outcome::Refused(_, _) => None,
    };
    let small = shrunk(&case.world, 60, |world| {
        printed(world).is_some_and(|text| !agrees(world, question, &text))
    });
    let expected = reply::show(&lines(&answer(&small, question)));
    let found = printed(&small).unwrap_or_default();
    fail(
        case,
        &small,
        &statement,
        &format!("the program says {found}\nthe oracle  says {expected}"),
    )
}

/// Property 2: behind every value told stand k people of every party, counted on the base rows alone.
#[test]
fn released_values_have_support_of_every_party() {
    for case in cases(30) {
        let outcomes = outcomes_over(&case, &case.world);
        for (question, outcome) in case.questions.iter().zip(&outcomes) {
            if is_free(&case.world, question) {
                continue;
            }
            let Outcome::Answer(text) = outcome else {
                continue;
            };
            let cells = answer(&case.world, question);
            let width = question.keys.len();
            for row in reply::rows(text) {
                let found = cells.iter().find(|cell| {
                    reply::same(
                        std::slice::from_ref(&row[..width].to_vec()),
                        &[cell.line[..width].to_vec()],
                    )
                });
                if !found.is_some_and(|cell| is_supported(&case.world, question, cell)) {
                    let statement = sql::statement(&case.world, question);
                    fail(
                        &case,
                        &case.world,
                        &statement,
                        &format!("told without support: {row:?}"),
                    );
                }
            }
        }
    }
}

fn is_supported(world: &World, question: &Question, cell: &Cell) -> bool {
    let tables: BTreeSet<usize> = question.input.tables().into_iter().collect();
    let freely = |party: usize| {
        party == world.asker
            && tables
                .iter()
                .all(|table| world.tables[*table].party != party || world.tables[*table].own)
    };
    question.statistics.is_empty()
        || cell.behind.iter().all(|rows| {
            let mut people: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
            for (table, row) in rows {
                let own = &world.tables[*table];
                let row = &own.rows[*row];
                let named = (0..row.len()).filter_map(|column| own.entity(row, column));
                people.entry(own.party).or_default().extend(named);
            }
            let pooled = |party: usize| {
                world
                    .tables
                    .iter()
                    .any(|table| table.party == party && !table.pool.is_empty())
            };
            let k = |party: usize| {
                world
                    .tables
                    .iter()
                    .find(|table| table.party == party)
                    .map_or(0, |table| table.k)
            };
            people.iter().all(|(party, people)| {
                freely(*party) || pooled(*party) || people.len() >= k(*party)
            })
        })
}
