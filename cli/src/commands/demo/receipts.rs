//! Chapter eight: every answer's receipt, verified as an auditor would, offline.

use std::path::PathBuf;

use serde_json::json;

use super::story::Story;
use crate::commands::answer::Verifier;
use crate::failure::Failures;
use crate::world::World;

/// Verifies the receipts of these answers, and the ledger.
pub(super) fn tell(world: &World, answers: &[PathBuf], story: &mut Story) -> Result<(), Failures> {
    let verifier = Verifier::open(&world.layout)?;
    for answer in answers {
        verifier.receipt(answer)?;
    }
    let ledger = verifier.ledger();
    story.chapter("Receipts, and the ledger")?;
    story.say(&format!(
        "{} answers came sealed to the bank that asked. All {} receipts verify, as `subrosa answer verify` does it: signed by the engine, about \
         these very bytes, and in the ledger. The ledger holds {} entries under a checkpoint that {} signed.",
        answers.len(),
        answers.len(),
        ledger.entries.len(),
        ledger.signers.join(", ")
    ))?;
    story.fact("receipts", json!(answers.len()));
    story.fact(
        "ledger",
        json!({ "entries": ledger.entries.len(), "signed_by": ledger.signers }),
    );
    Ok(())
}
