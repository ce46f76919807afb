//! `subrosa policy`: what a security officer does with policies, with no engine and no network.

mod draft;
mod run_tests;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use policy::document::PolicyDocument;
use policy::problem::Problem;

use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};
use crate::report::Reporter;
use crate::say;
use crate::world::write_whole;

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Find errors and what an officer should look at; errors exit 1.
    Lint {
        /// Policy files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// One line of JSON a finding.
        #[arg(long)]
        json: bool,
    },
    /// Write policies in one layout.
    Fmt {
        /// Policy files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Change nothing; exit 1 if a file would change.
        #[arg(long)]
        check: bool,
    },
    /// Put a policy into words.
    Explain {
        /// A policy file.
        file: PathBuf,
        /// One line of JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say what becomes newly possible.
    Diff {
        /// The policy as it was.
        old: PathBuf,
        /// The policy as it would be.
        new: PathBuf,
        /// One line of JSON.
        #[arg(long)]
        json: bool,
    },
    /// Propose a first policy from a table's columns.
    Draft(draft::DraftArgs),
    /// Run the questions in DIR/tests/*.sql against a world's policies.
    Test(run_tests::TestArgs),
}

/// Runs `policy`.
pub(crate) fn run(command: &PolicyCommand, reporter: &Reporter) -> Result<Exit, Failures> {
    match command {
        PolicyCommand::Lint { files, json } => lint(files, *json, reporter),
        PolicyCommand::Fmt { files, check } => fmt(files, *check),
        PolicyCommand::Explain { file, json } => explain(file, *json),
        PolicyCommand::Diff { old, new, json } => diff(old, new, *json),
        PolicyCommand::Draft(args) => draft::run(args),
        PolicyCommand::Test(args) => run_tests::run(args),
    }
}

fn text(file: &Path) -> Result<String, Failures> {
    std::fs::read_to_string(file).map_err(|error| {
        Failure {
            exit: Exit::Yours,
            ..Failure::io(file, &error)
        }
        .into()
    })
}

fn parse(file: &Path) -> Result<PolicyDocument, Failures> {
    PolicyDocument::parse(&file.display().to_string(), &text(file)?).map_err(failure::all)
}

fn lint(files: &[PathBuf], json: bool, reporter: &Reporter) -> Result<Exit, Failures> {
    let mut found: Vec<Problem> = Vec::new();
    for file in files {
        match PolicyDocument::parse(&file.display().to_string(), &text(file)?) {
            Ok(document) => found.extend(policy::lint::lint(&document, None)),
            Err(problems) => found.extend(problems),
        }
    }
    let errors = found.iter().filter(|problem| problem.is_error()).count();
    let warnings = found.len().saturating_sub(errors);
    for problem in found {
        if json {
            say::line(&serde_json::to_string(&problem).unwrap_or_default());
        } else {
            let word = if problem.is_error() {
                "error"
            } else {
                "warning"
            };
            let mut failure = Failure::from(problem);
            failure.code = format!("{word}[{}]", failure.code);
            say::line(&reporter.human(&failure));
            say::line("");
        }
    }
    if !json {
        say::line(&format!(
            "{} files, {errors} errors, {warnings} warnings",
            files.len()
        ));
    }
    Ok(if errors > 0 {
        Exit::Yours
    } else {
        Exit::Answered
    })
}

fn fmt(files: &[PathBuf], check: bool) -> Result<Exit, Failures> {
    let mut exit = Exit::Answered;
    for file in files {
        let before = text(file)?;
        let shown = file.display().to_string();
        let after = policy::format::format(&shown, &before).map_err(failure::all)?;
        if before == after {
            continue;
        }
        if check {
            say::line(&format!("{shown} would change"));
            exit = Exit::Yours;
        } else {
            write_whole(file, after.as_bytes()).map_err(|error| Failure::io(file, &error))?;
            say::line(&format!("{shown} formatted"));
        }
    }
    Ok(exit)
}

fn explain(file: &Path, json: bool) -> Result<Exit, Failures> {
    let words = policy::explain::explain(&parse(file)?, None);
    if json {
        say::line(&serde_json::to_string(&words).unwrap_or_default());
        return Ok(Exit::Answered);
    }
    say::line(&format!("table {}", words.table));
    let parts = [
        ("access", &words.access),
        ("disclosure", &words.disclosure),
        ("rows", &words.rows),
        ("joins", &words.joins),
    ];
    for (title, lines) in parts.iter().filter(|(_, lines)| !lines.is_empty()) {
        say::line(&format!("\n{title}"));
        lines
            .iter()
            .for_each(|line| say::line(&format!("  {line}")));
    }
    say::line("\ncolumns");
    for column in &words.columns {
        say::line(&format!("  {}: {}", column.name, column.says.join("; ")));
    }
    Ok(Exit::Answered)
}

fn diff(old: &Path, new: &Path, json: bool) -> Result<Exit, Failures> {
    let diff = policy::diff::diff(&parse(old)?, &parse(new)?, None);
    if json {
        let value = serde_json::json!({
            "newly_possible": diff.newly_possible,
            "no_longer": diff.no_longer,
            "changed": diff.changed,
        });
        say::line(&value.to_string());
        return Ok(Exit::Answered);
    }
    if diff.is_empty() {
        say::line("the two policies say the same");
    }
    let parts = [
        ("newly possible", &diff.newly_possible),
        ("no longer possible", &diff.no_longer),
        ("otherwise changed", &diff.changed),
    ];
    for (title, lines) in parts.iter().filter(|(_, lines)| !lines.is_empty()) {
        say::line(title);
        lines
            .iter()
            .for_each(|line| say::line(&format!("  {line}")));
    }
    Ok(Exit::Answered)
}
