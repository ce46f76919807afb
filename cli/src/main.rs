//! `subrosa`: SQL across parties, under the rose.

mod approved;
mod args;
mod commands;
mod confine;
mod exit;
mod failure;
mod hint;
mod house;
mod no_core;
mod output;
mod progress;
mod repl;
mod report;
mod say;
mod statements;
mod term;
mod world;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::exit::Exit;
use crate::failure::{Failure, Failures};
use crate::report::Reporter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    no_core::forbid();
    quiet_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return unparsed(&error).into(),
    };
    let reporter = Reporter::new(cli.error_format, std::path::Path::new("."));
    let exit = run(cli.command, &reporter).unwrap_or_else(|failures| {
        for failure in &failures {
            reporter.show(failure);
        }
        let worst = failures.iter().map(|failure| failure.exit).max();
        worst.unwrap_or(Exit::Operational)
    });
    if say::was_lost() {
        let message = "stdout: not everything could be written";
        reporter.show(&Failure::new(Exit::Operational, "io", message));
        return exit.max(Exit::Operational).into();
    }
    exit.into()
}

/// Help is an answer; a command line that does not parse is its writer's to mend.
fn unparsed(error: &clap::Error) -> Exit {
    match report::wanted(std::env::args()) {
        report::ErrorFormat::Json if error.use_stderr() => {
            let failure = report::of_clap(error);
            Reporter::new(report::ErrorFormat::Json, std::path::Path::new(".")).show(&failure);
        }
        report::ErrorFormat::Human | report::ErrorFormat::Json => {
            let _broken_pipe = error.print();
        }
    }
    if error.use_stderr() {
        Exit::Yours
    } else {
        Exit::Answered
    }
}

/// A panic's message may carry a value, and while a question runs even its place may depend on one.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        if engine::is_answering() {
            return;
        }
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        say::error(&format!("internal error at {place}"));
    }));
}

fn run(command: Command, reporter: &Reporter) -> Result<Exit, Failures> {
    match command {
        Command::Demo(args) => commands::demo::run(&args, reporter),
        Command::Lab(args) => commands::lab::run(&args, reporter),
        Command::Init(args) => commands::init::run(&args),
        Command::Generate(args) => commands::generate::run(&args),
        Command::Policy(command) => commands::policy::run(&command, reporter),
        Command::Party(command) => commands::party::run(&command),
        Command::Table(command) => commands::table::run(&command),
        Command::Contract(command) => commands::contract::run(&command),
        Command::Answer(command) => commands::answer::run(&command),
        Command::Ledger(command) => commands::ledger::run(&command),
        Command::Attest(command) => commands::attest::run(&command),
        Command::Doctor(args) => Ok(commands::doctor::run(&args)),
        Command::Broker(_) => Err(later("broker")),
        Command::Engine(_) => Err(later("engine")),
        Command::Sql(_) => Err(later("sql")),
        Command::Gateway(_) => Err(later("gateway")),
        Command::Schedule(_) => Err(later("schedule")),
        Command::Completions { shell } => Ok(commands::shell::completions(shell)),
        Command::Man => commands::shell::man(),
    }
}

fn later(command: &str) -> Failures {
    let message =
        format!("`subrosa {command}` comes with the server, which this version does not have");
    Failure::new(Exit::Yours, "unsupported", message)
        .with_help("`subrosa lab DIR` runs every party and the engine in one process")
        .into()
}
