//! Answers are those of the oracle, and what is told has support.

use std::collections::{BTreeMap, BTreeSet};

use tests::generate::change::shrunk;
use tests::oracle::answer::{Cell, Line, answer, is_free};
use tests::oracle::plan::Question;
use tests::oracle::world::World;
use tests::oracle::{reply, sql};

use super::harness::{Case, Outcome, ask, cases, fail, failure, outcomes, outcomes_over, setting};
use super::tally::Tally;

/// So many failures are shrunk and shown.
const SHOWN: u64 = 3;

/// Property 1: the released answer, as a multiset of rows.
#[test]
fn semantics_equal_the_oracles() {
    let mut tally = Tally::default();
    let mut wrong: Vec<(Case, usize)> = Vec::new();
    for case in cases(100) {
        for at in disagreements(&case, &mut tally) {
            wrong.push((Case::new(case.seed), at));
        }
    }
    conclude(&tally, &wrong);
}

/// The questions of a case that the oracle answers otherwise. A run of hours says at once what it found, and where.
#[expect(clippy::print_stdout, reason = "the rates are what a run is for")]
fn disagreements(case: &Case, tally: &mut Tally) -> Vec<usize> {
    let mut found = Vec::new();
    for (at, outcome) in outcomes_over(case, &case.world).iter().enumerate() {
        tally.add(outcome);
        if !is_right(&case.world, &case.questions[at], outcome) {
            let statement = sql::statement(&case.world, &case.questions[at]);
            println!("seed {}, question {at}: {statement}", case.seed);
            found.push(at);
        }
        if tally.is_round() {
            println!("up to seed {}: {tally}", case.seed);
        }
    }
    found
}

#[expect(clippy::print_stdout, reason = "the rates are what a run is for")]
fn conclude(tally: &Tally, wrong: &[(Case, usize)]) {
    println!("{tally}");
    let most = setting("SUBROSA_FAILURES", SHOWN);
    let tries = if most > SHOWN { 0 } else { 60 };
    let shown = wrong.iter().take(usize::try_from(most).unwrap());
    let shown: Vec<String> = shown.map(|(case, at)| shrink(case, *at, tries)).collect();
    assert!(
        wrong.is_empty(),
        "{} wrong\n\n{}",
        wrong.len(),
        shown.join("\n\n")
    );
    let Tally {
        asked,
        accepted,
        told,
        ..
    } = *tally;
    assert!(
        accepted * 100 >= asked * 60,
        "{accepted} of {asked} are accepted"
    );
    assert!(
        told * 100 >= accepted * 25,
        "{told} of {accepted} answers say something"
    );
}

/// Seeds of worlds that long runs found wrong once: in the first two, what is nobody to one owner and a name to another; in the
/// next two, a window over a window; in the last but one, a 0 beside a sum; in the last, a name that an outer join brings and another table calls nobody; in the others, a crowd of one owner under a name that another gave, or what was taken for one.
const ONCE_WRONG: [u64; 14] = [
    5065, 5133, 20063, 20153, 800_056, 800_168, 1_000_203, 1_000_013, 1_000_635, 800_015, 20_149,
    40_057, 10_000_230, 30_000_063,
];

/// The same of questions with frames and lists: a join with few rows waited for its other partitions until the time limit.
const WRONG_SINCE: [u64; 1] = [40_000_002];

#[test]
fn what_was_wrong_once_is_right() {
    let since = WRONG_SINCE.map(Case::new);
    for case in ONCE_WRONG.map(Case::plain).into_iter().chain(since) {
        for (at, outcome) in outcomes_over(&case, &case.world).iter().enumerate() {
            let right = is_right(&case.world, &case.questions[at], outcome);
            assert!(right, "seed {}, question {at}", case.seed);
        }
    }
}

pub(super) fn lines(cells: &[Cell]) -> Vec<Line> {
    cells.iter().map(|cell| cell.line.clone()).collect()
}

/// An answer is the oracle's; a refusal is one of policy, not a failure or a crash.
pub(super) fn is_right(world: &World, question: &Question, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Refused(code, _) => code.starts_with("E_"),
        Outcome::Answer(text) => reply::same(&reply::rows(text), &lines(&answer(world, question))),
    }
}

fn shrink(case: &Case, at: usize, tries: usize) -> String {
    let question = &case.questions[at];
    let statement = sql::statement(&case.world, question);
    let printed =
        |world: &World| outcomes(&ask(world, std::slice::from_ref(&statement)).1, 1).remove(0);
    let small = shrunk(&case.world, tries, |world| {
        !is_right(world, question, &printed(world))
    });
    let expected = reply::show(&lines(&answer(&small, question)));
    let what = format!(
        "the program says {:?}\nthe oracle  says {expected}",
        printed(&small)
    );
    failure(case, &small, &statement, &what)
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
