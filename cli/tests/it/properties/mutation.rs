//! One forbidden thing in a question that is accepted is refused, with its code.

use std::collections::BTreeMap;

use tests::generate::forbidden::{Mutator, Site, mutators};
use tests::generate::random::Random;
use tests::oracle::answer::is_free;
use tests::oracle::plan::{Plan, Question};
use tests::oracle::world::World;

use super::harness::{
    Case, Outcome, ask, ask_with, cases, fail, outcomes, outcomes_of, outcomes_over,
};

/// So many mutants are made of each question that is accepted.
const MUTANTS: usize = 4;

pub(super) struct Mutant {
    mutator: Mutator,
    question: usize,
    pub(super) statement: String,
}

/// The questions that are answered, and not just because they are about the asker's own tables; none with a list, over which may
/// stand what is forbidden over rows of others.
pub(super) fn accepted(case: &Case) -> Vec<usize> {
    let outcomes = outcomes_over(case, &case.world);
    let is_judged = |question: &Question| {
        let operators = question.input.operators();
        let lists = operators.iter().any(|one| matches!(one, Plan::List { .. }));
        !lists && !is_free(&case.world, question)
    };
    let judged = (0..outcomes.len()).filter(|at| {
        matches!(outcomes[*at], Outcome::Answer(_)) && is_judged(&case.questions[*at])
    });
    judged.collect()
}

/// Mutants of a question, of those mutators first of which there were fewest.
pub(super) fn mutants(
    case: &Case,
    question: usize,
    seen: &mut BTreeMap<&str, usize>,
) -> Vec<Mutant> {
    let mut random = Random::new(case.seed, 200 + question as u64);
    let mut all = mutators();
    random.shuffle(&mut all);
    all.sort_by_key(|mutator| seen.get(mutator.name).copied().unwrap_or(0));
    let mut made = Vec::new();
    for mutator in all {
        let (asked, columns) = (&case.questions[question], &case.columns[question]);
        let mut site = Site::new(&case.world, asked, columns, random.clone());
        random.draw();
        if let Some(statement) = mutator.apply(&mut site) {
            *seen.entry(mutator.name).or_default() += 1;
            made.push(Mutant {
                mutator,
                question,
                statement,
            });
        }
        if made.len() == MUTANTS {
            break;
        }
    }
    made
}

/// Those that were not refused as they should be, in words.
fn survivors(world: &World, mutants: &[Mutant], seed: u64) -> Vec<String> {
    let statements: Vec<String> = mutants.iter().map(|one| one.statement.clone()).collect();
    let outcomes = outcomes_of(world, &statements);
    let wrong = mutants
        .iter()
        .zip(outcomes)
        .filter(|(mutant, outcome)| outcome.code() != mutant.mutator.code);
    let shown = wrong.map(|(mutant, outcome)| {
        format!(
            "seed {seed}, question {}, {}: {} expected, {outcome:?}\n{}",
            mutant.question, mutant.mutator.name, mutant.mutator.code, mutant.statement
        )
    });
    shown.collect()
}

/// What is wrong in a question's surroundings: all that were answered are refused, with one code.
fn refused(case: &Case, code: &str, more: &[&str], policies: impl Fn(String) -> String) {
    let statements = case.sql();
    let questions = accepted(case);
    let (folder, _) = ask(&case.world, &[]);
    for table in 0..case.world.tables.len() {
        let name = case.world.full_name(table).replace('.', "/");
        let path = folder.path().join(format!("w/{name}.policy.toml"));
        let policy = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, policies(policy)).unwrap();
    }
    let statements: Vec<String> = questions.iter().map(|at| statements[*at].clone()).collect();
    let ran = ask_with(folder.path(), &case.world, &statements, more);
    for (outcome, statement) in outcomes(&ran, statements.len()).iter().zip(&statements) {
        if outcome.code() != code {
            let what = format!("{code} expected: {outcome:?}");
            fail(case, &case.world, statement, &what);
        }
    }
}

#[test]
fn another_purpose_is_refused() {
    for case in cases(5) {
        let marketing = ["--purpose", "marketing"];
        refused(&case, "E_DENIED_ASKER", &marketing, |policy| policy);
    }
}

#[test]
fn tables_for_approved_questions_alone_are_refused() {
    for case in cases(5) {
        refused(&case, "E_TEMPLATE", &[], |policy| {
            policy.replace("[disclosure]", "[disclosure]\nmode = \"template\"")
        });
    }
}

/// Property 9.
#[test]
#[expect(clippy::print_stdout, reason = "the counts are what a run is for")]
fn one_forbidden_thing_is_refused_with_its_code() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut asked, mut fit, mut wrong) = (0, 0, Vec::new());
    for case in cases(20) {
        let questions = accepted(&case);
        asked += case.questions.len();
        fit += questions.len();
        let made: Vec<Mutant> = questions
            .into_iter()
            .flat_map(|question| mutants(&case, question, &mut seen))
            .collect();
        wrong.extend(survivors(&case.world, &made, case.seed));
    }
    let total: usize = seen.values().sum();
    println!(
        "{asked} questions, {fit} accepted and not the asker's own; {total} mutants: {seen:?}"
    );
    assert!(
        wrong.is_empty(),
        "{} of {total}\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
    let missing = mutators()
        .into_iter()
        .filter(|one| !seen.contains_key(one.name));
    let missing: Vec<&str> = missing.map(|one| one.name).collect();
    assert!(
        missing.is_empty() || asked < 200,
        "never tried: {missing:?}"
    );
}
