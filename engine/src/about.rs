//! What an admitted question is about: its tables, its mode, and what its answer owes, in words.

use std::collections::BTreeSet;

use admit::{Admitted, OwnList, Policies};
use policy::ident::TableRef;

use crate::answer::note;
use crate::approved::{Terms, list};
use crate::engine::Engine;
use crate::explanation::{beyond_support_in_words, owed_in_words};
use crate::private::{self, Reserved};
use crate::restriction::Restricted;

/// What an admitted question is about.
pub(crate) struct About<'t> {
    pub(crate) tables: BTreeSet<TableRef>,
    /// What differential privacy promises of it, in words.
    pub(crate) private: Vec<String>,
    /// `plain`, `statistical`, `approved` or `dp`.
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
                private: Vec::new(),
                mode: "plain",
                restricted,
                terms: None,
            },
            Admitted::Released { tables, .. } => Self {
                tables: tables.clone(),
                private: Vec::new(),
                mode: if terms.is_some() {
                    "approved"
                } else if is_private(admitted) {
                    "dp"
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

/// Whether its releases are differentially private.
fn is_private(admitted: &Admitted) -> bool {
    match admitted {
        Admitted::Plain { .. } => false,
        Admitted::Released { releases, .. } => {
            releases.iter().any(|release| release.private.is_some())
        }
    }
}

impl Engine {
    /// Says what differential privacy promises of an answer, and what it has spent.
    pub(crate) fn promise(
        &self,
        about: &mut About<'_>,
        admitted: &Admitted,
        reserved: Option<&Reserved>,
    ) {
        if about.mode == "dp" {
            about.private = private::in_words(admitted, &about.tables, &self.policies);
            let lines = reserved.into_iter().flat_map(|reserved| &reserved.lines);
            about.private.extend(lines.cloned());
        }
    }

    /// The policies that hold for a question: those of its terms, or everybody's own.
    pub(crate) fn in_force<'e>(&'e self, terms: Option<&'e Terms>) -> &'e Policies {
        terms.map_or(&self.policies, |terms| &terms.policies)
    }

    /// What the answer owes, in words.
    pub(crate) fn thresholds(&self, about: &About<'_>) -> Vec<String> {
        if !about.is_protected() {
            return Vec::new();
        }
        if about.mode == "dp" {
            return about.private.clone();
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
        if about.mode == "dp" {
            return Some(private::note());
        }
        let policies = self.in_force(about.terms);
        about
            .is_protected()
            .then(|| note(&about.tables, &policies.tables))
            .flatten()
    }
}
