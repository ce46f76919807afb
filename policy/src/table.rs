//! One table's policy in force: its rules resolved against the columns that the table really has.

use std::collections::BTreeMap;

use crate::capability::{Capabilities, RuleSpan};
use crate::document::{Access, Disclosure, JoinConsent, PolicyDocument};
use crate::ident::{KeyDomain, PartyId, TableRef, UnitSpace};

/// A visible column with what it may be used for and the line that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisibleColumn {
    /// Its exact name.
    pub name: String,
    /// What it may be used for.
    pub capabilities: Capabilities,
    /// The deciding line.
    pub rule: RuleSpan,
}

/// What a table's policy comes to for the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablePolicy {
    /// The table.
    pub table: TableRef,
    /// Digest of the policy file.
    pub digest: [u8; 32],
    /// The file, for messages.
    pub file: String,
    /// Who may ask.
    pub access: Access,
    /// Thresholds, contract floors already met in.
    pub disclosure: Disclosure,
    /// Consents by key domain, with the line of each.
    pub joins: BTreeMap<KeyDomain, (JoinConsent, RuleSpan)>,
    /// Columns that are not hidden, in table order.
    pub columns: Vec<VisibleColumn>,
    /// Keys (one or several columns) found unique at sealing.
    pub unique: Vec<Vec<String>>,
}

impl TablePolicy {
    /// The column of this exact name, if visible.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&VisibleColumn> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// k for a unit space of this table.
    #[must_use]
    pub fn min_contributors(&self, unit: &UnitSpace) -> u32 {
        let k = &self.disclosure.min_contributors.value;
        k.by_unit.get(unit).copied().unwrap_or(k.default)
    }

    /// Whether the table is nobody's secret: k = 1 throughout and no unit.
    #[must_use]
    pub fn is_public(&self) -> bool {
        let k = &self.disclosure.min_contributors.value;
        k.default <= 1
            && k.by_unit.values().all(|k| *k <= 1)
            && self.columns.iter().all(|c| c.capabilities.unit.is_none())
    }

    /// Whether this owner consents to link its rows with `other` on `domain`.
    #[must_use]
    pub fn consents(&self, domain: &KeyDomain, other: &PartyId) -> bool {
        self.joins.get(domain).is_some_and(|(consent, _)| consent.with.contains(other))
    }

    /// The document this policy came from decides nothing any more; only its name is kept.
    #[must_use]
    pub fn is_from(&self, document: &PolicyDocument) -> bool {
        self.digest == document.digest
    }
}
