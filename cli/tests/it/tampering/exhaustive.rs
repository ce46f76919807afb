//! Every byte of every file, one at a time: in this process, with the functions that the program uses.

use std::path::Path;

use connectors::{KeyFolder, Store, read_manifest, verify_files};
use futures::future::BoxFuture;
use policy::ident::{PartyId, TableName, TableRef};

use super::{ask, files, name};
use crate::run::{subrosa, world};

/// A world that was asked once.
fn asked() -> tempfile::TempDir {
    let dir = world();
    assert_eq!(ask(dir.path()), 0);
    dir
}

/// Flips a bit of each byte in turn, another one for another byte, and restores the file.
fn each_flip(file: &Path, is_noticed: impl FnMut() -> bool) {
    each_flip_at(file, |_| true, is_noticed);
}

fn each_flip_at(file: &Path, wanted: impl Fn(usize) -> bool, mut is_noticed: impl FnMut() -> bool) {
    let good = std::fs::read(file).unwrap();
    assert!(!is_noticed(), "{} as it was written", file.display());
    for at in (0..good.len()).filter(|at| wanted(*at)) {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        std::fs::write(file, &bad).unwrap();
        assert!(is_noticed(), "byte {at} of {}", file.display());
    }
    std::fs::write(file, &good).unwrap();
}

fn keys_of(dir: &Path, who: &str) -> connectors::PartyKeys {
    KeyFolder::new(dir.join("w/.subrosa/keys").join(who))
        .party()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_sealed_table() {
    let dir = asked();
    let state = dir.path().join("w/.subrosa/state/clinic_a/visits.json");
    let state: serde_json::Value = serde_json::from_slice(&std::fs::read(state).unwrap()).unwrap();
    let digest = state["manifest"].as_str().unwrap().to_owned();
    let owner = keys_of(dir.path(), "clinic_a").identity.public();
    let table = TableRef {
        party: PartyId::new("clinic_a").unwrap(),
        table: TableName::new("visits").unwrap(),
    };
    let store = Store::folder(&dir.path().join("w/.subrosa/store")).unwrap();
    let read = || read_manifest(&store, &owner, &table, 1, &digest);
    let (_, manifest) = read().await.unwrap();
    let handle = tokio::runtime::Handle::current();
    let wait =
        |future: BoxFuture<'_, bool>| tokio::task::block_in_place(|| handle.block_on(future));
    for file in files(&dir.path().join("w/.subrosa/store/clinic_a")) {
        each_flip(&file, || {
            wait(Box::pin(async {
                if name(&file) == "manifest.json" {
                    read().await.is_err()
                } else {
                    verify_files(&store, &manifest).await.is_err()
                }
            }))
        });
    }
}

#[test]
fn of_a_sealed_answer_and_its_receipt() {
    let dir = asked();
    let engine = keys_of(dir.path(), "engine.lab").identity.public();
    let recipient = keys_of(dir.path(), "clinic_b").recipient;
    for file in files(&dir.path().join("w/.subrosa/answers")) {
        // The receipt whole, and the padded ciphertext behind it densely.
        let wanted = |at: usize| at < 3_000 || at.is_multiple_of(16);
        each_flip_at(&file, wanted, || {
            engine::open_answer(&std::fs::read(&file).unwrap(), &engine, &recipient).is_err()
        });
    }
}

/// Through the program: every byte of the checkpoint, every seventh of the entries.
#[test]
fn of_the_ledger() {
    let dir = asked();
    let verifies = || subrosa(dir.path(), &["ledger", "verify", "--world", "w"]).code != 4;
    for (file, step) in [("checkpoint", 1), ("entries.jsonl", 7)] {
        let file = dir.path().join("w/.subrosa/ledger").join(file);
        each_flip_at(&file, |at| at % step == 0, || !verifies());
    }
}

/// Through the program, which alone reads contracts: every third byte.
#[test]
fn of_the_contract_and_its_signatures() {
    let dir = asked();
    let verifies = || subrosa(dir.path(), &["contract", "verify", "--world", "w"]).code != 4;
    for file in files(&dir.path().join("w/.subrosa/contract")) {
        each_flip_at(&file, |at| at % 3 == 0, || !verifies());
    }
    assert_eq!(ask(dir.path()), 0);
}
