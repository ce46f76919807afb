//! What an admitted question is about: its tables, its mode, and what its answer owes, in words.

use std::collections::BTreeSet;

use admit::{Admitted, OwnList, Policies};
use policy::ident::TableRef;

use crate::answer::note;
use crate::approved::{Terms, list};
use crate::engine::Engine;
use crate::explanation::{beyond_support_in_words, owed_in_words};
use crate::restriction::Restricted;

/// What an admitted question is about.
pub(crate) struct About<'t> {
    pub(crate) tables: BTreeSet<TableRef>,
    /// `plain`, `statistical` or `approved`.
    pub(crate) mode: &'static str,
    /// The tables of which it sees some rows only.
    pub(crate) restricted: Restricted<'t>,
    terms: Option<&'t Terms>,
}

impl<'t> About<'t> {
    pub(crate) fn of(
        admitted: &Admitted,
        terms: Option<&'t Terms>,
        restricted: Restricted<'t>,
    ) -> Self {
        match admitted {
            Admitted::Plain { tables, .. } => Self {
                tables: tables.clone(),
                mode: "plain",
                restricted,
                terms: None,
            },
            Admitted::Released { tables, .. } => Self {
                tables: tables.clone(),
                mode: if terms.is_some() {
                    "approved"
                } else {
                    "statistical"
                },
                restricted,
                terms,
            },
        }
    }

    /// The terms of a list about own entities, if it is one.
    fn list(&self) -> Option<&OwnList> {
        self.terms?.list.as_ref()
    }

    fn is_protected(&self) -> bool {
        self.mode != "plain"
    }
}

impl Engine {
    /// The policies that hold for a question: those of its terms, or everybody's own.
    pub(crate) fn in_force<'e>(&'e self, terms: Option<&'e Terms>) -> &'e Policies {
        terms.map_or(&self.policies, |terms| &terms.policies)
    }

    /// What the answer owes, in words.
    pub(crate) fn thresholds(&self, about: &About<'_>) -> Vec<String> {
        if !about.is_protected() {
            return Vec::new();
        }
        let mut words = Vec::new();
        if let Some(terms) = about.terms {
            words.push(format!("approved question `{}`", terms.name));
            words.extend(terms.waivers.iter().cloned());
        }
        let policies = self.in_force(about.terms);
        match about.list() {
            None => words.extend(owed_in_words(policies, &about.tables)),
            Some(list) => {
                words.extend(list::owed_in_words(list));
                words.extend(beyond_support_in_words(policies, &about.tables));
            }
        }
        words
    }

    /// The constant note of the answer.
    pub(crate) fn note_about(&self, about: &About<'_>) -> Option<String> {
        if let Some(list) = about.list() {
            return Some(list::note(list));
        }
        let policies = self.in_force(about.terms);
        about
            .is_protected()
            .then(|| note(&about.tables, &policies.tables))
            .flatten()
    }
}
