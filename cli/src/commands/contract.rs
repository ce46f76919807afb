//! `subrosa contract`: the agreement of a world, offline.

use std::path::PathBuf;

use clap::Subcommand;
use connectors::KeyFolder;
use policy::contract::Contract;
use policy::ident::PartyId;

use crate::args::WorldArg;
use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};
use crate::say;
use crate::world::{Collaboration, Layout, contract_history, current_contract};

/// What to do with a contract.
#[derive(Debug, Subcommand)]
pub(crate) enum ContractCommand {
    /// Put the contract in force into words.
    Show {
        #[command(flatten)]
        world: WorldArg,
        /// The contract as TOML.
        #[arg(long)]
        toml: bool,
    },
    /// Verify every version, its signatures and its chain.
    Verify {
        #[command(flatten)]
        world: WorldArg,
    },
    /// Say what one version changes of the one before.
    Diff {
        #[command(flatten)]
        world: WorldArg,
        /// The later version; the newest unless given.
        #[arg(long)]
        version: Option<u32>,
    },
    /// Sign a contract file, or print what an offline signer must sign.
    Sign {
        /// The contract's TOML.
        file: PathBuf,
        /// Print digest and message in hexadecimal instead of signing.
        #[arg(long)]
        prepare: bool,
        /// The party that signs.
        #[arg(long, required_unless_present = "prepare")]
        party: Option<String>,
        /// Its key folder.
        #[arg(long, value_name = "DIR", required_unless_present = "prepare")]
        home: Option<PathBuf>,
    },
    /// Contracts between separate machines come with the broker; worlds draw theirs up themselves.
    #[command(hide = true)]
    New,
    /// As `new`.
    #[command(hide = true)]
    Add,
}

/// Runs `contract`.
pub(crate) fn run(command: &ContractCommand) -> Result<Exit, Failures> {
    match command {
        ContractCommand::Show { world, toml } => {
            let (contract, signers) = newest(world)?;
            say::line(
                if *toml {
                    contract.to_toml()
                } else {
                    contract.show()
                }
                .trim_end(),
            );
            if !*toml {
                let signers = signers.iter().map(ToString::to_string).collect::<Vec<_>>();
                say::line(&format!("signed by {}", signers.join(", ")));
            }
        }
        ContractCommand::Verify { world } => verify(world)?,
        ContractCommand::Diff { world, version } => diff(world, *version)?,
        ContractCommand::Sign {
            file,
            prepare: true,
            ..
        } => prepare(file)?,
        ContractCommand::Sign {
            file, party, home, ..
        } => {
            sign(
                file,
                party.as_deref().unwrap_or_default(),
                home.clone().unwrap_or_default(),
            )?;
        }
        ContractCommand::New | ContractCommand::Add => {
            let message = "contracts between separate machines come with the broker";
            return Err(Failure::new(Exit::Yours, "unsupported", message)
                .with_help("a world's contract is drawn up and signed by `subrosa lab`")
                .into());
        }
    }
    Ok(Exit::Answered)
}

fn newest(world: &WorldArg) -> Result<(Contract, std::collections::BTreeSet<PartyId>), Failures> {
    Collaboration::read(&world.world).map_err(failure::all)?;
    current_contract(&Layout::of(&world.world))?.ok_or_else(|| none().into())
}

fn none() -> Failure {
    Failure::usage("this world has no contract yet").with_help("`subrosa lab` draws it up")
}

fn verify(world: &WorldArg) -> Result<(), Failures> {
    let all = contract_history(&Layout::of(&world.world))?;
    if all.is_empty() {
        return Err(none().into());
    }
    for (contract, signers) in &all {
        let digest = hex::encode(contract.digest());
        let signers = signers.iter().map(ToString::to_string).collect::<Vec<_>>();
        say::line(&format!(
            "version {}  {digest}  signed by {}",
            contract.version,
            signers.join(", ")
        ));
    }
    for contradiction in all
        .last()
        .map(|(c, _)| c.contradictions())
        .unwrap_or_default()
    {
        say::line(&format!("warning: {contradiction}"));
    }
    say::line("every version is signed by its owners and follows the one before");
    Ok(())
}

fn diff(world: &WorldArg, version: Option<u32>) -> Result<(), Failures> {
    let all = contract_history(&Layout::of(&world.world))?;
    let at = match version {
        Some(version) => all
            .iter()
            .position(|(contract, _)| contract.version == version),
        None => all.len().checked_sub(1),
    };
    let Some((later, _)) = at.and_then(|at| all.get(at)) else {
        return Err(Failure::usage("there is no such version").into());
    };
    let earlier = at
        .and_then(|at| at.checked_sub(1))
        .and_then(|at| all.get(at));
    let Some((earlier, _)) = earlier else {
        say::line("the first version: there is nothing before it");
        return Ok(());
    };
    let changes = earlier.diff(later);
    if changes.is_empty() {
        say::line("nothing but the version changed");
    }
    changes.iter().for_each(|change| say::line(change));
    Ok(())
}

fn read(file: &std::path::Path) -> Result<Contract, Failures> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure {
        exit: Exit::Yours,
        ..Failure::io(file, &error)
    })?;
    Contract::parse(&file.display().to_string(), &text).map_err(failure::all)
}

fn prepare(file: &std::path::Path) -> Result<(), Failures> {
    let digest = read(file)?.digest();
    say::line(&format!("digest  {}", hex::encode(digest)));
    say::line(&format!(
        "message {}",
        hex::encode(Contract::signing_message(&digest))
    ));
    Ok(())
}

fn sign(file: &std::path::Path, party: &str, home: PathBuf) -> Result<(), Failures> {
    let contract = read(file)?;
    let party = PartyId::new(party).map_err(|error| Failure::usage(error.to_string()))?;
    let keys = KeyFolder::new(home)
        .party()
        .map_err(failure::of_connector)?;
    let member = contract.parties.get(&party);
    if member.map(|member| member.identity.0) != Some(keys.identity.public()) {
        return Err(Failure::usage(format!("the contract names another key for {party}")).into());
    }
    let digest = contract.digest();
    let signature = keys.identity.sign(&Contract::signing_message(&digest));
    say::line(&format!(
        "party = \"{party}\"\ndigest = \"{}\"\nsignature = \"{}\"",
        hex::encode(digest),
        hex::encode(signature)
    ));
    Ok(())
}
