//! Reads house rules: `[access]` and `[disclosure]` as in a policy, and what approved questions may have besides.

use std::ops::Range;

use sha2::{Digest, Sha256};
use toml::de::DeTable;

use super::disclosure::budget;
use super::reader::{self, Reader};
use super::{access, disclosure_section, section, version};
use crate::document::{Access, PolicySource};
use crate::house::{Granted, HouseRules};
use crate::problem::{Problem, sorted};

const KEYS: &[&str] = &["policy", "extends", "access", "disclosure", "approve"];
/// Keys of a policy that are about one table.
const OF_A_TABLE: &[&str] = &["table", "unique", "rows", "joins", "columns", "derive"];
const GRANTS: &[&str] = &["exact", "history", "runs"];

impl HouseRules {
    /// Parses house rules.
    ///
    /// # Errors
    /// Everything that is wrong with the text, in the order of its lines.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let source = PolicySource::new(file, text);
        let parsed = reader::parse_toml(&source)?;
        let mut reader = Reader::new(&source);
        let rules = read(&mut reader, parsed.get_ref());
        if reader.problems.is_empty() {
            Ok(rules)
        } else {
            Err(sorted(reader.problems))
        }
    }

    /// Whether a text is meant as house rules: it is of no table, and has no columns either.
    #[must_use]
    pub fn are(text: &str) -> bool {
        let (root, _) = DeTable::parse_recoverable(text);
        let root = root.get_ref();
        root.contains_key("policy") && !OF_A_TABLE.iter().any(|key| root.contains_key(*key))
    }
}

fn read(reader: &mut Reader<'_>, root: &DeTable<'_>) -> HouseRules {
    keys(reader, root);
    version(reader, root);
    let extends = root.get("extends").and_then(|v| reader.text(v, "extends"));
    let access: Access = section(reader, root, "access", access::read).unwrap_or_default();
    let disclosure = disclosure_section(reader, root, &(0..0));
    let granted: Granted = section(reader, root, "approve", granted).unwrap_or_default();
    HouseRules {
        source: reader.source.clone(),
        digest: Sha256::digest(reader.source.text.as_bytes()).into(),
        extends,
        access,
        disclosure,
        granted,
    }
}

fn keys(reader: &mut Reader<'_>, root: &DeTable<'_>) {
    for key in root.keys() {
        let name: &str = key.get_ref();
        if OF_A_TABLE.contains(&name) {
            let message = format!("`{name}` is of one table, and house rules are of many");
            let help = "put it into the policies, each of which says `extends = \"…\"` and names this file";
            reader.error_help(&key.span(), message, help);
        }
    }
    let known: Vec<&str> = KEYS.iter().chain(OF_A_TABLE).copied().collect();
    reader.only_keys(root, "a file of house rules", &known);
}

fn granted(reader: &mut Reader<'_>, table: &DeTable<'_>, _: &Range<usize>) -> Granted {
    reader.only_keys(table, "[approve] of house rules", GRANTS);
    let history = [("snap", false), ("off", true)];
    Granted {
        exact: table.get("exact").and_then(|v| reader.flag(v, "exact")),
        history_off: table
            .get("history")
            .and_then(|v| reader.word(v, "history", &history)),
        runs: table.get("runs").and_then(|v| budget(reader, v, "runs")),
    }
}
