//! Chapter nine: one bit of a sealed file is changed, in a copy of the world, so that nothing can be left broken.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::story::Story;
use super::{DemoArgs, ask};
use crate::exit::Exit;
use crate::failure::{Failure, Failures};
use crate::progress;
use crate::world::start;

const TABLE: (&str, &str) = ("bank_d", "accounts");

/// Changes one bit of a sealed file of a copy, and asks.
pub(super) async fn tell(args: &DemoArgs, story: &mut Story) -> Result<(), Failures> {
    let io = |error: std::io::Error| Failure::io(&args.dir, &error);
    let copy = tempfile::tempdir().map_err(io)?;
    copied(&args.dir, copy.path()).map_err(io)?;
    let world = start(copy.path(), &progress::spinner("rows")).await?;
    story.chapter("A file is tampered with")?;
    let (bank, table) = TABLE;
    let Some(file) = sealed_file(&world.layout.store().join(bank).join(table)) else {
        story.say("The store is no local folder, so nothing was tampered with.")?;
        return Ok(());
    };
    flip(&file).map_err(io)?;
    let sql = format!(
        "SELECT holder_type, count(DISTINCT acct) AS accounts FROM {bank}.{table} GROUP BY holder_type"
    );
    match ask(&world, "alice@bank_a", &sql).await {
        Err(failure) if failure.exit == Exit::Verification => {
            story.say(&format!(
                "In a copy of this world, one bit of {bank}'s sealed {table} is flipped. The next question about it ends with exit code 4 \
                 and no row: {}.",
                failure.message
            ))?;
            story.fact("tampered", json!(failure.message));
            Ok(())
        }
        Err(failure) => Err(failure.into()),
        Ok(_) => Err(Failure::tampered("a changed file was read").into()),
    }
}

fn copied(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let (entry, target) = entry.map(|entry| {
            let target = to.join(entry.file_name());
            (entry, target)
        })?;
        if entry.file_type()?.is_dir() {
            copied(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

/// Flips one bit in the middle of a file.
fn flip(file: &Path) -> std::io::Result<()> {
    let mut bytes = std::fs::read(file)?;
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    std::fs::write(file, bytes)
}

/// The first file of a table's newest version that others may read.
fn sealed_file(folder: &Path) -> Option<PathBuf> {
    let version = |path: &Path| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        name.trim_start_matches('v').parse::<u64>().ok()
    };
    let versions = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let newest = versions
        .map(|entry| entry.path())
        .max_by_key(|path| version(path))?;
    let files = std::fs::read_dir(newest).ok()?.filter_map(Result::ok);
    let shown = |path: &PathBuf| {
        let name = path.to_string_lossy();
        name.ends_with(".parquet") && !name.ends_with(".hidden.parquet")
    };
    files.map(|entry| entry.path()).filter(shown).min()
}
