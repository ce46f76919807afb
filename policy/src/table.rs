//! One table's policy in force: its rules resolved against the columns that the table really has.

use std::collections::BTreeMap;

use crate::capability::{Capabilities, RuleSpan};
use crate::document::{
    Access, Approval, Disclosure, JoinConsent, Mode, PolicyDocument, PolicySource,
};
use crate::ident::{KeyDomain, PartyId, TableRef, UnitSpace};
use crate::obligation::Obligations;
pub use crate::resolve::{ColumnKind, ColumnShape};
use crate::restriction::Restriction;

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
    pub source: PolicySource,
    /// Who may ask.
    pub access: Access,
    /// Thresholds, contract floors already met in.
    pub disclosure: Disclosure,
    /// What house rules ask of approved questions as well.
    pub least: Obligations,
    /// Consents by key domain, with the line of each.
    pub joins: BTreeMap<KeyDomain, (JoinConsent, RuleSpan)>,
    /// Columns that are not hidden, in table order.
    pub columns: Vec<VisibleColumn>,
    /// Rows that only some parties may use.
    pub only: Vec<Restriction>,
    /// Keys (one or several columns) declared unique and found so at sealing.
    pub unique: Vec<Vec<String>>,
    /// The terms of approved questions.
    pub approve: Vec<Approval>,
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
        self.disclosure.min_contributors.value.of(unit)
    }

    /// Whether the table is nobody's secret: k = 1 throughout, no unit, and no mode that asks for more.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.disclosure.mode.value == Mode::Statistical
            && self.disclosure.min_contributors.value.largest() <= 1
            && self.columns.iter().all(|c| c.capabilities.unit.is_none())
    }

    /// Whether this owner consents to link its rows with `other` on `domain`.
    #[must_use]
    pub fn consents(&self, domain: &KeyDomain, other: &PartyId) -> bool {
        self.joins
            .get(domain)
            .is_some_and(|(consent, _)| consent.with.contains(other))
    }

    /// Whether the other party's side may hold the key more than once.
    #[must_use]
    pub fn allows_many(&self, domain: &KeyDomain, other: &PartyId) -> bool {
        self.joins
            .get(domain)
            .is_some_and(|(consent, _)| consent.many.contains(other))
    }

    /// Whether anti joins and unmatched rows are consented to on this domain with that party.
    #[must_use]
    pub fn allows_negation(&self, domain: &KeyDomain, other: &PartyId) -> bool {
        self.joins.get(domain).is_some_and(|(consent, _)| {
            consent.negation && (consent.with.contains(other) || *other == self.table.party)
        })
    }

    /// Whether the named columns hold a key found unique.
    #[must_use]
    pub fn is_unique_on(&self, columns: &[&str]) -> bool {
        self.unique
            .iter()
            .any(|key| key.iter().all(|column| columns.contains(&column.as_str())))
    }

    /// Unit spaces of the visible columns.
    pub fn units(&self) -> impl Iterator<Item = &UnitSpace> {
        self.columns
            .iter()
            .filter_map(|c| c.capabilities.unit.as_ref())
    }

    /// The document this policy came from decides nothing any more; only its name is kept.
    #[must_use]
    pub fn is_from(&self, document: &PolicyDocument) -> bool {
        self.digest == document.digest
    }
}
