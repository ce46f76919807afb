//! Rows that feed nothing of what is told may be anything.

use std::collections::BTreeSet;

use tests::generate::change::altered;
use tests::generate::random::Random;
use tests::oracle::answer::{answer, is_free};
use tests::oracle::plan::{Plan, Question};
use tests::oracle::world::World;

use super::harness::{Case, Outcome, cases, fail, outcomes_of, outcomes_over};
use super::hidden::same;

/// Changed worlds of each case.
const WORLDS: u64 = 3;

/// A row: table and number.
type Place = (usize, usize);

/// The rows behind what is told; none if rows also matter by being absent, or by standing beside others.
fn fed(world: &World, question: &Question) -> Option<BTreeSet<Place>> {
    let plain = |plan: &&Plan| {
        !matches!(
            plan,
            Plan::Window { .. } | Plan::Semi { negated: true, .. } | Plan::Join { outer: true, .. }
        )
    };
    let usable = question.input.operators().iter().all(plain)
        && !question.statistics.is_empty()
        && question.having.is_none()
        && !is_free(world, question);
    usable.then(|| {
        let cells = answer(world, question);
        let behind = cells.into_iter().flat_map(|cell| cell.behind);
        behind.flatten().collect()
    })
}

/// The rows of the question's tables that feed nothing.
fn quiet(world: &World, question: &Question) -> BTreeSet<Place> {
    let Some(fed) = fed(world, question) else {
        return BTreeSet::new();
    };
    let tables: BTreeSet<usize> = question.input.tables().into_iter().collect();
    let all = tables
        .into_iter()
        .flat_map(|table| (0..world.tables[table].rows.len()).map(move |row| (table, row)));
    all.filter(|place| !fed.contains(place)).collect()
}

/// Whether none of these rows feeds anything, before or after, nor makes anything be withheld by coming to stand behind it.
fn is_untouched(question: &Question, rows: &BTreeSet<Place>, worlds: [&World; 2]) -> bool {
    let quiet = |world: &&World| fed(world, question).is_some_and(|fed| fed.is_disjoint(rows));
    let [before, after] = worlds.map(|world| {
        let cells = answer(world, question);
        cells.into_iter().map(|cell| cell.line).collect::<Vec<_>>()
    });
    worlds.iter().all(quiet) && before == after
}

/// Compares what a case answers over a changed world; how many questions were comparable, and how many told something.
fn compared(case: &Case, before: &[Outcome], target: &Question, seed: u64) -> (usize, usize) {
    let rows = quiet(&case.world, target);
    let world = altered(&case.world, &rows, seed);
    let statements = case.sql();
    let answered = (0..before.len()).filter(|at| matches!(before[*at], Outcome::Answer(_)));
    let untouched =
        answered.filter(|at| is_untouched(&case.questions[*at], &rows, [&case.world, &world]));
    let untouched: Vec<usize> = untouched.collect();
    let asked: Vec<String> = untouched.iter().map(|at| statements[*at].clone()).collect();
    let mut told = 0;
    for (at, after) in untouched.iter().zip(outcomes_of(&world, &asked)) {
        if !same(&before[*at], &after) {
            let what = format!("before {:?}\nafter  {after:?}", before[*at]);
            fail(case, &world, &statements[*at], &what);
        }
        told += usize::from(says_something(&before[*at]));
    }
    (untouched.len(), told)
}

fn says_something(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Answer(text) if text != "[]")
}

/// Property 10.
#[test]
#[expect(clippy::print_stdout, reason = "the counts are what a run is for")]
fn what_feeds_nothing_that_is_told_may_be_anything() {
    let (mut worlds, mut alike, mut told) = (0, 0, 0);
    for case in cases(20) {
        let before = outcomes_over(&case, &case.world);
        let mut random = Random::new(case.seed, 300);
        for turn in 0..WORLDS {
            let usable = (0..before.len()).filter(|at| {
                says_something(&before[*at]) && !quiet(&case.world, &case.questions[*at]).is_empty()
            });
            let usable: Vec<usize> = usable.collect();
            if usable.is_empty() {
                break;
            }
            let target = &case.questions[*random.pick(&usable)];
            let (more, of_them) = compared(&case, &before, target, case.seed * WORLDS + turn);
            worlds += 1;
            alike += more;
            told += of_them;
        }
    }
    println!(
        "{worlds} changed worlds, {alike} questions answered alike, {told} of them told something"
    );
    assert!(told > 0);
}
