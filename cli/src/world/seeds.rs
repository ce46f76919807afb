//! Seeds of a world: what the engine's memory is sealed under, and the parties' noise drawn from.

use std::collections::{BTreeMap, BTreeSet};

use connectors::KeyFolder;
use engine::StateSetup;
use policy::contract::Contract;
use policy::document::PolicyDocument;
use policy::ident::{PartyId, TableRef};

use super::layout::Layout;
use crate::failure::{self, Failures};

/// Commits the contract to the seed of every party with a protected table, if any table asks to be remembered.
pub(super) fn commit(
    contract: &mut Contract,
    documents: &BTreeMap<TableRef, PolicyDocument>,
    layout: &Layout,
) -> Result<(), Failures> {
    let protected = || {
        documents
            .iter()
            .filter(|(_, document)| !document.is_public())
    };
    if !protected().any(|(_, document)| owes(document)) {
        return Ok(());
    }
    let owners: BTreeSet<&PartyId> = protected().map(|(table, _)| &table.party).collect();
    for party in owners {
        let seed = KeyFolder::new(layout.party_keys(party))
            .seed("state")
            .map_err(failure::of_connector)?;
        if let Some(member) = contract.parties.get_mut(party) {
            member.seed = Some(seed.commitment(party.as_str()));
        }
    }
    Ok(())
}

fn owes(document: &PolicyDocument) -> bool {
    let disclosure = &document.disclosure;
    disclosure.jitter.value
        || disclosure.history.value
        || disclosure.noise.value
        || disclosure.questions.is_some()
        || disclosure.mode.value == policy::document::Mode::Dp
        || !document.approve.is_empty()
}

/// Where the engine keeps its state, with the seeds of image and operator; a laboratory keeps both in files.
pub(super) fn state(layout: &Layout) -> Result<StateSetup, Failures> {
    let folder = KeyFolder::new(layout.engine_keys());
    Ok(StateSetup {
        folder: layout.engine_state(),
        workload: folder.seed("workload").map_err(failure::of_connector)?,
        environment: folder.seed("environment").map_err(failure::of_connector)?,
    })
}
