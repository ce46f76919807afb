//! The engine: drives a question through its stages. No stage's logic is here.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use datafusion::execution::object_store::ObjectStoreUrl;
use ledger::{Event, Ledger, OwnSigner, SignedCheckpoint, Signer};
use object_store::ObjectStore;
use object_store::path::Path;
use policy::contract::Contract;
use policy::ident::{PartyId, Principal, Purpose, TableRef};
use policy::table::TablePolicy;
use seal::{IdentityKey, Manifest, RecipientKey};
use tokio::sync::Mutex;

use crate::brokers::PartyLink;
use crate::guard::TrackKey;
use crate::pace::TimeBuckets;
use crate::plan::{Binder, Binders, Catalog, CatalogView, VisibleTable};
use crate::refusal::Refusal;
use crate::restriction::sealed_for;
use crate::scan::{SealedTable, visible_schema};
use crate::state::{State, StateSetup};

/// A table of the contract as the engine is given it.
#[derive(Debug, Clone)]
pub struct ContractTable {
    /// Its policy, floors applied, resolved against the sealed columns.
    pub policy: TablePolicy,
    /// Its current manifest, verified.
    pub manifest: Manifest,
    /// The manifest's digest.
    pub digest: String,
    /// Folder of the version in the store.
    pub folder: Path,
}

/// Everything an engine starts from.
#[expect(missing_debug_implementations, reason = "holds parties' links")]
pub struct Setup {
    /// The contract in force.
    pub contract: Contract,
    /// Its tables.
    pub tables: BTreeMap<TableRef, ContractTable>,
    /// Sealed objects.
    pub store: Arc<dyn ObjectStore>,
    /// Parties by name.
    pub parties: BTreeMap<PartyId, Arc<dyn PartyLink>>,
    /// The open ledger.
    pub ledger: Ledger,
    /// The engine's signing key, whose digest evidence binds.
    pub identity: IdentityKey,
    /// Measurement of the engine.
    pub measurement: String,
    /// Where earlier answers are remembered, should a policy ask for it.
    pub state: StateSetup,
    /// Bytes that a question may use.
    pub memory: usize,
    /// How long a question may take.
    pub timeout: Duration,
    /// When answers leave; at once if there are none.
    pub time_buckets: Option<TimeBuckets>,
}

/// A question with its circumstances.
#[derive(Debug, Clone)]
pub struct Question {
    /// Who asks.
    pub principal: Principal,
    /// What for.
    pub purpose: Option<Purpose>,
    /// Whose key the answer is sealed to.
    pub recipient: PartyId,
    /// Chosen by the asker, used once, hexadecimal.
    pub nonce: String,
    /// The statement.
    pub sql: String,
}

/// An engine that holds keys in memory and answers questions.
#[expect(missing_debug_implementations, reason = "holds secrets")]
pub struct Engine {
    pub(crate) setup: Shared,
    pub(crate) catalog: Catalog,
    /// What questions of each party are bound in, once it has asked one.
    pub(crate) binders: Binders,
    pub(crate) policies: admit::Policies,
    pub(crate) track: TrackKey,
    /// Earlier answers and budgets; open if any policy asks for them.
    pub(crate) state: Option<Mutex<State>>,
    pub(crate) hpke: RecipientKey,
    pub(crate) ledger: Mutex<Ledger>,
    pub(crate) open: Mutex<BTreeMap<TableRef, Arc<SealedTable>>>,
    pub(crate) evidence: Mutex<String>,
}

/// The setup without what the engine took out of it.
pub(crate) struct Shared {
    pub(crate) contract: Contract,
    pub(crate) contract_digest: String,
    pub(crate) tables: BTreeMap<TableRef, ContractTable>,
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) url: ObjectStoreUrl,
    pub(crate) parties: BTreeMap<PartyId, Arc<dyn PartyLink>>,
    pub(crate) identity: IdentityKey,
    pub(crate) measurement: String,
    pub(crate) memory: usize,
    pub(crate) timeout: Duration,
    pub(crate) time_buckets: Option<TimeBuckets>,
}

