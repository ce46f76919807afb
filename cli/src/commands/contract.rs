//! `subrosa contract`: the agreement that all parties sign, in files of their own or in a world.

mod draft;
mod file;
mod look;
mod sign;
mod verify;

use std::path::PathBuf;

use clap::Subcommand;

use crate::args::{ReportArgs, WorldArg};
use crate::exit::Exit;
use crate::failure::Failures;

const EXAMPLES: &str = "\
Examples:
  subrosa contract new four-banks --purpose aml --lab -o contract.toml
  subrosa contract add contract.toml --party bank_a --home bank_a/keys --analyst alice
  subrosa contract add contract.toml --table bank_a.transactions --policy bank_a/transactions.policy.toml
  subrosa contract sign contract.toml --party bank_a --home bank_a/keys
  subrosa contract verify contract.toml

With a key that never meets this machine (an HSM, say):
  subrosa contract sign contract.toml --prepare --format json      the message to sign, in hexadecimal
  subrosa contract sign contract.toml --party bank_a --signature HEX

A world's contract is drawn up and signed by `subrosa lab`; show, verify and diff look at it with --world.";

/// What to do with a contract.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum ContractCommand {
    /// Draw up a contract without members, or the next version of one.
    New(draft::NewArgs),
    /// Add members, tables, views, purposes to a contract that is being drawn up.
    Add(Box<draft::AddArgs>),
    /// Sign a contract file, print what an offline signer must sign, or take in its signature.
    Sign(sign::SignArgs),
    /// Put a contract into words: a file's, or the one in force in a world.
    Show {
        /// A contract file instead of a world.
        #[arg(value_name = "FILE", conflicts_with = "world")]
        file: Option<PathBuf>,
        #[command(flatten)]
        world: WorldArg,
        /// The contract as TOML.
        #[arg(long, conflicts_with_all = ["format", "json"])]
        toml: bool,
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Verify a file and the signatures beside it, or every version of a world and its chain; point
    /// out what can never be answered.
    Verify {
        /// A contract file instead of a world.
        #[arg(value_name = "FILE", conflicts_with = "world")]
        file: Option<PathBuf>,
        #[command(flatten)]
        world: WorldArg,
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Say what one version changes of the one before: of two files, or in a world.
    Diff {
        /// The earlier and the later file instead of a world.
        #[arg(value_name = "FILE", num_args = 2, conflicts_with_all = ["world", "at"])]
        files: Vec<PathBuf>,
        #[command(flatten)]
        world: WorldArg,
        /// The later version; the newest unless given.
        #[arg(long, value_name = "VERSION")]
        at: Option<u32>,
        #[command(flatten)]
        report: ReportArgs,
    },
}

/// Runs `contract`.
pub(crate) fn run(command: &ContractCommand) -> Result<Exit, Failures> {
    match command {
        ContractCommand::New(args) => draft::new(args)?,
        ContractCommand::Add(args) => draft::add(args)?,
        ContractCommand::Sign(args) => sign::run(args)?,
        ContractCommand::Show {
            file,
            world,
            toml,
            report,
        } => look::show(file.as_deref(), world, *toml, report)?,
        ContractCommand::Verify {
            file,
            world,
            report,
        } => return verify::run(file.as_deref(), world, report),
        ContractCommand::Diff {
            files,
            world,
            at,
            report,
        } => look::diff(files, world, *at, report)?,
    }
    Ok(Exit::Answered)
}
