//! What a question reads, as far as a draft must know it.

use std::collections::{BTreeMap, BTreeSet};

use crate::ident::TableRef;
use crate::number::Decimal;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnRef {
    /// The table.
    pub table: TableRef,
    /// The column's exact name.
    pub column: String,
}

/// What a question reads.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Every column that it names, or that a view which it names does.
    pub columns: BTreeSet<ColumnRef>,
    /// Columns that it sets equal or unequal, or takes for one column of a grouping.
    pub links: BTreeSet<(ColumnRef, ColumnRef)>,
    /// Texts that it compares columns with.
    pub texts: BTreeSet<(ColumnRef, String)>,
    /// Numbers that it writes.
    pub numbers: BTreeSet<Decimal>,
}

impl Reading {
    /// Every column with the least of those it is linked with, through any number of others.
    pub(super) fn classes(&self) -> BTreeMap<&ColumnRef, &ColumnRef> {
        let mut least: BTreeMap<&ColumnRef, &ColumnRef> =
            self.columns.iter().map(|column| (column, column)).collect();
        let mut changed = true;
        while changed {
            changed = false;
            for (a, b) in &self.links {
                let (Some(x), Some(y)) = (least.get(a).copied(), least.get(b).copied()) else {
                    continue;
                };
                let lower = x.min(y);
                changed |= x != y;
                least.insert(a, lower);
                least.insert(b, lower);
            }
        }
        least
    }

    /// Whether a column is linked with another.
    pub(super) fn links(&self, column: &ColumnRef) -> bool {
        let mut links = self.links.iter();
        links.any(|(a, b)| a != b && (a == column || b == column))
    }
}
