//! The last step: an answer is noted in the ledger, sealed to its recipient, and receipted.

use datafusion::logical_expr::LogicalPlan;
use ledger::{Event, commitment};
use policy::ident::TableRef;
use seal::{Receipt, SealedAnswer, SignedReceipt, TableVersion, digest_hex, seal_to};

use super::info;
use crate::about::About;
use crate::engine::{Engine, Question, now_text};
use crate::pipeline::FAILED;
use crate::refusal::Refusal;

/// A question's commitment in the ledger, and the salt that opens it.
pub(crate) struct Committed {
    salt: String,
    /// The commitment.
    pub(crate) question: String,
}

/// Commits to a question.
pub(crate) fn commit(question: &Question) -> Result<Committed, Refusal> {
    let mut salt = [0_u8; 32];
    getrandom::fill(&mut salt).map_err(|_| Refusal::Failed("the system gives no randomness"))?;
    let salt = hex::encode(salt);
    let purpose = question
        .purpose
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let (principal, recipient) = (
        question.principal.to_string(),
        question.recipient.to_string(),
    );
    let parts = [principal.as_str(), &purpose, &recipient, &question.sql];
    let question = commitment(salt.as_bytes(), &parts);
    Ok(Committed { salt, question })
}

impl Engine {
    /// Notes that an answer is released, seals it, and signs its receipt.
    pub(crate) async fn seal(
        &self,
        question: &Question,
        committed: &Committed,
        plan: &LogicalPlan,
        about: &About<'_>,
        encoded: &[u8],
    ) -> Result<Vec<u8>, Refusal> {
        let member = self.setup.contract.parties.get(&question.recipient);
        let recipient = member.ok_or(Refusal::Failed(FAILED))?.recipient.0;
        let padded = seal::pad(encoded);
        let answer = digest_hex(&padded);
        let (index, checkpoint) = self
            .note(Event::Released {
                question: committed.question.clone(),
                answer: commitment(committed.salt.as_bytes(), &[&answer]),
            })
            .await?;
        let query = digest_hex(question.sql.as_bytes());
        let failed = |_| Refusal::Failed(FAILED);
        let info = info(&query, &question.nonce, index);
        let (encapsulated, ciphertext) =
            seal_to(&recipient, &info, b"", &padded).map_err(failed)?;
        let receipt = Receipt {
            receipt: 1,
            attested: false,
            platform: "simulated".to_owned(),
            measurement: self.setup.measurement.clone(),
            evidence: self.evidence.lock().await.clone(),
            sealed: digest_hex(&seal::length_prefixed([
                encapsulated.as_slice(),
                &ciphertext,
            ])),
            answer,
            nonce: question.nonce.clone(),
            salt: committed.salt.clone(),
            principal: question.principal.to_string(),
            purpose: question.purpose.as_ref().map(ToString::to_string),
            recipient: question.recipient.to_string(),
            recipient_key: hex::encode(recipient),
            query,
            plan: digest_hex(crate::plan::words(plan).as_bytes()),
            contract: self.setup.contract_digest.clone(),
            tables: about
                .tables
                .iter()
                .filter_map(|table| self.version(table))
                .collect(),
            mode: about.mode.to_owned(),
            obligations: [self.thresholds(about), about.restricted.in_words()].concat(),
            note: self.note_about(about),
            ledger_index: index,
            checkpoint: checkpoint.to_note(&|name| self.signer(name)),
            time: now_text(),
        };
        let receipt = SignedReceipt::sign(&receipt, &self.setup.identity).map_err(failed)?;
        let receipt = receipt.as_bytes().to_vec();
        Ok(SealedAnswer {
            receipt,
            encapsulated,
            ciphertext,
        }
        .to_bytes())
    }

    fn version(&self, table: &TableRef) -> Option<TableVersion> {
        let found = self.setup.tables.get(table)?;
        Some(TableVersion {
            table: table.to_string(),
            version: found.manifest.version,
            manifest: found.digest.clone(),
            policy: hex::encode(found.policy.digest),
        })
    }

    fn signer(&self, name: &str) -> Option<[u8; 32]> {
        if name == "engine" {
            return Some(self.public());
        }
        let witnesses = self.setup.parties.values();
        let mut witnesses = witnesses.map(|party| party.witness());
        witnesses
            .find(|witness| witness.name() == name)
            .map(ledger::Signer::public)
    }
}
