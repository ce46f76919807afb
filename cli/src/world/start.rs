//! Starting a world: seal, agree, open the ledger, start the engine.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use attest::References;
use connectors::{Broker, KeyFolder, PartyKeys, Store, Witness, shape_of, version_folder};
use engine::{ContractTable, Engine, PartyLink, Setup};
use indicatif::ProgressBar;
use ledger::{Event, Ledger};
use policy::contract::Contract;
use policy::ident::{PartyId, TableRef};
use policy::table::TablePolicy;
use sha2::{Digest, Sha256};

use super::collaboration::Collaboration;
use super::layout::Layout;
use super::link::LabParty;
use super::signatories::signatories;
use super::tables::{Preparation, SealedTable, TableStatus, policies};
use super::{agreement, tables::WorldTables};
use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};

/// Bytes that a question may use unless the world says otherwise.
const MEMORY: usize = 4 << 30;
/// How long a question may take unless the world says otherwise.
const TIMEOUT: Duration = Duration::from_mins(10);

/// A world whose engine runs.
pub(crate) struct World {
    pub(crate) layout: Layout,
    pub(crate) collaboration: Collaboration,
    pub(crate) contract: Contract,
    pub(crate) status: Vec<TableStatus>,
    pub(crate) warnings: Vec<policy::problem::Problem>,
    pub(crate) keys: BTreeMap<PartyId, PartyKeys>,
    pub(crate) engine: Engine,
    _lock: File,
}

/// Makes a world ready: everything that is wrong with it is told at once.
pub(crate) async fn start(root: &Path, progress: &ProgressBar) -> Result<World, Failures> {
    let collaboration = Collaboration::read(root).map_err(failure::all)?;
    let documents = policies(root, &collaboration)?;
    let layout = Layout::of(root);
    let lock = lock(&layout)?;
    let store = store(&collaboration, &layout)?;
    let mut keys = BTreeMap::new();
    for (party, _) in &collaboration.parties {
        let folder = KeyFolder::new(layout.party_keys(party));
        keys.insert(
            party.clone(),
            folder.party().map_err(failure::of_connector)?,
        );
    }
    let preparation = Preparation {
        world: &collaboration,
        layout: &layout,
        store: &store,
        keys: &keys,
        progress,
    };
    let tables = preparation.tables(documents).await?;
    progress.set_message("agreeing on the contract");
    let measurement = measurement()?;
    let documents: BTreeMap<_, _> = tables
        .sealed
        .iter()
        .map(|(name, t)| (name.clone(), t.document.clone()))
        .collect();
    let mut draft = agreement::draft(&collaboration, &keys, &documents, &measurement)?;
    super::seeds::commit(&mut draft, &documents, &layout)?;
    let warnings = agreement::compile(&draft, &documents)?;
    let (contract, _) = agreement::in_force(draft, &keys, &layout)?;
    progress.set_message("starting the engine");
    let setup = setup(
        &collaboration,
        &layout,
        &store,
        &keys,
        &tables,
        &contract,
        measurement,
    )?;
    let engine = Engine::start(setup).await.map_err(Failure::from)?;
    let status = tables.status;
    Ok(World {
        layout,
        collaboration,
        contract,
        status,
        warnings,
        keys,
        engine,
        _lock: lock,
    })
}

/// One process a world: the next waits for nobody and says so.
fn lock(layout: &Layout) -> Result<File, Failure> {
    let path = layout.lock();
    let io = |error: std::io::Error| Failure::io(&path, &error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(io)?;
    }
    let file = File::create(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => Err(Failure::new(
            Exit::Operational,
            "busy",
            "another subrosa process is using this world",
        )
        .with_help("wait for it to end, or end it")),
    }
}

pub(crate) fn store(world: &Collaboration, layout: &Layout) -> Result<Store, Failures> {
    let opened = match &world.store {
        None => Store::folder(&layout.store()),
        Some(url) => Store::at(url, std::env::vars()),
    };
    opened.map_err(failure::of_connector)
}

/// This program's file: the one that runs, even if another has taken its place meanwhile.
fn program() -> Result<PathBuf, Failure> {
    let running = Path::new("/proc/self/exe");
    if running.exists() {
        return Ok(running.to_owned());
    }
    std::env::current_exe().map_err(|error| Failure::io(Path::new("this program"), &error))
}

/// SHA-256 of this program: what a simulated TEE says it runs.
fn measurement() -> Result<String, Failure> {
    let path = program()?;
    let io = |error: std::io::Error| Failure::io(&path, &error);
    let mut file = File::open(&path).map_err(io)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0_u8; 1 << 20];
    loop {
        let read = std::io::Read::read(&mut file, &mut buffer).map_err(io)?;
        match buffer.get(..read) {
            Some([]) | None => return Ok(hex::encode(hasher.finalize())),
            Some(bytes) => hasher.update(bytes),
        }
    }
}

