//! Which rows of a table the parties of a question may use: a function of the policies, and no plan can change it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use admit::Admitted;
use datafusion::catalog::TableProvider;
use policy::ident::{PartyId, TableRef};
use policy::restriction::Restriction;
use seal::{digest_hex, length_prefixed};
use serde::Serialize;

use crate::engine::{ContractTable, Engine, Question};
use crate::refusal::Refusal;
use crate::scan::{RestrictedTable, SealedTable};

/// The tables of a question whose rows are restricted, with what restricts them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Restricted<'e>(BTreeMap<TableRef, Vec<Of<'e>>>);

/// A restriction, and the party that it restricts.
type Of<'e> = (&'e PartyId, &'e Restriction);

/// A table of which a question may use some rows only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RestrictedRows {
    /// `party.table`.
    pub table: String,
    /// Whom its owner lets use some rows only.
    pub party: String,
    /// The policy file.
    pub file: String,
    /// The line that says so.
    pub line: usize,
}

impl Engine {
    /// What restricts an admitted question.
    pub(crate) fn restricted<'e>(
        &'e self,
        question: &'e Question,
        admitted: &Admitted,
    ) -> Restricted<'e> {
        let (tables, alone) = match admitted {
            Admitted::Plain { tables, .. } => (tables, true),
            Admitted::Released { tables, .. } => (tables, false),
        };
        let (asker, recipient) = (&question.principal.party, &question.recipient);
        let mut found = BTreeMap::new();
        for (table, policy) in tables
            .iter()
            .filter_map(|table| self.policies.tables.get_key_value(table))
        {
            let restrictions = policy.restrictions(asker, recipient, alone);
            if !restrictions.is_empty() {
                found.insert(table.clone(), restrictions);
            }
        }
        Restricted(found)
    }

    /// What a question reads of an unlocked table.
    ///
    /// # Errors
    /// When the table was not sealed for a restriction: [`sealed_for`] has seen to it.
    pub(crate) fn rows_for(
        &self,
        restricted: &Restricted<'_>,
        name: &TableRef,
        unlocked: Arc<SealedTable>,
    ) -> Result<Arc<dyn TableProvider>, Refusal> {
        let Some(restrictions) = restricted.0.get(name) else {
            return Ok(unlocked);
        };
        let table = self.setup.tables.get(name);
        let columns = restrictions.iter();
        let columns = columns.map(|(_, only)| table.and_then(|table| column(table, only)));
        let columns: Option<BTreeSet<String>> = columns.collect();
        let columns = columns.ok_or_else(|| Refusal::Tampered(format!("{name}: {UNSEALED}")))?;
        let columns = columns.into_iter().collect();
        Ok(Arc::new(RestrictedTable::new(unlocked, columns)))
    }
}

impl Restricted<'_> {
    /// A version of a table as this question sees it.
    pub(crate) fn version(&self, table: &TableRef, manifest: &str) -> String {
        let Some(restrictions) = self.0.get(table) else {
            return manifest.to_owned();
        };
        let conditions = restrictions
            .iter()
            .map(|(_, only)| only.predicate.as_bytes());
        let conditions: BTreeSet<&[u8]> = conditions.collect();
        let parts = std::iter::once(manifest.as_bytes()).chain(conditions);
        digest_hex(&length_prefixed(parts))
    }

    /// Whose use of which rows is restricted, and by which lines.
    pub(crate) fn lines(&self) -> Vec<RestrictedRows> {
        let line = |table: &TableRef, (party, only): &Of<'_>| RestrictedRows {
            table: table.to_string(),
            party: party.to_string(),
            file: only.rule.file.clone(),
            line: only.rule.line,
        };
        let tables = self.0.iter();
        let lines = tables.flat_map(|(table, each)| each.iter().map(move |one| line(table, one)));
        lines.collect()
    }

    /// The tables of which some rows only were used, in words for a receipt.
    pub(crate) fn in_words(&self) -> Vec<String> {
        let tables = self.0.keys();
        let words =
            |table| format!("{table}: only the rows that its owner lets asker and recipient use");
        tables.map(words).collect()
    }
}

const UNSEALED: &str = "was sealed before its policy restricted rows; its owner must seal it again";

/// The sealed column that says which rows a restriction keeps.
fn column(table: &ContractTable, only: &Restriction) -> Option<String> {
    let digest = digest_hex(only.predicate.as_bytes());
    let mut sealed = table.manifest.restrictions.iter();
    let found = sealed.find(|restriction| restriction.predicate == digest)?;
    Some(found.column.clone())
}

