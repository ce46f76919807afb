//! Whatever is changed behind the parties' backs ends in exit code 4.

use std::path::{Path, PathBuf};

use crate::run::{PATIENTS, subrosa, world};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path)
            } else {
                found.push(path)
            }
        }
    }
    found.sort();
    found
}

fn ask(dir: &Path) -> i32 {
    subrosa(dir, &["lab", "w", "--as", "bob@clinic_b", "-c", PATIENTS]).code
}

/// Places in a file: both ends and some between.
fn places(length: usize) -> Vec<usize> {
    let mut places = vec![0, 5, length / 3, length / 2, length - 9, length - 2];
    places.dedup();
    places
}

fn every_flip_is_noticed(folder: &str, wanted: impl Fn(&Path) -> bool) {
    let dir = world();
    assert_eq!(ask(dir.path()), 0);
    let files: Vec<_> = files(&dir.path().join(folder))
        .into_iter()
        .filter(|f| wanted(f))
        .collect();
    assert!(!files.is_empty());
    for file in files {
        let good = std::fs::read(&file).unwrap();
        for at in places(good.len()) {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&file, &bad).unwrap();
            assert_eq!(ask(dir.path()), 4, "byte {at} of {}", file.display());
            std::fs::write(&file, &good).unwrap();
        }
    }
    assert_eq!(ask(dir.path()), 0);
}

#[test]
fn sealed_files_and_manifests_that_the_question_reads() {
    every_flip_is_noticed("w/.subrosa/store/clinic_a", |path| {
        !path.to_string_lossy().contains(".hidden.")
    });
}

#[test]
fn contracts_and_their_signatures() {
    every_flip_is_noticed("w/.subrosa/contract", |_| true);
}

#[test]
fn the_hidden_file_is_noticed_by_its_owner() {
    let dir = world();
    assert_eq!(ask(dir.path()), 0);
    let store = dir.path().join("w/.subrosa/store/clinic_a");
    let hidden = files(&store)
        .into_iter()
        .find(|f| f.to_string_lossy().contains(".hidden."))
        .unwrap();
    let mut bytes = std::fs::read(&hidden).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&hidden, bytes).unwrap();
    let ran = subrosa(
        dir.path(),
        &["table", "verify", "clinic_a.visits", "--world", "w"],
    );
    assert_eq!(ran.code, 4, "{}", ran.err);
}

#[test]
fn the_ledger() {
    let dir = world();
    assert_eq!(ask(dir.path()), 0);
    for file in ["entries.jsonl", "checkpoint"] {
        let file = dir.path().join("w/.subrosa/ledger").join(file);
        let good = std::fs::read(&file).unwrap();
        for at in places(good.len()) {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&file, &bad).unwrap();
            let ran = subrosa(dir.path(), &["ledger", "verify", "--world", "w"]);
            assert_eq!(ran.code, 4, "byte {at} of {}: {}", file.display(), ran.out);
        }
        std::fs::write(&file, &good).unwrap();
    }
}

#[test]
fn an_empty_ledger_in_place_of_the_old_one() {
    let dir = world();
    assert_eq!(ask(dir.path()), 0);
    std::fs::remove_dir_all(dir.path().join("w/.subrosa/ledger")).unwrap();
    assert_eq!(ask(dir.path()), 4);
}

#[test]
fn answers() {
    let dir = world();
    assert_eq!(ask(dir.path()), 0);
    let file = files(&dir.path().join("w/.subrosa/answers")).pop().unwrap();
    let good = std::fs::read(&file).unwrap();
    for at in places(good.len()) {
        let mut bad = good.clone();
        bad[at] ^= 1;
        std::fs::write(&file, &bad).unwrap();
        let ran = subrosa(
            dir.path(),
            &["answer", "verify", file.to_str().unwrap(), "--world", "w"],
        );
        assert_eq!(ran.code, 4, "byte {at}");
    }
}

#[test]
fn two_files_swapped_and_a_file_in_clear() {
    let dir = world();
    assert_eq!(ask(dir.path()), 0);
    let store = dir.path().join("w/.subrosa/store");
    let part = |party: &str| store.join(party).join("visits/v1/part-00000-00000.parquet");
    let (a, b) = (
        std::fs::read(part("clinic_a")).unwrap(),
        std::fs::read(part("clinic_b")).unwrap(),
    );
    std::fs::write(part("clinic_a"), &b).unwrap();
    assert_eq!(ask(dir.path()), 4);
    std::fs::write(part("clinic_a"), &a).unwrap();
    let open = [
        "table",
        "open",
        "clinic_a.visits",
        "--world",
        "w",
        "-o",
        "clear.parquet",
    ];
    assert_eq!(subrosa(dir.path(), &open).code, 0);
    std::fs::copy(dir.path().join("clear.parquet"), part("clinic_a")).unwrap();
    assert_eq!(ask(dir.path()), 4);
}