fn setup(
    collaboration: &Collaboration,
    layout: &Layout,
    store: &Store,
    keys: &BTreeMap<PartyId, PartyKeys>,
    tables: &WorldTables,
    contract: &Contract,
    measurement: String,
) -> Result<Setup, Failures> {
    let engine_keys = KeyFolder::new(layout.engine_keys())
        .party()
        .map_err(failure::of_connector)?;
    let identity = engine_keys.identity;
    let ledger = open_ledger(layout, contract, identity.public())?;
    newest(layout, identity.public(), tables)?;
    let mut parties: BTreeMap<PartyId, Arc<dyn PartyLink>> = BTreeMap::new();
    for party in keys.keys() {
        parties.insert(
            party.clone(),
            Arc::new(link(party, layout, contract, tables)?),
        );
    }
    let mut ready = BTreeMap::new();
    for (name, table) in &tables.sealed {
        ready.insert(name.clone(), contract_table(name, table, contract, store)?);
    }
    Ok(Setup {
        contract: contract.clone(),
        tables: ready,
        store: Arc::clone(&store.objects),
        parties,
        ledger,
        identity,
        measurement,
        state: super::seeds::state(layout)?,
        memory: collaboration.memory.unwrap_or(MEMORY),
        timeout: collaboration.timeout.unwrap_or(TIMEOUT),
        time_buckets: collaboration.time_buckets,
    })
}

/// The public key of the world's engine.
pub(crate) fn engine_public(layout: &Layout) -> Result<[u8; 32], Failures> {
    let folder = layout.engine_keys();
    if !folder.join("identity.key").exists() {
        let failure = Failure::usage("this world has had no engine yet");
        return Err(failure.with_help("`subrosa lab` starts one").into());
    }
    let keys = KeyFolder::new(folder)
        .party()
        .map_err(failure::of_connector)?;
    Ok(keys.identity.public())
}

fn open_ledger(layout: &Layout, contract: &Contract, engine: [u8; 32]) -> Result<Ledger, Failures> {
    let opened = Ledger::open(
        &layout.ledger(),
        &format!("subrosa/{}", contract.name),
        &signatories(layout, engine)?,
    );
    opened.map_err(|error| Failures::from(Failure::from(error)))
}

/// No table may be older than the newest that the ledger has seen.
fn newest(layout: &Layout, engine: [u8; 32], tables: &WorldTables) -> Result<(), Failures> {
    let signatories = signatories(layout, engine)?;
    let report = ledger::verify(&layout.ledger(), &signatories).map_err(Failure::from)?;
    for entry in report.entries {
        let Event::KeyReleased { table, version, .. } = &entry.event else {
            continue;
        };
        let older = tables.sealed.iter().find(|(name, sealed)| {
            name.to_string() == *table && sealed.manifest.version < *version
        });
        if let Some((name, sealed)) = older {
            let now = sealed.manifest.version;
            let message = format!(
                "{name}: version {now} is older than version {version}, which the ledger has seen"
            );
            return Err(Failure::tampered(message).into());
        }
    }
    Ok(())
}

fn link(
    party: &PartyId,
    layout: &Layout,
    contract: &Contract,
    tables: &WorldTables,
) -> Result<LabParty, Failures> {
    let folder = KeyFolder::new(layout.party_keys(party));
    let keys = folder.party().map_err(failure::of_connector)?;
    let references = References {
        measurements: contract.measurements.clone(),
        lab: contract.lab,
    };
    let public = keys.identity.public();
    let digest = hex::encode(contract.digest());
    let mut broker = Broker::new(party.clone(), public, folder, references, digest);
    for (_, table) in tables
        .sealed
        .iter()
        .filter(|(name, _)| name.party == *party)
    {
        broker.serve(&table.signed).map_err(failure::of_connector)?;
    }
    let witness = Witness::new(
        party.to_string(),
        keys.identity,
        layout.witness_state(party),
    );
    let shown = layout.evidence(party);
    Ok(LabParty {
        broker,
        witness,
        shown,
    })
}

fn contract_table(
    name: &TableRef,
    table: &SealedTable,
    contract: &Contract,
    store: &Store,
) -> Result<ContractTable, Failures> {
    let visible = table
        .manifest
        .columns
        .iter()
        .filter(|column| !column.hidden);
    let mut shapes = Vec::new();
    for column in visible {
        let kind = column
            .kind
            .parse()
            .map_err(|_| Failure::tampered(format!("{name}: a column has an unknown type")))?;
        shapes.push(shape_of(&arrow::datatypes::Field::new(
            &column.name,
            kind,
            true,
        )));
    }
    let manifest = &table.manifest;
    let policy =
        TablePolicy::resolve_sealed(&table.document, &name.party, &shapes, &manifest.unique)
            .map_err(failure::all)?;
    let folder = version_folder(&manifest.party, &manifest.table, manifest.version);
    Ok(ContractTable {
        policy: contract.floors.apply(policy),
        manifest: manifest.clone(),
        digest: table.signed.digest(),
        folder: store.path(&folder),
    })
}
