//! `contract show`, `diff`: of files, or of a world's versions.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use policy::contract::Contract;
use policy::ident::PartyId;

use super::file;
use crate::args::{ReportArgs, WorldArg};
use crate::failure::{self, Failure, Failures};
use crate::say;
use crate::world::{Collaboration, Layout, contract_history};

pub(super) type Signed = (Contract, BTreeSet<PartyId>);

/// Runs `contract show`.
pub(super) fn show(
    file: Option<&Path>,
    world: &WorldArg,
    toml: bool,
    report: &ReportArgs,
) -> Result<(), Failures> {
    let (contract, signers) = match file {
        Some(file) => {
            let contract = file::read(file)?;
            let signers = file::signers(file, &contract)?;
            (contract, signers)
        }
        None => history(world)?.pop().ok_or_else(none)?,
    };
    if report.is_json() {
        let value = as_json(&contract, &signers);
        say::line(&value.to_string());
    } else if toml {
        say::line(contract.to_toml().trim_end());
    } else {
        say::line(contract.show().trim_end());
        say::line(&format!("signed by {}", names(&signers)));
    }
    Ok(())
}

fn as_json(contract: &Contract, signers: &BTreeSet<PartyId>) -> serde_json::Value {
    serde_json::json!({
        "name": contract.name,
        "version": contract.version,
        "digest": hex::encode(contract.digest()),
        "previous": contract.previous.map(hex::encode),
        "lab": contract.lab,
        "signed_by": signers.iter().map(PartyId::as_str).collect::<Vec<_>>(),
        "parties": contract.parties.keys().map(PartyId::as_str).collect::<Vec<_>>(),
        "tables": contract.tables.keys().map(ToString::to_string).collect::<Vec<_>>(),
        "views": contract.views.keys().map(ToString::to_string).collect::<Vec<_>>(),
        "toml": contract.to_toml(),
    })
}

pub(super) fn names(parties: &BTreeSet<PartyId>) -> String {
    let names: Vec<_> = parties.iter().map(PartyId::as_str).collect();
    if names.is_empty() {
        "nobody".to_owned()
    } else {
        names.join(", ")
    }
}

pub(super) fn none() -> Failure {
    Failure::usage("this world has no contract yet").with_help("`subrosa lab` draws it up")
}

pub(super) fn history(world: &WorldArg) -> Result<Vec<Signed>, Failures> {
    Collaboration::read(&world.world).map_err(failure::all)?;
    contract_history(&Layout::of(&world.world))
}

/// Owners, or of a contract without tables its members, that have not signed.
pub(super) fn owing(contract: &Contract, signers: &BTreeSet<PartyId>) -> Vec<String> {
    let owners = contract.owners();
    let all: BTreeSet<&PartyId> = if owners.is_empty() {
        contract.parties.keys().collect()
    } else {
        owners
    };
    let missing = all.into_iter().filter(|party| !signers.contains(*party));
    missing.map(ToString::to_string).collect()
}

/// Runs `contract diff`.
pub(super) fn diff(
    files: &[PathBuf],
    world: &WorldArg,
    version: Option<u32>,
    report: &ReportArgs,
) -> Result<(), Failures> {
    let Some((earlier, later)) = pair(files, world, version)? else {
        say::line(if report.is_json() {
            "[]"
        } else {
            "the first version: there is nothing before it"
        });
        return Ok(());
    };
    let changes = earlier.diff(&later);
    if report.is_json() {
        say::line(&serde_json::json!(changes).to_string());
        return Ok(());
    }
    if changes.is_empty() {
        say::line("nothing but the version changed");
    }
    for change in &changes {
        say::line(change);
    }
    Ok(())
}

fn pair(
    files: &[PathBuf],
    world: &WorldArg,
    version: Option<u32>,
) -> Result<Option<(Contract, Contract)>, Failures> {
    if let [earlier, later] = files {
        return Ok(Some((file::read(earlier)?, file::read(later)?)));
    }
    let mut all = history(world)?;
    if let Some(version) = version {
        let known = all.iter().any(|(contract, _)| contract.version == version);
        if !known {
            let message = format!("there is no version {version}; there are {}", all.len());
            return Err(Failure::usage(message).into());
        }
        all.retain(|(contract, _)| contract.version <= version);
    }
    let (later, _) = all.pop().ok_or_else(none)?;
    Ok(all.pop().map(|(earlier, _)| (earlier, later)))
}
