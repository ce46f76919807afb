//! `[derive]`: columns that the owner computes when it seals.
//!
//! A question never computes them, so what it may do with one is what its rule says, and not what
//! the columns behind it allow.

use super::{ColumnRule, Placed, PolicyDocument};
use crate::ident::TableName;

/// How a derived column is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Derivation {
    /// A total SQL expression over the table's own columns.
    Sql(Placed<String>),
    /// A value looked up in another of the owner's tables.
    Lookup(Lookup),
}

/// A value from the row of another table whose key is this row's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// `table.column` as written.
    pub from: Placed<String>,
    /// `table.key = column` as written.
    pub on: Placed<String>,
    /// The other table.
    pub table: TableName,
    /// Its column with the values.
    pub value: String,
    /// Its column with the key, which must be unique there.
    pub key: String,
    /// The column of this table that holds such keys.
    pub column: String,
}

/// One entry of `[derive]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedColumn {
    /// How it is made.
    pub derivation: Derivation,
    /// Its name and capabilities; only those written here.
    pub rule: ColumnRule,
}

impl Derivation {
    /// Whether both compute the same, wherever they stand in their files.
    #[must_use]
    pub fn same_text(&self, other: &Self) -> bool {
        self.text() == other.text()
    }

    /// As the policy language writes it.
    #[must_use]
    pub fn written(&self) -> String {
        let quoted = crate::contract::quoted;
        match self {
            Self::Sql(sql) => format!("sql = {}", quoted(&sql.value)),
            Self::Lookup(lookup) => {
                let (from, on) = (quoted(&lookup.from.value), quoted(&lookup.on.value));
                format!("lookup = {from}, on = {on}")
            }
        }
    }

    /// The whole of it as one text.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Sql(sql) => sql.value.clone(),
            Self::Lookup(lookup) => format!("{} on {}", lookup.from.value, lookup.on.value),
        }
    }
}

impl DerivedColumn {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.rule.pattern.value
    }
}

impl PolicyDocument {
    /// The derived column of this name.
    #[must_use]
    pub fn derived(&self, name: &str) -> Option<&DerivedColumn> {
        self.derive.iter().find(|derived| derived.name() == name)
    }

    /// The rules of `[columns]`, then those of `[derive]`.
    pub fn rules(&self) -> impl Iterator<Item = &ColumnRule> {
        let derived = self.derive.iter().map(|derived| &derived.rule);
        self.columns.iter().chain(derived)
    }
}
