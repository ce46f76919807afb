//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands;
use crate::output::Format;
use crate::report::ErrorFormat;

const EXAMPLES: &str = "\
Begin here:
  subrosa demo            four banks find mules together without sharing a row
  subrosa init world      a world of two clinics to edit
  subrosa lab world       ask it: a REPL

Exit codes: 0 answered, 1 yours to mend, 2 operational, 3 denied by policy, 4 verification failed.";

/// SQL across parties: several organisations ask one question of data that none of them shows.
#[derive(Debug, Parser)]
#[command(
    name = "subrosa",
    version,
    propagate_version = true,
    max_term_width = 100,
    after_help = EXAMPLES
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// How errors are shown on stderr.
    #[arg(long, global = true, value_enum, default_value = "human")]
    pub(crate) error_format: ErrorFormat,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Four banks, one question: the whole story on this machine alone.
    Demo(commands::demo::DemoArgs),
    /// Try policies on a world in one process: seal, sign, attest, ask.
    Lab(commands::lab::LabArgs),
    /// Make a world to edit.
    Init(commands::init::InitArgs),
    /// Write sample data.
    Generate(commands::generate::GenerateArgs),
    /// Check, format, explain, compare and draft policies; needs no engine.
    #[command(subcommand)]
    Policy(commands::policy::PolicyCommand),
    /// A party's keys.
    #[command(subcommand)]
    Party(commands::party::PartyCommand),
    /// Look at sealed tables, verify them, get one's own data back.
    #[command(subcommand)]
    Table(commands::table::TableCommand),
    /// The agreement that all parties signed.
    #[command(subcommand)]
    Contract(commands::contract::ContractCommand),
    /// Open and verify answers, offline.
    #[command(subcommand)]
    Answer(commands::answer::AnswerCommand),
    /// What was asked, refused, released and unlocked.
    #[command(subcommand)]
    Ledger(commands::ledger::LedgerCommand),
    /// The evidence that an engine showed: in words, and verified again.
    #[command(subcommand)]
    Attest(commands::attest::AttestCommand),
    /// Check this machine and a world: clock, key files, versions, TEE, store.
    Doctor(commands::doctor::DoctorArgs),
    /// The party's key broker as a server.
    #[command(hide = true)]
    Broker(Rest),
    /// The engine as a server.
    #[command(hide = true)]
    Engine(Rest),
    /// Ask a served engine.
    #[command(hide = true)]
    Sql(Rest),
    /// Plain Flight SQL on loopback for BI tools.
    #[command(hide = true)]
    Gateway(Rest),
    /// Standing queries.
    #[command(hide = true)]
    Schedule(Rest),
    /// Write shell completions to stdout.
    #[command(
        after_help = "Example:\n  subrosa completions bash > ~/.local/share/bash-completion/completions/subrosa"
    )]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write the manual page to stdout.
    #[command(after_help = "Example:\n  subrosa man > subrosa.1 && man ./subrosa.1")]
    Man,
}

/// Arguments of a command that comes later.
#[derive(Debug, Args)]
pub(crate) struct Rest {
    /// Whatever is given.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) given: Vec<String>,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Text for people or JSON for programs.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// How the report is written.
    #[arg(long, value_enum, default_value = "text")]
    format: ReportFormat,
    /// The same as `--format json`.
    #[arg(long, hide = true)]
    json: bool,
}

impl ReportArgs {
    /// Whether a program reads it.
    pub(crate) fn is_json(&self) -> bool {
        self.json || self.format == ReportFormat::Json
    }
}

/// A world's folder.
#[derive(Debug, Args)]
pub(crate) struct WorldArg {
    /// The world: a folder with a collaboration.toml.
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub(crate) world: PathBuf,
}

/// How rows are written.
#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// Output format; `table` on a terminal, else `csv`.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Write to a file instead of stdout.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    /// Names of arguments that clash are found when a command is used, not before: use them all.
    #[test]
    fn every_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
