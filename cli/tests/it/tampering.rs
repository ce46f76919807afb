//! Whatever is changed behind the parties' backs ends in exit code 4.

mod exhaustive;
mod replaced;

use std::path::{Path, PathBuf};

use crate::run::{PATIENTS, Ran, subrosa, world};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn ask_for_all(dir: &Path) -> Ran {
    subrosa(dir, &["lab", "w", "--as", "bob@clinic_b", "-c", PATIENTS])
}

fn ask(dir: &Path) -> i32 {
    ask_for_all(dir).code
}

/// The question is refused whole, and the refusal says which file and why.
fn refused(dir: &Path, names: &str, what: &str) {
    let ran = ask_for_all(dir);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{what}: {}", ran.err);
    let (before, reason) = ran
        .err
        .split_once(names)
        .unwrap_or_else(|| panic!("{what}: {}", ran.err));
    assert!(before.starts_with("tampered: "), "{what}: {}", ran.err);
    assert!(reason.trim().len() > 8, "{what}: {}", ran.err);
}

/// Places in a file: both ends and some between.
fn places(length: usize) -> Vec<usize> {
    let mut places = vec![
        0,
        1,
        4,
        length - 9,
        length - 8,
        length - 4,
        length - 2,
        length - 1,
    ];
    places.extend((1..8).map(|part| length * part / 8));
    places.sort_unstable();
    places.dedup();
    places
}

/// How a refusal names a file: a contract and its signatures are one thing.
fn name(file: &Path) -> String {
    if file
        .parent()
        .is_some_and(|folder| folder.ends_with("contract"))
    {
        return "contract/v1".to_owned();
    }
    file.file_name().unwrap().to_string_lossy().into_owned()
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
            refused(
                dir.path(),
                &name(&file),
                &format!("byte {at} of {}", file.display()),
            );
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
