//! A world in this process: sealed, agreed on, its engine started. The same path as `subrosa lab`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use attest::{Appraisal, AttestError, Evidence, KeyRequest, References, ReleasedKey, Transcript};
use connectors::{
    Broker, KeyFolder, Others, PartyKeys, SealRequest, Source, Store, Witness, declarations,
    seal_table, shape_of, version_folder,
};
use engine::{ContractTable, Engine, PartyLink, Question, Reply, Setup, StateSetup, open_answer};
use ledger::{Ledger, Signer};
use policy::contract::{Contract, Member, PublicKey, View, ViewName};
use policy::document::PolicyDocument;
use policy::ident::{PartyId, Principal, Purpose, TableName, TableRef};
use policy::table::TablePolicy;
use seal::{IdentityKey, Manifest, SignedManifest, digest_hex};
use toml::Table as Toml;

use crate::measure::Side;

/// Bytes that a question may use.
const MEMORY: usize = 8 << 30;
const MEASUREMENT: &str = "bench";

/// A world whose engine runs.
#[expect(missing_debug_implementations, reason = "holds secrets")]
pub struct World {
    engine: Engine,
    recipient: PartyKeys,
    principal: Principal,
    purpose: Option<Purpose>,
    questions: Vec<String>,
    name: &'static str,
}

/// What a collaboration.toml says, as far as a bench needs it.
pub(crate) struct Read {
    pub(crate) parties: Vec<(PartyId, Vec<String>)>,
    pub(crate) tables: BTreeMap<TableRef, (PathBuf, PathBuf)>,
    pub(crate) views: Vec<(String, String)>,
    pub(crate) purposes: BTreeSet<Purpose>,
}

pub(crate) fn read(root: &Path) -> Read {
    let text = std::fs::read_to_string(root.join("collaboration.toml")).unwrap();
    let world: Toml = text.parse().unwrap();
    let mut found = Read {
        parties: Vec::new(),
        tables: BTreeMap::new(),
        views: Vec::new(),
        purposes: BTreeSet::new(),
    };
    for (name, party) in world.get("parties").and_then(|p| p.as_table()).unwrap() {
        let id = PartyId::new(name).unwrap();
        let analysts = texts(party.get("analysts"));
        for (table, entry) in party.get("tables").and_then(|t| t.as_table()).unwrap() {
            let path = |key: &str| root.join(entry.get(key).unwrap().as_str().unwrap());
            let name = TableRef {
                party: id.clone(),
                table: TableName::new(table).unwrap(),
            };
            found.tables.insert(name, (path("data"), path("policy")));
        }
        found.parties.push((id, analysts));
    }
    for (name, file) in world
        .get("views")
        .and_then(|v| v.as_table())
        .into_iter()
        .flatten()
    {
        let sql = std::fs::read_to_string(root.join(file.as_str().unwrap())).unwrap();
        let sql = sql.trim().trim_end_matches(';').to_owned();
        found.views.push((name.clone(), sql));
    }
    let purposes = world
        .get("engine")
        .and_then(|engine| engine.get("purposes"));
    let purposes = texts(purposes);
    found.purposes = purposes.iter().map(|p| Purpose::new(p).unwrap()).collect();
    found
}

fn texts(value: Option<&toml::Value>) -> Vec<String> {
    let list = value.and_then(|v| v.as_array()).into_iter().flatten();
    list.map(|text| text.as_str().unwrap().to_owned()).collect()
}

struct Party {
    broker: Broker,
    witness: Witness,
}

impl PartyLink for Party {
    fn broker_digest(&self) -> String {
        self.broker.digest()
    }

    fn challenge(&self, now: u64) -> Result<(String, String), AttestError> {
        let challenge = self.broker.challenge(now)?;
        Ok((challenge.session, challenge.nonce))
    }

    fn release(
        &self,
        transcript: &Transcript,
        evidence: &Evidence,
        requests: &[KeyRequest],
        now: u64,
    ) -> Result<(Appraisal, Vec<ReleasedKey>), AttestError> {
        let grant = self.broker.release(transcript, evidence, requests, now)?;
        Ok((grant.appraisal, grant.keys))
    }

