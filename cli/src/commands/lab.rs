//! `subrosa lab`: a world in one process, the full pipeline, one-shot or as a REPL.

mod batch;
mod input;

use std::path::PathBuf;

use clap::Args;

use super::block_on;
use crate::args::OutputArgs;
use crate::exit::Exit;
use crate::failure::Failures;
use crate::output::{self, Format};
use crate::report::Reporter;
use crate::world::{Outcome, Session, TableStatus, World, start};
use crate::{progress, repl, say};

const EXAMPLES: &str = "\
Examples:
  subrosa lab world                                   a REPL; \\? helps
  subrosa lab world --as bob@clinic_b -c 'SHOW TABLES'
  subrosa lab world -f questions.sql --format json    one line of JSON a statement
  subrosa lab world -c \"SELECT …\" -o answer.parquet  the format follows the name
  subrosa lab world --status                          what is sealed, in which version

Exit code: 0 answered, 1 yours to mend, 2 operational, 3 denied by policy, 4 verification failed;
of several statements, the highest.";

/// Arguments of `lab`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct LabArgs {
    /// The world: a folder with a collaboration.toml.
    #[arg(value_name = "DIR")]
    pub(crate) world: PathBuf,
    /// Who asks, as NAME@PARTY; the first analyst of the first party unless given.
    #[arg(long = "as", value_name = "NAME@PARTY")]
    pub(crate) principal: Option<String>,
    /// What for; the contract's only purpose unless given.
    #[arg(long)]
    pub(crate) purpose: Option<String>,
    /// The party whose key the answer is sealed to; the asker's unless given.
    #[arg(long, value_name = "PARTY")]
    pub(crate) to: Option<String>,
    /// Statements to run, cut at `;`; may be given several times.
    #[arg(short, long = "command", value_name = "SQL", conflicts_with = "file")]
    pub(crate) command: Vec<String>,
    /// A file of statements; `-` reads stdin.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Tell table versions and what was sealed anew, and ask nothing.
    #[arg(long, conflicts_with_all = ["command", "file"])]
    pub(crate) status: bool,
    #[command(flatten)]
    pub(crate) out: OutputArgs,
}

/// Runs `lab`.
pub(crate) fn run(args: &LabArgs, reporter: &Reporter) -> Result<Exit, Failures> {
    let reporter = reporter.in_world(&args.world);
    let text = input::statements(args)?;
    let format = input::format(args)?;
    input::check(args, text.is_none())?;
    block_on(async {
        let bar = progress::spinner("rows");
        let started = start(&args.world, &bar).await;
        bar.finish_and_clear();
        let world = started.map_err(|failures| {
            failures
                .into_iter()
                .map(|f| reporter.located(f))
                .collect::<Failures>()
        })?;
        world.status.iter().for_each(TableStatus::remark);
        if args.status {
            return Ok(status(&world, format));
        }
        let session = Session::new(
            &world,
            args.principal.as_deref(),
            args.purpose.as_deref(),
            args.to.as_deref(),
        )?;
        match text {
            Some(text) => batch::run(args, &world, &session, &reporter, (&text, format)).await,
            None => repl::run(&world, &session, &reporter).await,
        }
    })
}

fn status(world: &World, format: Format) -> Exit {
    if format.is_for_machines() {
        let text = serde_json::to_string(&world.status).unwrap_or_default();
        say::line(&text);
        return Exit::Answered;
    }
    in_words(world);
    for warning in &world.warnings {
        say::line(&warning.to_string());
    }
    Exit::Answered
}

/// Versions of tables and contract, for people.
pub(crate) fn in_words(world: &World) {
    for table in &world.status {
        let how = if table.sealed_now {
            "sealed now"
        } else {
            "unchanged"
        };
        say::line(&format!(
            "{}  version {}  {} rows  {how}",
            table.table, table.version, table.rows
        ));
        for remark in table.remarks.iter().filter(|_| !table.sealed_now) {
            say::line(&format!("  {remark}"));
        }
    }
    say::line(&format!(
        "contract version {}, signed by {}; engine UNATTESTED (simulated TEE)",
        world.contract.version,
        world
            .keys
            .keys()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    ));
}

/// Writes what a statement came to; its constant note goes to stderr.
pub(crate) fn show(outcome: &Outcome, format: Format, out: &mut Vec<u8>) -> std::io::Result<()> {
    match outcome {
        Outcome::Answer(answer) => {
            output::write(format, &answer.schema, &answer.batches, out)?;
            if let Some(note) = &answer.receipt.note {
                say::note(&format!("note: {note}"));
            }
            Ok(())
        }
        Outcome::Tables(tables) => super::lab_show::tables(tables, format, out),
        Outcome::Columns(table) => super::lab_show::columns(table, format, out),
        Outcome::Approved(questions) => super::lab_show::approved(questions, format, out),
        Outcome::Explanation(explanation) => super::lab_show::explanation(explanation, format, out),
    }
}
