//! `subrosa ledger`: what happened, verified from its bytes alone.

use clap::Subcommand;

use crate::args::{ReportArgs, WorldArg};
use crate::exit::Exit;
use crate::failure::{Failure, Failures};
use crate::say;
use crate::world::{Layout, current_contract, engine_public, signatories};

const EXAMPLES: &str = "\
Examples (in a world's folder):
  subrosa ledger verify
  subrosa ledger log | jq .
  subrosa ledger prove 3";

/// What to do with a ledger.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum LedgerCommand {
    /// List its entries, one line of JSON each.
    Log {
        #[command(flatten)]
        world: WorldArg,
    },
    /// Verify entries, tree and signatures.
    Verify {
        #[command(flatten)]
        world: WorldArg,
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Prove that an entry is in the tree of the latest checkpoint.
    Prove {
        /// The entry's index.
        index: u64,
        #[command(flatten)]
        world: WorldArg,
    },
    /// Follow a served ledger.
    #[command(hide = true)]
    Watch,
}

/// Runs `ledger`.
pub(crate) fn run(command: &LedgerCommand) -> Result<Exit, Failures> {
    match command {
        LedgerCommand::Log { world } => {
            for entry in report(world)?.entries {
                say::line(&serde_json::to_string(&entry).unwrap_or_default());
            }
        }
        LedgerCommand::Verify {
            world,
            report: wanted,
        } => {
            let report = report(world)?;
            if wanted.is_json() {
                let value = serde_json::json!({
                    "entries": report.entries.len(),
                    "covered": report.covered,
                    "signers": report.signers,
                });
                say::line(&value.to_string());
                return Ok(Exit::Answered);
            }
            say::line(&format!(
                "{} entries, {} under a checkpoint signed by {}",
                report.entries.len(),
                report.covered,
                report.signers.join(", ")
            ));
        }
        LedgerCommand::Prove { index, world } => prove(*index, world)?,
        LedgerCommand::Watch => {
            let message = "`ledger watch` comes with the server";
            return Err(Failure::new(Exit::Yours, "unsupported", message).into());
        }
    }
    Ok(Exit::Answered)
}

fn report(world: &WorldArg) -> Result<ledger::Report, Failures> {
    let layout = Layout::of(&world.world);
    let engine = engine_public(&layout)?;
    if current_contract(&layout)?.is_none() {
        return Err(Failure::usage("this world has no ledger yet").into());
    }
    let signatories = signatories(&layout, engine)?;
    ledger::verify(&layout.ledger(), &signatories).map_err(|error| Failure::from(error).into())
}

fn prove(index: u64, world: &WorldArg) -> Result<(), Failures> {
    let report = report(world)?;
    let at = usize::try_from(index).unwrap_or(usize::MAX);
    let leaves: Vec<[u8; 32]> = report.leaves;
    let Some(leaf) = leaves.get(at) else {
        return Err(Failure::usage(format!("the ledger has {} entries", leaves.len())).into());
    };
    let proof = ledger::inclusion_proof(at, &leaves);
    let root = ledger::root(&leaves);
    let value = serde_json::json!({
        "index": index,
        "size": leaves.len(),
        "leaf": hex::encode(leaf),
        "root": hex::encode(root),
        "proof": proof.iter().map(hex::encode).collect::<Vec<_>>(),
    });
    say::line(&value.to_string());
    Ok(())
}