impl Engine {
    /// Starts an engine: checks that every table can be bound, and notes the contract in the ledger.
    ///
    /// # Errors
    /// When a manifest's types are unknown, a table is not sealed for what its policy restricts rows by, a view does not
    /// bind, or the ledger fails.
    pub async fn start(setup: Setup) -> Result<Self, Refusal> {
        let catalog = catalog(&setup)?;
        let policies = admit::Policies {
            tables: setup
                .tables
                .iter()
                .map(|(t, table)| (t.clone(), table.policy.clone()))
                .collect(),
            parties: setup.contract.parties.keys().cloned().collect(),
            principals: principals(&setup.contract),
            purposes: setup.contract.purposes.clone(),
        };
        let url = ObjectStoreUrl::parse("sealed://store")
            .map_err(|_| Refusal::Failed("the store has no address"))?;
        let failed = |_| Refusal::Failed("the system gives no randomness");
        let mut engine = Self {
            catalog,
            binders: Binders::default(),
            policies,
            track: TrackKey::random().map_err(failed)?,
            state: None,
            hpke: RecipientKey::generate()
                .map_err(|_| Refusal::Failed("the system gives no randomness"))?,
            ledger: Mutex::new(setup.ledger),
            open: Mutex::new(BTreeMap::new()),
            evidence: Mutex::new(String::new()),
            setup: Shared {
                contract_digest: hex::encode(setup.contract.digest()),
                contract: setup.contract,
                tables: setup.tables,
                store: setup.store,
                url,
                parties: setup.parties,
                identity: setup.identity,
                measurement: setup.measurement,
                memory: setup.memory,
                timeout: setup.timeout,
                time_buckets: setup.time_buckets,
            },
        };
        engine
            .note(Event::Contract {
                digest: engine.setup.contract_digest.clone(),
                version: engine.setup.contract.version,
            })
            .await?;
        if engine.owes() {
            engine.open_state(setup.state).await?;
        }
        Ok(engine)
    }

    /// Whether any table owes more than support.
    pub(crate) fn owes(&self) -> bool {
        policy::set::PolicySet::owes(self.policies.tables.values())
    }

    /// The engine's public signing key.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.setup.identity.public()
    }

    /// The tables and views that a party sees.
    ///
    /// # Errors
    /// When a view does not bind.
    pub async fn visible(&self, party: &PartyId) -> Result<Vec<VisibleTable>, Refusal> {
        self.catalog.visible(party).await
    }

    /// What questions of a party are bound in.
    pub(crate) async fn binder(&self, party: &PartyId) -> Result<Arc<Binder>, Refusal> {
        let known = &self.policies.parties;
        self.binders.of(party, &self.catalog, known).await
    }

    /// Appends to the ledger; returns once entry and co-signed checkpoint are on disk.
    pub(crate) async fn note(&self, event: Event) -> Result<(u64, SignedCheckpoint), Refusal> {
        let mut ledger = self.ledger.lock().await;
        let own = OwnSigner {
            name: "engine",
            key: &self.setup.identity,
        };
        let mut signers: Vec<&dyn Signer> = vec![&own];
        signers.extend(self.setup.parties.values().map(|party| party.witness()));
        ledger
            .append(&now_text(), event, &signers)
            .map_err(|error| Refusal::Tampered(error.to_string()))
    }
}

/// The present, as ledger and receipts write it.
pub(crate) fn now_text() -> String {
    now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

fn principals(contract: &Contract) -> std::collections::BTreeSet<Principal> {
    let of = |(party, member): (&PartyId, &policy::contract::Member)| {
        let names = member.analysts.iter();
        names
            .map(|name| Principal {
                name: name.clone(),
                party: party.clone(),
            })
            .collect::<Vec<_>>()
    };
    contract.parties.iter().flat_map(of).collect()
}

fn catalog(setup: &Setup) -> Result<Catalog, Refusal> {
    let mut catalog = Catalog::default();
    for (name, table) in &setup.tables {
        sealed_for(name, table)?;
        let schema = visible_schema(&table.manifest)
            .ok_or_else(|| Refusal::Tampered(format!("{name}: a column has an unknown type")))?;
        catalog
            .tables
            .insert(name.clone(), (table.policy.clone(), schema));
    }
    for (name, view) in &setup.contract.views {
        catalog.views.push(CatalogView {
            name: name.to_string(),
            sql: view.sql.clone(),
            tables: policy::contract::View::tables_in(&view.sql).map_err(Refusal::invalid)?,
        });
    }
    Ok(catalog)
}
