//! `subrosa lab`: a world in one process, the full pipeline, one-shot or as a REPL.

use std::io::{IsTerminal, Read};
use std::path::PathBuf;

use clap::Args;

use super::block_on;
use crate::args::OutputArgs;
use crate::exit::Exit;
use crate::failure::{Failure, Failures};
use crate::output::{self, Format};
use crate::report::Reporter;
use crate::world::{Outcome, Session, World, start, write_whole};
use crate::{progress, repl, say, statements};

/// Arguments of `lab`.
#[derive(Debug, Args)]
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
    #[arg(long)]
    pub(crate) status: bool,
    #[command(flatten)]
    pub(crate) out: OutputArgs,
}

/// Runs `lab`.
pub(crate) fn run(args: &LabArgs, reporter: &Reporter) -> Result<Exit, Failures> {
    let reporter = reporter.in_world(&args.world);
    let text = texts(args)?;
    let format = format_of(args)?;
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
        remarks(&world);
        if args.status {
            return status(&world, format);
        }
        let session = Session::new(
            &world,
            args.principal.as_deref(),
            args.purpose.as_deref(),
            args.to.as_deref(),
        )?;
        match text {
            Some(text) => batch(args, &world, &session, &reporter, (&text, format)).await,
            None => repl::run(&world, &session, &reporter).await,
        }
    })
}

fn texts(args: &LabArgs) -> Result<Option<Vec<String>>, Failures> {
    if let Some(path) = &args.file {
        let mut text = String::new();
        let read = if path.as_os_str() == "-" {
            std::io::stdin().read_to_string(&mut text).map(|_| ())
        } else {
            std::fs::read_to_string(path).map(|read| text = read)
        };
        read.map_err(|error| Failure {
            exit: Exit::Yours,
            ..Failure::io(path, &error)
        })?;
        return Ok(Some(statements::split(&text)));
    }
    if args.command.is_empty() {
        return Ok(None);
    }
    Ok(Some(
        args.command
            .iter()
            .flat_map(|text| statements::split(text))
            .collect(),
    ))
}

fn format_of(args: &LabArgs) -> Result<Format, Failures> {
    let terminal = std::io::stdout().is_terminal() && args.out.output.is_none();
    let format = args
        .out
        .format
        .unwrap_or(if terminal { Format::Table } else { Format::Csv });
    if format.is_binary() && args.out.output.is_none() && terminal {
        let failure = Failure::usage("parquet and arrow are binary");
        return Err(failure.with_help("give `-o FILE`").into());
    }
    Ok(format)
}

fn remarks(world: &World) {
    for table in &world.status {
        for remark in &table.remarks {
            say::note(&format!("{}: {remark}", table.table));
        }
    }
}

fn status(world: &World, format: Format) -> Result<Exit, Failures> {
    if format.is_for_machines() {
        let text = serde_json::to_string(&world.status).unwrap_or_default();
        say::line(&text);
        return Ok(Exit::Answered);
    }
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
    Ok(Exit::Answered)
}

async fn batch(
    args: &LabArgs,
    world: &World,
    session: &Session,
    reporter: &Reporter,
    (statements, format): (&[String], Format),
) -> Result<Exit, Failures> {
    let mut worst = Exit::Answered;
    let mut out = Vec::new();
    for (index, sql) in statements.iter().enumerate() {
        let bar = progress::spinner("");
        bar.set_message("asking");
        let asked = session.ask(world, sql).await;
        bar.finish_and_clear();
        match asked {
            Ok(outcome) => {
                let mut text = Vec::new();
                show(&outcome, format, &mut text)
                    .map_err(|error| Failure::io(std::path::Path::new("output"), &error))?;
                if args.out.output.is_none() {
                    emit(&text);
                } else {
                    out.push(text);
                }
            }
            Err(failure) => {
                worst = worst.max(failure.exit);
                reporter.show(&failure.in_statement(index.saturating_add(1), sql));
            }
        }
    }
    if let Some(path) = &args.out.output {
        match (out.as_slice(), worst) {
            ([one], Exit::Answered) if statements.len() == 1 => {
                write_whole(path, one).map_err(|error| Failure::io(path, &error))?;
            }
            _several_or_failed => {
                let why = "nothing is written: `-o` takes one statement that is answered";
                say::note(&format!("{}: {why}", path.display()));
                worst = worst.max(Exit::Yours);
            }
        }
    }
    Ok(worst)
}

fn emit(text: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    let _broken_pipe = std::io::Write::write_all(&mut stdout, text);
    let _broken_pipe = std::io::Write::flush(&mut stdout);
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
        Outcome::Explanation(explanation) => super::lab_show::explanation(explanation, format, out),
    }
}
