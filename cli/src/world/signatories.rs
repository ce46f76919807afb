//! Who must have signed the ledger of a world: its engine, and every member of the contract in force.

use super::agreement::history;
use super::layout::Layout;
use crate::failure::Failures;

/// Names and public keys by the digest of a contract.
pub(crate) type Lookup = Box<dyn Fn(&str) -> Option<Vec<(String, [u8; 32])>>>;

/// The signatories of every contract of a world.
pub(crate) fn signatories(layout: &Layout, engine: [u8; 32]) -> Result<Lookup, Failures> {
    let contracts = history(layout)?;
    Ok(Box::new(move |digest| {
        let in_force = contracts
            .iter()
            .map(|(contract, _)| contract)
            .find(|contract| hex::encode(contract.digest()) == digest)?;
        let members = in_force.parties.iter();
        let members = members.map(|(party, member)| (party.to_string(), member.identity.0));
        let engine = std::iter::once(("engine".to_owned(), engine));
        Some(engine.chain(members).collect())
    }))
}
