//! Drafted policies on stdout or in a folder: whole files, and never over one that is there unasked.

use std::path::{Path, PathBuf};

use policy::draft::{Proposal, Texts};
use policy::ident::TableRef;
use serde_json::json;

use crate::failure::{Failure, Failures};
use crate::say;
use crate::world::write_whole;

/// Prints the drafts under headings.
pub(super) fn show(texts: &Texts) {
    for (number, (table, text)) in texts.iter().enumerate() {
        if texts.len() > 1 {
            let before = if number > 0 { "\n" } else { "" };
            say::line(&format!("{before}# ---- {} ----", file_name(table)));
        }
        say::line(text.trim_end());
    }
}

/// Prints the drafts as one JSON object.
pub(super) fn as_json(proposal: &Proposal) {
    let tables = proposal.texts.iter().map(|(table, text)| {
        let mine = proposal.grants.iter().filter(|grant| grant.table == *table);
        let grants = mine.map(
            |grant| json!({"subject": grant.subject, "key": grant.key, "without": grant.without}),
        );
        json!({"table": table.to_string(), "policy": text, "grants": grants.collect::<Vec<_>>()})
    });
    let tables: Vec<_> = tables.collect();
    say::line(&json!({ "tables": tables }).to_string());
}

/// Writes one file a table, all or none of them if one is there already.
pub(super) fn files(texts: &Texts, folder: &Path, force: bool) -> Result<Vec<PathBuf>, Failures> {
    let path = |table: &TableRef| folder.join(file_name(table));
    let there = |path: &PathBuf| std::fs::symlink_metadata(path).is_ok();
    if let Some(old) = texts.keys().map(path).find(there).filter(|_| !force) {
        let failure = Failure::usage(format!("{}: is there already", old.display()));
        return Err(failure.with_help("`--force` writes over it").into());
    }
    let mut written = Vec::new();
    for (table, text) in texts {
        let path = path(table);
        let done = if force {
            write_whole(&path, text.as_bytes())
        } else {
            write_new(folder, &path, text)
        };
        done.map_err(|error| Failure::io(&path, &error))?;
        written.push(path);
    }
    Ok(written)
}

/// Whole, and not over a file that came meanwhile.
fn write_new(folder: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().tempfile_in(folder)?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)
        .map(|_| ())
        .map_err(|error| error.error)
}

fn file_name(table: &TableRef) -> String {
    format!("{table}.policy.toml")
}
