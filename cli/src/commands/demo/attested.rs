//! Chapter three: the engine shows its evidence before any bank gives it a key.

use std::collections::BTreeSet;
use std::path::PathBuf;

use ledger::Event;
use serde_json::json;

use super::story::{Story, number};
use super::{ask, question};
use crate::commands::answer::Verifier;
use crate::failure::Failures;
use crate::world::World;

/// Asks a first question, which makes the engine attest itself; the answer's file.
pub(super) async fn tell(world: &World, story: &mut Story) -> Result<Vec<PathBuf>, Failures> {
    let answer = ask(world, "alice@bank_a", &question("scatter_gather")).await?;
    let (mut tables, mut keys) = (BTreeSet::new(), 0_usize);
    for entry in &Verifier::open(&world.layout)?.ledger().entries {
        match &entry.event {
            // A new contract entry is a new engine: what came before was another's.
            Event::Contract { .. } => {
                tables.clear();
                keys = 0;
            }
            Event::KeyReleased {
                table,
                keys: released,
                ..
            } => {
                tables.insert(table.clone());
                keys = keys.saturating_add(*released);
            }
            Event::SeedReleased { .. }
            | Event::State { .. }
            | Event::Admitted { .. }
            | Event::Denied { .. }
            | Event::Released { .. }
            | Event::Failed { .. } => {}
        }
    }
    let receipt = &answer.receipt;
    let short = |digest: &str| digest.get(..12).unwrap_or_default().to_owned();
    story.chapter("An engine shows its evidence")?;
    story.say(&format!(
        "alice@bank_a asks the first question. Before anything is decrypted, each bank's key broker checks the engine's evidence: a fresh \
         nonce, bound to this exchange and to the contract, and the measurement of a program that the contract accepts ({}…). Then \
         the brokers release {} column keys of {} tables, sealed to that engine.",
        short(&receipt.measurement),
        number(u64::try_from(keys).unwrap_or(0)),
        tables.len()
    ))?;
    let attested = if receipt.attested {
        "The evidence comes from the processor."
    } else {
        "UNATTESTED: this version simulates the trusted processor, so the evidence proves nothing yet. The exchange is the real one, and \
         every receipt says UNATTESTED."
    };
    story.say(attested)?;
    story.fact("attested", json!(receipt.attested));
    story.fact("platform", json!(receipt.platform));
    story.fact("measurement", json!(receipt.measurement));
    story.fact("keys_released", json!({ "keys": keys, "tables": tables }));
    Ok(vec![answer.file])
}
