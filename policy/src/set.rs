//! All parties' policies in force, and what applies to a question over several of them.

use std::collections::BTreeMap;

use crate::document::Mode;
use crate::ident::{KeyDomain, TableRef};
use crate::obligation::Obligations;
use crate::table::TablePolicy;

/// Every table that the contract names, with its policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicySet {
    /// By table.
    pub tables: BTreeMap<TableRef, TablePolicy>,
}

impl PolicySet {
    /// A set of policies, each raised to the contract's floors.
    #[must_use]
    pub fn new(policies: impl IntoIterator<Item = TablePolicy>, floors: &Obligations) -> Self {
        let raised = policies.into_iter().map(|mut policy| {
            if !policy.is_public() {
                policy.disclosure.raise(floors);
            }
            (policy.table.clone(), policy)
        });
        Self {
            tables: raised.collect(),
        }
    }

    /// The policy of a table.
    #[must_use]
    pub fn get(&self, table: &TableRef) -> Option<&TablePolicy> {
        self.tables.get(table)
    }

    /// Whether both owners consent to link these two tables on a domain; one owner needs nobody's.
    #[must_use]
    pub fn link_consented(&self, domain: &KeyDomain, a: &TableRef, b: &TableRef) -> bool {
        if a.party == b.party {
            return self.get(a).is_some() && self.get(b).is_some();
        }
        match (self.get(a), self.get(b)) {
            (Some(left), Some(right)) => {
                left.consents(domain, &b.party) && right.consents(domain, &a.party)
            }
            (None, _) | (_, None) => false,
        }
    }

    /// The strictest obligations of the protected tables of a question; `None` when there is none.
    #[must_use]
    pub fn obligations<'t>(
        &self,
        tables: impl IntoIterator<Item = &'t TableRef>,
    ) -> Option<Obligations> {
        tables
            .into_iter()
            .filter_map(|table| self.get(table))
            .filter(|policy| !policy.is_public())
            .map(|policy| Obligations::from(&policy.disclosure))
            .reduce(|a, b| a.meet(&b))
    }

    /// Whether people behind answers to any of some tables are remembered, so that none may be left out.
    #[must_use]
    pub fn remembers<'t>(tables: impl IntoIterator<Item = &'t TablePolicy>) -> bool {
        tables.into_iter().any(|policy| {
            let disclosure = &policy.disclosure;
            let asks = disclosure.jitter.value
                || disclosure.history.value
                || disclosure.noise.value
                || disclosure.mode.value == Mode::Dp;
            asks && !policy.is_public()
        })
    }

    /// Whether any of some tables owes more than support, or counts the runs of approved questions.
    #[must_use]
    pub fn owes<'t>(tables: impl IntoIterator<Item = &'t TablePolicy>) -> bool {
        tables.into_iter().any(|policy| {
            let disclosure = &policy.disclosure;
            let asks = disclosure.jitter.value
                || disclosure.history.value
                || disclosure.noise.value
                || disclosure.questions.is_some()
                || disclosure.mode.value == Mode::Dp
                || !policy.approve.is_empty();
            asks && !policy.is_public()
        })
    }
}
