//! The walls of the house: who may import whom, and that one arrow is in the lock.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// What each crate may import of ours.
const EDGES: &[(&str, &[&str])] = &[
    ("policy", &[]),
    ("seal", &[]),
    ("attest", &[]),
    ("admit", &["policy", "release"]),
    ("release", &["policy"]),
    ("ledger", &["seal"]),
    (
        "engine",
        &["admit", "attest", "ledger", "policy", "release", "seal"],
    ),
    ("connectors", &["attest", "ledger", "policy", "seal"]),
    ("sample-data", &[]),
];

fn metadata() -> cargo_metadata::Metadata {
    MetadataCommand::new()
        .manifest_path("../Cargo.toml")
        .no_deps()
        .exec()
        .unwrap()
}

#[test]
fn nobody_imports_what_they_may_not() {
    let metadata = metadata();
    let members: BTreeSet<String> = metadata
        .workspace_packages()
        .iter()
        .map(|p| p.name.to_string())
        .collect();
    let allowed: BTreeMap<&str, &[&str]> = EDGES.iter().copied().collect();
    for package in metadata.workspace_packages() {
        let Some(allowed) = allowed.get(package.name.as_str()) else {
            continue;
        };
        for dependency in &package.dependencies {
            let ours = members.contains(&dependency.name);
            let built = dependency.kind == DependencyKind::Normal;
            let fine = !ours || !built || allowed.contains(&dependency.name.as_str());
            assert!(fine, "{} imports {}", package.name, dependency.name);
        }
    }
}

#[test]
fn nobody_imports_the_program() {
    for package in metadata().workspace_packages() {
        let program = package.dependencies.iter().any(|d| d.name == "subrosa");
        assert!(!program, "{} imports the program", package.name);
    }
}

#[test]
fn the_lock_holds_one_arrow() {
    let lock = std::fs::read_to_string("../Cargo.lock").unwrap();
    for name in [
        "arrow-schema",
        "parquet",
        "datafusion",
        "object_store",
        "sqlparser",
    ] {
        let found = lock
            .lines()
            .filter(|line| *line == format!("name = \"{name}\""))
            .count();
        assert_eq!(found, 1, "{name}");
    }
}
