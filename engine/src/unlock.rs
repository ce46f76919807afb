//! Unlocking a table: prove to its owner what this engine is, get its data keys, check its files.

use std::collections::BTreeSet;
use std::sync::Arc;

use attest::{Evidence, Transcript};
use ledger::Event;
use policy::ident::TableRef;

use crate::engine::{ContractTable, Engine, now};
use crate::pipeline::FAILED;
use crate::refusal::Refusal;
use crate::scan::{Keyring, OpenFile, SealedTable, open, requests, visible_schema};

impl Engine {
    /// The table, unlocked: once an engine, and noted in the ledger.
    ///
    /// # Errors
    /// When the owner's broker refuses, or a file is not what the manifest says.
    pub(crate) async fn unlock(&self, name: &TableRef) -> Result<Arc<SealedTable>, Refusal> {
        let mut unlocked = self.open.lock().await;
        if let Some(table) = unlocked.get(name) {
            return Ok(Arc::clone(table));
        }
        let missing = || Refusal::Tampered(format!("{name} is not in the contract"));
        let table = self.setup.tables.get(name).ok_or_else(missing)?;
        let keys = self.keys(name, table).await?;
        let mut files = Vec::new();
        for entry in table.manifest.files.iter().filter(|file| !file.hidden) {
            let path = table.folder.clone().join(entry.path.as_str());
            let decryption = keys
                .decryption(&table.manifest, &entry.path)
                .ok_or_else(|| Refusal::Tampered(format!("{path}: its keys are missing")))?;
            files.push(open(self.setup.store.as_ref(), path, entry, decryption).await?);
        }
        let sealed = Arc::new(self.provider(table, files)?);
        unlocked.insert(name.clone(), Arc::clone(&sealed));
        Ok(sealed)
    }

    /// Why a question failed: the one constant sentence, unless a file that was opened is no longer
    /// what was opened.
    pub(crate) async fn why(&self, refusal: Refusal, tables: &BTreeSet<TableRef>) -> Refusal {
        if refusal != Refusal::Failed(FAILED) {
            return refusal;
        }
        let unlocked = self.open.lock().await;
        for table in tables.iter().filter_map(|name| unlocked.get(name)) {
            if let Err(changed) = table.recheck().await {
                return changed;
            }
        }
        refusal
    }

    fn provider(
        &self,
        table: &ContractTable,
        files: Vec<OpenFile>,
    ) -> Result<SealedTable, Refusal> {
        let schema = visible_schema(&table.manifest)
            .ok_or_else(|| Refusal::Tampered("a column has an unknown type".to_owned()))?;
        let (store, url) = (Arc::clone(&self.setup.store), self.setup.url.clone());
        Ok(SealedTable::new(schema, files, store, url))
    }

    async fn keys(&self, name: &TableRef, table: &ContractTable) -> Result<Keyring, Refusal> {
        let unknown = || Refusal::Tampered(format!("{} has no broker", name.party));
        let party = self.setup.parties.get(&name.party).ok_or_else(unknown)?;
        let refused =
            |error: attest::AttestError| Refusal::Tampered(format!("{}: {error}", name.party));
        let seconds = u64::try_from(now().timestamp()).unwrap_or(0);
        let (session, nonce) = party.challenge(seconds).map_err(refused)?;
        let transcript = self.transcript(party.broker_digest(), session, nonce).await;
        let evidence = Evidence::simulated(&self.setup.measurement, &transcript);
        let asked = requests(&table.manifest, &table.digest);
        let (_, released) = party
            .release(&transcript, &evidence, &asked, seconds)
            .map_err(refused)?;
        *self.evidence.lock().await = seal::digest_hex(&evidence.to_bytes());
        let info = transcript.report_data();
        let keys = Keyring::open(&released, &asked, &self.hpke, &info).map_err(refused)?;
        self.note(Event::KeyReleased {
            table: name.to_string(),
            version: table.manifest.version,
            manifest: table.digest.clone(),
            keys: released.len(),
        })
        .await?;
        Ok(keys)
    }

    pub(crate) async fn transcript(
        &self,
        broker: String,
        session: String,
        nonce: String,
    ) -> Transcript {
        Transcript {
            role: "engine".to_owned(),
            broker,
            session,
            nonce,
            tls_exporter: String::new(),
            client: hex::encode(self.public()),
            kem: "x25519-hkdf-sha256".to_owned(),
            hpke_key: hex::encode(self.hpke.public()),
            contract: self.setup.contract_digest.clone(),
            purpose: "query".to_owned(),
            ledger_head: hex::encode(self.ledger.lock().await.root()),
        }
    }
}
