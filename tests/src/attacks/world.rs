//! A world of the fixture as a folder that `subrosa lab` runs.

use std::collections::BTreeMap;
use std::path::Path;

use super::catalogue::{Directive, Entry, catalogue};
use super::fixture::{Bank, Rows, rows};
use super::{Disclosure, columns, policies, register};

/// One world with the tables that the attacks on its pair upload.
#[derive(Debug)]
pub struct AttackWorld {
    /// Its rows.
    pub rows: Rows,
    /// Uploaded tables, by the names that [`registered_name`] gives them.
    pub registered: BTreeMap<String, arrow::array::RecordBatch>,
}

/// Where an uploaded table of a step lies: every step may upload the same name with other rows.
#[must_use]
pub fn registered_name(entry: &Entry, step: usize, table: &str) -> String {
    let name = table.split_once('.').map_or(table, |(_, name)| name);
    format!("{name}_{}_{}", entry.id.to_lowercase(), step + 1)
}

impl AttackWorld {
    /// The world of a pair, with everything that attacks on the pair upload.
    pub async fn new(pair: &str, world: u8) -> Self {
        let mut registered = BTreeMap::new();
        for entry in catalogue().iter().filter(|entry| entry.pair == pair) {
            for (index, step) in entry.steps.iter().enumerate() {
                for directive in &step.directives {
                    if let Directive::Register { table, query } = directive
                        && let Some(rows) = register::rows(query).await
                    {
                        registered.insert(registered_name(entry, index, table), rows);
                    }
                }
            }
        }
        Self {
            rows: rows(pair, world),
            registered,
        }
    }

    /// Writes the world into a folder.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn write(&self, root: &Path, disclosure: Disclosure) -> std::io::Result<()> {
        let mut text = "name = \"attacks\"\n\n[engine]\npurposes = [\"aml\"]\n".to_owned();
        for (letter, bank) in [('a', &self.rows.bank_a), ('b', &self.rows.bank_b)] {
            let party = format!("bank_{letter}");
            text.push_str(&format!("\n[parties.{party}]\nanalysts = [\"alice\"]\n"));
            for (name, policy) in policies::of_bank(letter, disclosure) {
                columns::write(
                    &root.join(format!("{party}/{name}.parquet")),
                    &batch(bank, name),
                );
                text.push_str(&table(root, &party, name, &policy)?);
            }
        }
        text.push_str("\n[parties.mallory]\nanalysts = [\"mallory\"]\n");
        for (name, rows) in &self.registered {
            columns::write(&root.join(format!("mallory/{name}.parquet")), rows);
            let policy = policies::of_attacker(name, rows);
            text.push_str(&table(root, "mallory", name, &policy)?);
        }
        std::fs::write(root.join("collaboration.toml"), text)
    }
}

pub(super) fn batch(bank: &Bank, table: &str) -> arrow::array::RecordBatch {
    match table {
        "accounts" => columns::accounts(&bank.accounts),
        "transactions" => columns::transactions(&bank.transactions),
        other => panic!("no such table: {other}"),
    }
}

fn table(root: &Path, party: &str, name: &str, policy: &str) -> std::io::Result<String> {
    let file = format!("{party}/{name}.policy.toml");
    std::fs::create_dir_all(root.join(party))?;
    std::fs::write(root.join(&file), policy)?;
    Ok(format!(
        "[parties.{party}.tables.{name}]\ndata = \"{party}/{name}.parquet\"\npolicy = \"{file}\"\n"
    ))
}
