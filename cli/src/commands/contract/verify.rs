//! `contract verify`: signatures and their chain, and whether what was signed can be answered at all.

use std::collections::BTreeMap;
use std::path::Path;

use connectors::read_manifest;
use policy::contract::{Contract, Stated};
use policy::document::PolicyDocument;
use policy::ident::{PartyId, TableRef};
use policy::problem::Problem;

use super::file;
use super::look::{Signed, history, names, none, owing};
use crate::args::{ReportArgs, WorldArg};
use crate::commands::block_on;
use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};
use crate::say;
use crate::world::{Collaboration, Layout, open_store, read_policies, table_version};

/// Runs `contract verify`.
pub(super) fn run(
    file: Option<&Path>,
    world: &WorldArg,
    report: &ReportArgs,
) -> Result<Exit, Failures> {
    let all = match file {
        Some(file) => {
            let contract = file::read(file)?;
            let signers = file::signers(file, &contract)?;
            vec![(contract, signers)]
        }
        None => history(world)?,
    };
    let (last, _) = all.last().ok_or_else(none)?;
    let today = chrono::Utc::now().date_naive();
    let mut contradictions = last.contradictions();
    contradictions.extend(last.shut(today));
    let found = match file {
        Some(_) => Vec::new(),
        None => of_world(&world.world, last)?,
    };
    contradictions.extend(found.iter().map(ToString::to_string));
    let owing: Vec<String> = all
        .iter()
        .flat_map(|(contract, signers)| owing(contract, signers))
        .collect();
    if report.is_json() {
        let versions = all.iter().map(|(contract, signers)| {
            serde_json::json!({
                "version": contract.version,
                "digest": hex::encode(contract.digest()),
                "signed_by": signers.iter().map(PartyId::as_str).collect::<Vec<_>>(),
            })
        });
        let value = serde_json::json!({
            "versions": versions.collect::<Vec<_>>(),
            "unsigned": owing,
            "warnings": contradictions,
            "unanswerable": found,
        });
        say::line(&value.to_string());
    } else {
        in_words(&all, &contradictions);
    }
    if last.parties.is_empty() {
        let failure = Failure::new(
            Exit::Verification,
            "unsigned",
            "the contract has no members",
        );
        return Err(failure.with_help("`subrosa contract add` adds them").into());
    }
    if owing.is_empty() {
        if !report.is_json() {
            say::line("every version is signed by its owners and follows the one before");
        }
        return Ok(Exit::Answered);
    }
    let message = format!(
        "the contract is not in force: {} has not signed",
        owing.join(", ")
    );
    Err(Failure::new(Exit::Verification, "unsigned", message)
        .with_help("`subrosa contract sign` signs it")
        .into())
}

fn in_words(all: &[Signed], contradictions: &[String]) {
    for (contract, signers) in all {
        let (version, digest) = (contract.version, hex::encode(contract.digest()));
        say::line(&format!(
            "version {version}  {digest}  signed by {}",
            names(signers)
        ));
    }
    for contradiction in contradictions {
        say::line(&format!("warning: {contradiction}"));
    }
}

/// What of a world's contract and policies does not go together, or can never be answered.
fn of_world(root: &Path, contract: &Contract) -> Result<Vec<Problem>, Failures> {
    let world = Collaboration::read(root).map_err(failure::all)?;
    let policies = read_policies(root, &world)?;
    let stated = block_on(stated(root, &world, contract, &policies))?;
    let today = chrono::Utc::now().date_naive();
    let mut found = contract.compile(&policies).problems;
    found.extend(contract.unanswerable(&policies, &stated, today));
    Ok(found)
}

/// What the manifests of sealed tables state; of what is not sealed, nothing is known.
async fn stated(
    root: &Path,
    world: &Collaboration,
    contract: &Contract,
    policies: &BTreeMap<TableRef, PolicyDocument>,
) -> Result<BTreeMap<TableRef, Stated>, Failures> {
    let layout = Layout::of(root);
    let store = open_store(world, &layout)?;
    let mut stated = BTreeMap::new();
    for name in policies.keys() {
        let (Some((version, digest)), Some(owner)) = (
            table_version(&layout, name)?,
            contract.parties.get(&name.party),
        ) else {
            continue;
        };
        let (_, manifest) = read_manifest(&store, &owner.identity.0, name, version, &digest)
            .await
            .map_err(failure::of_connector)?;
        let (rows, most_rows) = (manifest.rows, manifest.most_rows);
        stated.insert(name.clone(), Stated { rows, most_rows });
    }
    Ok(stated)
}
