//! The contract of a world: drawn up from its file, signed by every party, chained by digest.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use connectors::PartyKeys;
use policy::contract::{Contract, Member, PublicKey, Signature, Signatures, View, ViewName};
use policy::document::PolicyDocument;
use policy::ident::{PartyId, TableRef};

use super::collaboration::Collaboration;
use super::layout::Layout;
use super::write_whole;
use crate::failure::{self, Failure, Failures};

/// Draws up what the world's file says, without version and chain.
pub(crate) fn draft(
    world: &Collaboration,
    keys: &BTreeMap<PartyId, PartyKeys>,
    documents: &BTreeMap<TableRef, PolicyDocument>,
    measurement: &str,
) -> Result<Contract, Failures> {
    let mut contract = Contract::new(&world.name);
    contract.lab = true;
    contract.purposes.clone_from(&world.purposes);
    contract.measurements = BTreeSet::from([format!("simulated:{measurement}")]);
    for (table, document) in documents {
        contract.tables.insert(table.clone(), document.digest);
        contract.approve(table, document.approved_texts());
    }
    for (party, analysts) in &world.parties {
        let Some(keys) = keys.get(party) else {
            continue;
        };
        let identity = PublicKey(keys.identity.public());
        let mut member = Member::new(identity, PublicKey(keys.recipient.public()));
        member.analysts = analysts.iter().cloned().collect();
        contract.parties.insert(party.clone(), member);
    }
    for (name, sql) in &world.views {
        let wrong = |message: String| Failure::usage(format!("view {name}: {message}"));
        let named = ViewName::parse(name).ok_or_else(|| wrong("is no view name".to_owned()))?;
        let view = View::parse(sql).map_err(wrong)?;
        contract.views.insert(named, view);
    }
    Ok(contract)
}

/// The contract in force: the last signed one if it says the same, else its signed successor.
pub(crate) fn in_force(
    draft: Contract,
    keys: &BTreeMap<PartyId, PartyKeys>,
    layout: &Layout,
) -> Result<(Contract, BTreeSet<PartyId>), Failures> {
    let last = history(layout)?.pop();
    let next = match last {
        None => draft,
        Some((last, signers)) => {
            let mut next = last.successor();
            let (version, previous) = (next.version, next.previous);
            next = Contract {
                version,
                previous,
                ..draft
            };
            let same = Contract {
                version: last.version,
                previous: last.previous,
                ..next.clone()
            };
            if same == last {
                return Ok((last, signers));
            }
            next
        }
    };
    sign(&next, keys, layout)?;
    let signers = keys.keys().cloned().collect();
    Ok((next, signers))
}

fn sign(
    contract: &Contract,
    keys: &BTreeMap<PartyId, PartyKeys>,
    layout: &Layout,
) -> Result<(), Failures> {
    let digest = contract.digest();
    let message = Contract::signing_message(&digest);
    let signed = keys.iter().map(|(party, keys)| Signature {
        party: party.clone(),
        digest,
        signature: keys.identity.sign(&message),
    });
    let signatures = Signatures(signed.collect());
    let folder = layout.contract();
    let files = [
        (
            format!("v{}.signatures.toml", contract.version),
            signatures.to_toml(),
        ),
        (format!("v{}.toml", contract.version), contract.to_toml()),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        write_whole(&path, text.as_bytes()).map_err(|error| Failure::io(&path, &error))?;
    }
    Ok(())
}

/// The newest contract, verified, with who signed it.
pub(crate) fn current(layout: &Layout) -> Result<Option<(Contract, BTreeSet<PartyId>)>, Failures> {
    Ok(history(layout)?.pop())
}

/// Every version in order, each signed, each following the one before.
pub(crate) fn history(layout: &Layout) -> Result<Vec<(Contract, BTreeSet<PartyId>)>, Failures> {
    let mut all: Vec<(Contract, BTreeSet<PartyId>)> = Vec::new();
    for version in 1.. {
        let path = layout.contract().join(format!("v{version}.toml"));
        if !path.exists() {
            break;
        }
        let (contract, signers) = read(&path, layout, version)?;
        let wrong = |reason: String| Failure::tampered(format!("{}: {reason}", path.display()));
        match all.last() {
            Some((last, _)) => contract.follows(last).map_err(wrong)?,
            None if contract.previous.is_some() => {
                return Err(wrong("does not begin its chain".to_owned()).into());
            }
            None => {}
        }
        all.push((contract, signers));
    }
    Ok(all)
}

fn read(
    path: &Path,
    layout: &Layout,
    version: u32,
) -> Result<(Contract, BTreeSet<PartyId>), Failures> {
    let wrong = |reason: &str| Failure::tampered(format!("{}: {reason}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|_| wrong("cannot be read"))?;
    let shown = path.display().to_string();
    let contract = Contract::parse(&shown, &text).map_err(|_| wrong("is malformed"))?;
    if contract.to_toml() != text || contract.version != version {
        return Err(wrong("is not as it was written").into());
    }
    let beside = layout
        .contract()
        .join(format!("v{version}.signatures.toml"));
    let shown = beside.display().to_string();
    let tampered = |reason: String| Failure::tampered(format!("{shown}: {reason}"));
    let signed =
        std::fs::read_to_string(&beside).map_err(|_| tampered("cannot be read".to_owned()))?;
    let signatures =
        Signatures::parse(&shown, &signed).map_err(|_| tampered("is malformed".to_owned()))?;
    if signatures.to_toml() != signed {
        return Err(tampered("is not as it was written".to_owned()).into());
    }
    let verify = |key: &PublicKey, message: &[u8], signature: &[u8; 64]| {
        seal::verify_signature(&key.0, message, signature).is_ok()
    };
    let signers = signatures.signers(&contract, &verify).map_err(tampered)?;
    let missing: Vec<_> = contract
        .owners()
        .into_iter()
        .filter(|o| !signers.contains(*o))
        .collect();
    match missing.first() {
        None => Ok((contract, signers)),
        Some(party) => Err(wrong(&format!("{party} has not signed it")).into()),
    }
}

/// Checks a contract against the policies; what is wrong with either.
pub(crate) fn compile(
    contract: &Contract,
    documents: &BTreeMap<TableRef, PolicyDocument>,
) -> Result<Vec<policy::problem::Problem>, Failures> {
    let compiled = contract.compile(documents);
    let (errors, warnings): (Vec<_>, Vec<_>) = compiled
        .problems
        .into_iter()
        .partition(policy::problem::Problem::is_error);
    if errors.is_empty() {
        Ok(warnings)
    } else {
        Err(failure::all(errors))
    }
}
