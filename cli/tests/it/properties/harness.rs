//! Generated worlds on disk, many questions in one process.

use std::path::Path;

use serde_json::Value;
use tests::generate::question::Asker;
use tests::generate::random::Random;
use tests::generate::shape::Shape;
use tests::generate::{disk, world};
use tests::oracle::plan::Question;
use tests::oracle::sql;
use tests::oracle::world::World;

use crate::run::{Ran, subrosa};

/// Questions of one world: a long run asks more, since to start the program takes as long as some ten of them.
fn each() -> u64 {
    setting("SUBROSA_EACH", 50)
}

/// What became of a question.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    /// Its answer as printed.
    Answer(String),
    /// The code that refused it, and the whole message.
    Refused(String, String),
}

impl Outcome {
    /// The code, or nothing.
    pub(super) fn code(&self) -> &str {
        match self {
            Self::Answer(_) => "",
            Self::Refused(code, _) => code,
        }
    }
}

/// A generated world and questions over it.
pub(super) struct Case {
    pub(super) seed: u64,
    pub(super) world: World,
    pub(super) questions: Vec<Question>,
    /// By question: the columns of the rows that it aggregates.
    pub(super) columns: Vec<Vec<Shape>>,
}

impl Case {
    /// What a seed gives.
    pub(super) fn new(seed: u64) -> Self {
        Self::by(seed, |world| Asker::new(world, Random::new(seed, 2)))
    }

    /// What it gave before there were frames and lists.
    pub(super) fn plain(seed: u64) -> Self {
        Self::by(seed, |world| Asker::plain(world, Random::new(seed, 2)))
    }

    fn by(seed: u64, asker: impl Fn(&World) -> Asker<'_>) -> Self {
        let world = world::world(&mut Random::new(seed, 1));
        let mut asker = asker(&world);
        let (questions, columns) = (0..each()).map(|_| asker.asked()).unzip();
        Self {
            seed,
            world,
            questions,
            columns,
        }
    }

    /// The questions as SQL.
    pub(super) fn sql(&self) -> Vec<String> {
        let write = |question| sql::statement(&self.world, question);
        self.questions.iter().map(write).collect()
    }
}

/// A number from the environment.
pub(super) fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

/// Seeds of so many hundredths of the questions that are to be asked.
pub(super) fn cases(percent: u64) -> impl Iterator<Item = Case> {
    let wanted = setting("SUBROSA_QUESTIONS", 1_400) * percent / 100;
    let first = setting("SUBROSA_SEED", 1);
    let worlds = wanted.div_ceil(each());
    (first..first + worlds).map(Case::new)
}

/// Asks a world in a folder; the asker is the world's.
pub(super) fn ask_in(folder: &Path, world: &World, statements: &[String]) -> Ran {
    ask_with(folder, world, statements, &[])
}

/// The same with further options.
#[expect(clippy::print_stdout, reason = "a run says how much it asked")]
pub(super) fn ask_with(folder: &Path, world: &World, statements: &[String], more: &[&str]) -> Ran {
    println!("statements asked: {}", statements.len());
    std::fs::write(folder.join("questions.sql"), statements.join(";\n")).unwrap();
    let principal = format!("ann@{}", world.parties[world.asker]);
    let args = [
        "lab",
        "w",
        "--as",
        &principal,
        "--format",
        "json",
        "--error-format",
        "json",
        "-f",
        "questions.sql",
    ];
    subrosa(folder, &[&args, more].concat())
}

/// Writes a world, seals it (what its owners are told of their data is no reply), and asks it.
pub(super) fn ask(world: &World, statements: &[String]) -> (tempfile::TempDir, Ran) {
    let folder = tempfile::tempdir().unwrap();
    disk::write(world, &folder.path().join("w")).unwrap();
    subrosa(folder.path(), &["lab", "w", "--status"]);
    let ran = ask_in(folder.path(), world, statements);
    (folder, ran)
}

/// What became of each statement; the program's end in the middle is a refusal named `crash`.
pub(super) fn outcomes(ran: &Ran, statements: usize) -> Vec<Outcome> {
    let mut refused = vec![None; statements];
    for line in ran.err.lines() {
        let Ok(error) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let Some(number) = error["statement"].as_u64() else {
            panic!("{line}");
        };
        let code = error["code"].as_str().unwrap().to_owned();
        refused[usize::try_from(number).unwrap() - 1] =
            Some(Outcome::Refused(code, line.to_owned()));
    }
    let mut answers = ran.out.lines();
    let mut all: Vec<Outcome> = Vec::new();
    for refused in refused {
        let answer = || answers.next().map(|text| Outcome::Answer(text.to_owned()));
        let crash = || {
            let last = ran.err.lines().last().unwrap_or_default();
            Outcome::Refused("crash".to_owned(), last.to_owned())
        };
        all.push(refused.or_else(answer).unwrap_or_else(crash));
    }
    assert_eq!(answers.next(), None, "more answers than questions");
    all
}

/// The outcomes of all questions of a case over some world of its shape.
pub(super) fn outcomes_over(case: &Case, world: &World) -> Vec<Outcome> {
    outcomes_of(world, &case.sql())
}

/// The outcomes of statements; those after the program's end in the middle are asked anew.
pub(super) fn outcomes_of(world: &World, statements: &[String]) -> Vec<Outcome> {
    let mut all: Vec<Outcome> = Vec::new();
    while all.len() < statements.len() {
        let left = &statements[all.len()..];
        let (_folder, ran) = ask(world, left);
        let found = outcomes(&ran, left.len());
        let crash = found.iter().position(|outcome| outcome.code() == "crash");
        all.extend(
            found
                .into_iter()
                .take(crash.map_or(left.len(), |at| at + 1)),
        );
    }
    all
}

/// Ends the test.
pub(super) fn fail(case: &Case, world: &World, statement: &str, what: &str) -> ! {
    panic!("{}", failure(case, world, statement, what))
}

/// Keeps a world that shows a failure and says how to ask it again.
pub(super) fn failure(case: &Case, world: &World, statement: &str, what: &str) -> String {
    let (folder, _) = ask(world, &[statement.to_owned()]);
    let kept = folder.keep();
    let principal = format!("ann@{}", world.parties[world.asker]);
    format!(
        "{what}\nseed {}\n{statement}\nagain: cd {} && subrosa lab w --as {principal} --format json -f questions.sql",
        case.seed,
        kept.display()
    )
}
