//! `policy test`: questions with what must come of them, judged without touching data.

use std::path::PathBuf;

use clap::Args;
use policy::testfile::{Outcome as Expected, TestFile, TestStep};

use crate::args::ReportArgs;
use crate::commands::block_on;
use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};
use crate::world::{Outcome, Session, World, start};
use crate::{progress, say};

/// Arguments of `policy test`.
#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// A world with a folder `tests` of .sql files.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    #[command(flatten)]
    report: ReportArgs,
}

/// Runs `policy test`.
pub(crate) fn run(args: &TestArgs) -> Result<Exit, Failures> {
    let files = files(args)?;
    block_on(async {
        let bar = progress::spinner("rows");
        let started = start(&args.dir, &bar).await;
        bar.finish_and_clear();
        let world = started?;
        let (mut passed, mut failed) = (0_usize, 0_usize);
        for file in &files {
            for step in &file.steps {
                let report = step.report(&file.file, judge(&world, step).await?);
                if report.passed {
                    passed = passed.saturating_add(1);
                } else {
                    failed = failed.saturating_add(1);
                }
                if args.report.is_json() {
                    say::line(&serde_json::to_string(&report).unwrap_or_default());
                } else if !report.passed {
                    say::line(&format!(
                        "{}:{}: step {}: expected {}, got {}",
                        report.file, report.line, report.step, report.expected, report.actual
                    ));
                }
            }
        }
        if !args.report.is_json() {
            say::line(&format!("{passed} steps passed, {failed} failed"));
        }
        Ok(if failed > 0 {
            Exit::Yours
        } else {
            Exit::Answered
        })
    })
}

fn files(args: &TestArgs) -> Result<Vec<TestFile>, Failures> {
    let folder = args.dir.join("tests");
    let listed = std::fs::read_dir(&folder).map_err(|error| {
        let help = "put questions into DIR/tests/NAME.sql, each under `-- @as alice@bank_a` and `-- @step 1 expect=allow`";
        Failure::file(&folder, &error).with_help(help)
    })?;
    let mut paths: Vec<PathBuf> = listed
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    paths.sort();
    if paths.is_empty() {
        return Err(Failure::usage(format!("{} holds no .sql file", folder.display())).into());
    }
    let mut files = Vec::new();
    let mut wrong = Failures::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).map_err(|error| Failure::file(&path, &error))?;
        match TestFile::parse(&path.display().to_string(), &text) {
            Ok(file) => files.push(file),
            Err(problems) => wrong.extend(failure::all(problems)),
        }
    }
    if wrong.is_empty() {
        Ok(files)
    } else {
        Err(wrong)
    }
}

async fn judge(world: &World, step: &TestStep) -> Result<Expected, Failures> {
    let mut session = Session::new(world, Some(&step.principal.to_string()), None, None)?;
    session.purpose = step.purpose.clone().or(session.purpose);
    session.recipient = step.recipient.clone().unwrap_or(session.recipient);
    let question = format!("EXPLAIN POLICY {}", step.sql);
    match session.ask(world, &question).await {
        Ok(Outcome::Explanation(explanation)) => Ok(explanation
            .denial
            .map_or(Expected::Allow, |denial| Expected::Deny(denial.code))),
        Ok(
            Outcome::Answer(_) | Outcome::Tables(_) | Outcome::Columns(_) | Outcome::Approved(_),
        ) => Ok(Expected::Allow),
        Err(failure) => match policy::denial::Code::parse(&failure.code) {
            Some(code) => Ok(Expected::Deny(code)),
            None => Err(failure.into()),
        },
    }
}