/// Refuses a table that was sealed without what its policy restricts rows by.
///
/// # Errors
/// Names the line of the policy.
pub(crate) fn sealed_for(name: &TableRef, table: &ContractTable) -> Result<(), Refusal> {
    let mut only = table.policy.only.iter();
    match only.find(|only| column(table, only).is_none()) {
        None => Ok(()),
        Some(only) => {
            let (file, line) = (&only.rule.file, only.rule.line);
            Err(Refusal::Tampered(format!(
                "{file}:{line}: {name} {UNSEALED}"
            )))
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use object_store::path::Path;
    use policy::document::PolicyDocument;
    use policy::resolve::{ColumnKind, ColumnShape};
    use policy::table::TablePolicy;
    use seal::{Manifest, RestrictionEntry};

    use super::*;

    fn manifest(conditions: &[&str]) -> Manifest {
        let restrictions = conditions.iter().enumerate();
        let restriction = |(at, condition): (usize, &&str)| RestrictionEntry {
            column: format!("c{at}"),
            predicate: digest_hex(condition.as_bytes()),
        };
        Manifest {
            manifest: 1,
            contract: String::new(),
            party: "owner".to_owned(),
            table: "t".to_owned(),
            version: 1,
            previous: None,
            columns: Vec::new(),
            restrictions: restrictions.map(restriction).collect(),
            files: Vec::new(),
            rows: 0,
            declarations: String::new(),
            source: String::new(),
            unique: Vec::new(),
            most_rows: BTreeMap::new(),
            sealed_at: String::new(),
        }
    }

    fn table(written: &[&str], sealed: &[&str]) -> (TableRef, ContractTable) {
        let entry = |rows: &&str| format!("[[rows.only]]\nparty = \"b\"\nwhere = \"{rows}\"\n");
        let entries: Vec<String> = written.iter().map(entry).collect();
        let columns = "[columns]\nid = { unit = \"person\" }\n";
        let text = format!("policy = 1\ntable = \"t\"\n{}{columns}", entries.concat());
        let document = PolicyDocument::parse("t.policy.toml", &text).unwrap();
        let shapes = [ColumnShape::new("id".to_owned(), ColumnKind::Integer)];
        let owner = PartyId::new("owner").unwrap();
        let policy = TablePolicy::resolve_sealed(&document, &owner, &shapes, &[]).unwrap();
        let name = policy.table.clone();
        let manifest = manifest(sealed);
        let (digest, folder) = (String::new(), Path::default());
        let table = ContractTable {
            policy,
            manifest,
            digest,
            folder,
        };
        (name, table)
    }

    #[test]
    fn a_table_sealed_under_other_conditions_is_refused() {
        for (written, sealed, line) in [
            (&["id > 1"][..], &["id > 1"][..], None),
            (&["id > 1"], &["id > 2", "id > 1"], None),
            (&[], &["id > 1"], None),
            (&["id > 1"], &[], Some(4)),
            (&["id > 1", "id > 2"], &["id > 1", "id >  2"], Some(7)),
        ] {
            let (name, table) = table(written, sealed);
            let why = line.map(|line| {
                let why = format!("t.policy.toml:{line}: owner.t {UNSEALED}");
                Refusal::Tampered(why)
            });
            assert_eq!(
                sealed_for(&name, &table).err(),
                why,
                "{written:?} {sealed:?}"
            );
        }
    }

    #[test]
    fn a_version_is_another_one_to_whom_other_conditions_restrict() {
        let (name, table) = table(&["id > 1", "id > 2"], &["id > 1", "id > 2"]);
        let [b, c] = ["b", "c"].map(|party| PartyId::new(party).unwrap());
        let seen = |of: &[(&PartyId, usize)]| {
            let only = |(party, at): &(_, usize)| Some((*party, table.policy.only.get(*at)?));
            let only: Option<Vec<_>> = of.iter().map(only).collect();
            let only = only.unwrap();
            let tables = if only.is_empty() {
                BTreeMap::new()
            } else {
                BTreeMap::from([(name.clone(), only)])
            };
            Restricted(tables).version(&name, "digest")
        };
        assert_eq!(seen(&[]), "digest");
        assert_eq!(
            seen(&[(&b, 0), (&b, 1)]),
            seen(&[(&c, 1), (&b, 0), (&c, 0)])
        );
        let all = [
            seen(&[]),
            seen(&[(&b, 0)]),
            seen(&[(&b, 1)]),
            seen(&[(&b, 0), (&b, 1)]),
        ];
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 4);
    }
}
