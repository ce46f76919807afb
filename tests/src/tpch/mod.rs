//! TPC-H: the eight tables of one party, its 22 questions, and what `DataFusion` answers in clear.

mod answers;
mod generate;
mod questions;

pub use answers::{answers, context};
pub use generate::write_tables;
pub use questions::questions;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The tables with the key column that stands for whose row it is.
pub const TABLES: [(&str, &str); 8] = [
    ("nation", "n_nationkey"),
    ("region", "r_regionkey"),
    ("part", "p_partkey"),
    ("supplier", "s_suppkey"),
    ("partsupp", "ps_suppkey"),
    ("customer", "c_custkey"),
    ("orders", "o_custkey"),
    ("lineitem", "l_suppkey"),
];

/// A world in which one party, `tpch`, owns the eight tables at a scale factor.
pub fn write_world(root: &Path, scale: f64) {
    write_tables(&root.join("tpch"), scale);
    let mut world = String::from("name = \"tpch\"\n[parties.tpch]\nanalysts = [\"ada\"]\n");
    for (table, unit) in TABLES {
        let policy = format!("tpch/{table}.policy.toml");
        fs::write(root.join(&policy), policy_of(table, unit)).unwrap();
        writeln!(world, "[parties.tpch.tables.{table}]").unwrap();
        writeln!(world, "data = \"tpch/{table}.parquet\"").unwrap();
        writeln!(world, "policy = \"{policy}\"").unwrap();
    }
    world += "[engine]\npurposes = [\"bench\"]\nmemory = \"8GiB\"\n";
    fs::write(root.join("collaboration.toml"), world).unwrap();
}

/// What others may ask is of no interest here; the owner asks everything of its own tables.
fn policy_of(table: &str, unit: &str) -> String {
    let prefix = unit.split('_').next().unwrap_or("");
    format!(
        "policy = 1\ntable = \"{table}\"\n[access]\nowner = \"full\"\n\
         [disclosure]\nmin_contributors = 10\njitter = false\nhistory = \"off\"\nnoise = \"off\"\n\
         [columns]\n{unit} = {{ unit = \"entity\" }}\n\"{prefix}_*\" = {{ filter = true }}\n"
    )
}