    fn seed(
        &self,
        transcript: &Transcript,
        evidence: &Evidence,
        now: u64,
    ) -> Result<(Vec<u8>, Vec<u8>), AttestError> {
        self.broker.release_seed(transcript, evidence, now)
    }

    fn witness(&self) -> &dyn Signer {
        &self.witness
    }
}

struct Sealed {
    document: PolicyDocument,
    signed: SignedManifest,
    manifest: Manifest,
}

impl World {
    /// Seals the tables of a world into a folder and starts its engine; questions are asked as the
    /// first analyst.
    pub async fn start(root: &Path, made: &Path, questions: Vec<String>) -> Self {
        let read = read(root);
        let store = Store::folder(&made.join("store")).unwrap();
        let folder = |party: &str| KeyFolder::new(made.join("keys").join(party));
        let mut keys = BTreeMap::new();
        for (party, _) in &read.parties {
            keys.insert(party.clone(), folder(party.as_str()).party().unwrap());
        }
        let mut sealed = BTreeMap::new();
        for (name, (data, policy)) in &read.tables {
            let folder = folder(name.party.as_str());
            let identity = &keys.get(&name.party).unwrap().identity;
            let one = seal(name, (data, policy), &store, (&folder, identity));
            sealed.insert(name.clone(), one);
        }
        let mut contract = contract(&read, &keys, &sealed);
        // Approved texts owe memory, and memory is sealed under a seed of every owner.
        for (party, member) in &mut contract.parties {
            let seed = folder(party.as_str()).seed("state").unwrap();
            member.seed = Some(seed.commitment(party.as_str()));
        }
        let identity = folder("engine").party().unwrap().identity;
        let ledger = Ledger::open(&made.join("ledger"), "subrosa/bench", &|_| None).unwrap();
        let mut parties: BTreeMap<PartyId, Arc<dyn PartyLink>> = BTreeMap::new();
        for (party, _) in &read.parties {
            let link = party_of(party, &contract, &sealed, (folder(party.as_str()), made));
            parties.insert(party.clone(), Arc::new(link));
        }
        let tables = sealed.iter();
        let tables = tables.map(|(name, one)| (name.clone(), table_of(name, one, &store)));
        let engine = Engine::start(Setup {
            tables: tables.collect(),
            contract,
            store: Arc::clone(&store.objects),
            parties,
            ledger,
            identity,
            measurement: MEASUREMENT.to_owned(),
            state: StateSetup {
                folder: made.join("state"),
                workload: folder("engine").seed("workload").unwrap(),
                environment: folder("engine").seed("environment").unwrap(),
            },
            memory: MEMORY,
            timeout: Duration::from_hours(1),
            time_buckets: None,
        });
        let engine = engine.await.unwrap();
        let asker = read
            .parties
            .iter()
            .find(|(_, analysts)| !analysts.is_empty());
        let (party, analysts) = asker.unwrap();
        let name = analysts.first().unwrap();
        Self {
            engine,
            recipient: keys.remove(party).unwrap(),
            principal: Principal::parse(&format!("{name}@{party}")).unwrap(),
            purpose: read.purposes.first().cloned(),
            questions,
            name: "Subrosa",
        }
    }

    /// Under another name in the table.
    #[must_use]
    pub fn called(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Asks a statement and opens the answer; the rows, or why there are none.
    ///
    /// # Errors
    /// The refusal, as the asker sees it.
    pub async fn ask(&self, sql: &str) -> Result<usize, String> {
        let mut nonce = [0_u8; 32];
        getrandom::fill(&mut nonce).unwrap();
        let question = Question {
            principal: self.principal.clone(),
            purpose: self.purpose.clone(),
            recipient: self.principal.party.clone(),
            nonce: hex::encode(nonce),
            sql: sql.to_owned(),
        };
        let reply = self.engine.ask(&question).await;
        let Reply::Answer(answer) = reply.map_err(|refusal| format!("{refusal:?}"))? else {
            return Err("no answer".to_owned());
        };
        let opened = open_answer(&answer, &self.engine.public(), &self.recipient.recipient);
        let opened = opened.map_err(|refusal| format!("{refusal:?}"))?;
        Ok(opened.batches.iter().map(RecordBatch::num_rows).sum())
    }
}

impl Side for World {
    fn name(&self) -> &'static str {
        self.name
    }

