//! `subrosa policy`: what a security officer does with policies, with no engine and no network.

mod differ;
mod draft;
mod format;
mod lint;
mod run_tests;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use policy::document::PolicyDocument;

use crate::args::ReportArgs;
use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};
use crate::report::Reporter;
use crate::say;

const EXAMPLES: &str = "\
Examples:
  subrosa policy draft payments.parquet > payments.policy.toml
  subrosa policy draft world --for query.sql   the least that lets a question in
  subrosa policy lint payments.policy.toml
  subrosa policy lint world                    every policy of a world, with its data's columns
  subrosa policy diff signed.toml new.toml     what becomes newly possible
  subrosa policy test world                    world/tests/*.sql against the policies";

/// What to do with policies.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum PolicyCommand {
    /// Find errors and what an officer should look at; errors exit 1.
    Lint(lint::LintArgs),
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
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Say what becomes newly possible, with a question that shows it.
    Diff(differ::DiffArgs),
    /// Propose a first policy from a table's columns, or the least that a question needs.
    Draft(draft::DraftArgs),
    /// Run the questions in DIR/tests/*.sql against a world's policies.
    /// Exit 1 if one comes out otherwise.
    Test(run_tests::TestArgs),
}

/// Runs `policy`.
pub(crate) fn run(command: &PolicyCommand, reporter: &Reporter) -> Result<Exit, Failures> {
    match command {
        PolicyCommand::Lint(args) => lint::run(args, reporter),
        PolicyCommand::Fmt { files, check } => Ok(format::run(files, *check, reporter)),
        PolicyCommand::Explain { file, report } => explain(file, report.is_json()),
        PolicyCommand::Diff(args) => differ::run(args),
        PolicyCommand::Draft(args) => draft::run(args),
        PolicyCommand::Test(args) => run_tests::run(args),
    }
}

fn text(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| Failure::file(file, &error))
}

fn parse(file: &Path) -> Result<PolicyDocument, Failures> {
    let document = PolicyDocument::parse(&file.display().to_string(), &text(file)?);
    let extended = document.and_then(|document| crate::house::extended(document, file, None));
    extended.map_err(failure::all)
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
