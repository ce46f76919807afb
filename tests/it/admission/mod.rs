//! What admission makes of statements, word for word: who refuses and why, or the plans below and above the releases
//! and what these owe.
//!
//! Most tests see admission through its answers, where much of it looks alike: a track too many, a threshold of another
//! table, an arm that is asked for twice. Here every word of it is written down in `tests/data/admission`, one folder a
//! world, and a change that was not meant is seen. After one that was, `SUBROSA_BLESS=1 cargo test -p tests` writes
//! the files anew: read the difference before it is committed. A statement is added by writing it with its header line.

pub(crate) mod record;
pub(crate) mod text;
pub(crate) mod world;

use std::path::{Path, PathBuf};

use record::Entry;
use world::World;

/// The folders of worlds in a folder.
pub(crate) fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(of).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

/// What is made of a statement now.
fn made(world: &World, entry: &Entry) -> String {
    match world.bound(entry) {
        Ok(bound) => {
            let admitted = world.admitted(entry, &bound);
            text::admitted(&admitted) + &text::cost(&admitted, &world.sizes)
        }
        Err(refusal) => text::refused(&refusal),
    }
}

#[test]
fn statements_become_what_is_written_down() {
    let bless = std::env::var("SUBROSA_BLESS").is_ok();
    let mut wrong = Vec::new();
    for folder in folders(Path::new("data/admission")) {
        let world = World::read(&folder);
        let mut entries = record::read(&folder);
        for entry in &mut entries {
            let made = made(&world, entry);
            if bless {
                entry.outcome = made;
            } else if made != entry.outcome {
                let (header, sql, before) = (&entry.header, &entry.sql, &entry.outcome);
                let folder = folder.display();
                wrong.push(format!(
                    "{folder}: {header}\n{sql}\nbefore\n{before}now\n{made}"
                ));
            }
        }
        if bless {
            record::write(&folder, &entries);
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}