    fn run<'a>(&'a mut self, question: usize) -> Pin<Box<dyn Future<Output = bool> + 'a>> {
        Box::pin(async move {
            let Some(sql) = self.questions.get(question) else {
                return false;
            };
            match self.ask(sql).await {
                Ok(_rows) => true,
                Err(why) => {
                    println!("question {question}: {why}");
                    false
                }
            }
        })
    }
}

fn seal(
    name: &TableRef,
    (data, policy): (&Path, &Path),
    store: &Store,
    (keys, identity): (&KeyFolder, &IdentityKey),
) -> Sealed {
    let text = std::fs::read_to_string(policy).unwrap();
    let document = PolicyDocument::parse(&policy.display().to_string(), &text).unwrap();
    let source = Source::open(data, &BTreeMap::new(), &document, keys, &Others::default()).unwrap();
    let _declared = declarations(&document, source.schema());
    let request = SealRequest {
        contract: "bench",
        table: name,
        version: 1,
        previous: None,
        document: &document,
        source: &source,
        source_digest: source.digest().unwrap(),
        keys,
        identity,
        store,
        sealed_at: "2026-01-01T00:00:00Z".to_owned(),
        progress: &|_| {},
    };
    let runtime = tokio::runtime::Handle::current();
    let sealed = tokio::task::block_in_place(|| seal_table(&request, &runtime)).unwrap();
    let manifest = sealed.manifest.verify(&identity.public()).unwrap();
    Sealed {
        document,
        signed: sealed.manifest,
        manifest,
    }
}

fn contract(
    read: &Read,
    keys: &BTreeMap<PartyId, PartyKeys>,
    sealed: &BTreeMap<TableRef, Sealed>,
) -> Contract {
    let mut contract = Contract::new("bench");
    contract.lab = true;
    contract.purposes.clone_from(&read.purposes);
    contract.measurements = BTreeSet::from([format!("simulated:{MEASUREMENT}")]);
    contract.tables = sealed
        .iter()
        .map(|(name, one)| (name.clone(), one.document.digest))
        .collect();
    for (party, analysts) in &read.parties {
        let keys = keys.get(party).unwrap();
        let identity = PublicKey(keys.identity.public());
        let mut member = Member::new(identity, PublicKey(keys.recipient.public()));
        member.analysts = analysts.iter().cloned().collect();
        contract.parties.insert(party.clone(), member);
    }
    for (name, sql) in &read.views {
        let view = View::parse(sql).unwrap();
        contract.views.insert(ViewName::parse(name).unwrap(), view);
    }
    contract
}

fn party_of(
    party: &PartyId,
    contract: &Contract,
    sealed: &BTreeMap<TableRef, Sealed>,
    (folder, made): (KeyFolder, &Path),
) -> Party {
    let identity = folder.party().unwrap().identity;
    let references = References {
        measurements: contract.measurements.clone(),
        lab: true,
    };
    let digest = hex::encode(contract.digest());
    let mut broker = Broker::new(party.clone(), identity.public(), folder, references, digest);
    for (_, one) in sealed.iter().filter(|(name, _)| name.party == *party) {
        broker.serve(&one.signed).unwrap();
    }
    let memory = made.join("witness").join(party.as_str());
    Party {
        broker,
        witness: Witness::new(party.to_string(), identity, memory),
    }
}

fn table_of(name: &TableRef, one: &Sealed, store: &Store) -> ContractTable {
    let manifest = &one.manifest;
    let visible = manifest.columns.iter().filter(|column| !column.hidden);
    let shapes: Vec<_> = visible
        .map(|column| {
            let kind = column.kind.parse().unwrap();
            shape_of(&arrow::datatypes::Field::new(&column.name, kind, true))
        })
        .collect();
    let policy = TablePolicy::resolve_sealed(&one.document, &name.party, &shapes, &manifest.unique);
    let folder = version_folder(&manifest.party, &manifest.table, manifest.version);
    ContractTable {
        policy: policy.unwrap(),
        manifest: manifest.clone(),
        digest: digest_hex(one.signed.manifest.as_bytes()),
        folder: store.path(&folder),
    }
}

/// The world's views, as a peer needs them.
#[must_use]
pub fn views(root: &Path) -> Vec<(String, String)> {
    read(root).views
}
