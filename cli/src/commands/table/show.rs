//! What a manifest says, in words and as JSON.

use std::path::Path;

use seal::Manifest;
use serde_json::{Value, json};

/// Everything but the wrapped keys.
pub(super) fn value(manifest: &Manifest) -> Value {
    let files = manifest.files.iter().map(|file| {
        json!({ "path": file.path, "size": file.size, "rows": file.rows, "sha256": file.sha256, "hidden": file.hidden })
    });
    let columns = manifest
        .columns
        .iter()
        .map(|column| json!({ "name": column.name, "type": column.kind, "hidden": column.hidden }));
    json!({
        "table": name(manifest),
        "contract": manifest.contract,
        "version": manifest.version,
        "previous": manifest.previous,
        "sealed_at": manifest.sealed_at,
        "rows": manifest.rows,
        "columns": columns.collect::<Vec<_>>(),
        "unique": manifest.unique,
        "most_rows": manifest.most_rows,
        "files": files.collect::<Vec<_>>(),
    })
}

/// The same for people.
pub(super) fn lines(manifest: &Manifest) -> Vec<String> {
    let size = manifest.files.iter().map(|file| file.size);
    let size = size.fold(0_u64, u64::saturating_add);
    let mut lines = vec![format!(
        "{} version {}: {} rows in {} files, {}, sealed {} for the contract {}",
        name(manifest),
        manifest.version,
        manifest.rows,
        manifest.files.len(),
        indicatif::HumanBytes(size),
        manifest.sealed_at,
        manifest.contract,
    )];
    let widest = manifest.columns.iter().map(|c| c.name.chars().count());
    let width = widest.max().unwrap_or(0);
    for column in &manifest.columns {
        let hidden = if column.hidden { "  hidden" } else { "" };
        lines.push(format!("  {:width$}  {}{hidden}", column.name, column.kind));
    }
    for key in &manifest.unique {
        lines.push(format!("  unique: {}", key.join(", ")));
    }
    lines
}

/// What a check that passed says.
pub(super) fn verified(manifest: &Manifest) -> (Value, String) {
    let (table, version, files) = (name(manifest), manifest.version, manifest.files.len());
    let value = json!({ "table": table, "version": version, "rows": manifest.rows, "files": files, "verified": true });
    let line = if files == 1 {
        format!("{table} version {version}: its 1 file is as its owner signed it")
    } else {
        format!("{table} version {version}: its {files} files are as its owner signed them")
    };
    (value, line)
}

/// What opening says.
pub(super) fn opened(manifest: &Manifest, output: &Path) -> (Value, String) {
    let (table, version, rows) = (name(manifest), manifest.version, manifest.rows);
    let output = output.display().to_string();
    let line = format!("{output}: {rows} rows of {table} version {version}, in clear");
    let value = json!({ "table": table, "version": version, "rows": rows, "output": output });
    (value, line)
}

fn name(manifest: &Manifest) -> String {
    format!("{}.{}", manifest.party, manifest.table)
}
