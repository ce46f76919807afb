//! The contract and its policies together: is it satisfiable, and what does it come to?

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::approvals;
use super::mutual::one_sided;
use super::{Contract, DigestHex};
use crate::document::PolicyDocument;
use crate::ident::{KeyDomain, PartyId, TableRef};
use crate::obligation::Obligations;
use crate::problem::{Problem, nearest, sorted};
use crate::unsupported::unread;

/// What the contract and all policies come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    /// What is wrong; an error means that a table cannot be used.
    pub problems: Vec<Problem>,
    /// Obligations by protected table, floors met in.
    pub obligations: BTreeMap<TableRef, Obligations>,
    /// Pairs of parties that both consent to link on a domain.
    pub links: BTreeSet<(KeyDomain, PartyId, PartyId)>,
}

impl Compiled {
    /// Whether every table can be used.
    #[must_use]
    pub fn is_satisfiable(&self) -> bool {
        !self.problems.iter().any(Problem::is_error)
    }
}

impl Contract {
    /// Checks the policies against the contract and meets its floors into them.
    ///
    /// A policy that names a party outside the contract grants nothing to anybody: a warning. A
    /// policy that is not the one signed, or that nobody can ever ask, is an error.
    #[must_use]
    pub fn compile(&self, policies: &BTreeMap<TableRef, PolicyDocument>) -> Compiled {
        let mut problems = Vec::new();
        for (table, document) in policies {
            let mut check = Check {
                contract: self,
                table,
                document,
                problems: &mut problems,
            };
            check.signed();
            check.problems.extend(unread(document));
            check.parties();
            check.restricted();
            check.purposes();
            check.expiry();
            problems.extend(one_sided(table, document, policies));
            problems.extend(approvals::check(self, table, policies));
        }
        let protected = policies
            .iter()
            .filter(|(_, document)| !document.is_public());
        let floors = self.floors.obligations();
        let obligations = protected.map(|(table, document)| {
            (
                table.clone(),
                Obligations::from(&document.disclosure).meet(&floors),
            )
        });
        Compiled {
            problems: sorted(problems),
            obligations: obligations.collect(),
            links: links(policies),
        }
    }
}

fn links(policies: &BTreeMap<TableRef, PolicyDocument>) -> BTreeSet<(KeyDomain, PartyId, PartyId)> {
    let grants: BTreeSet<(&KeyDomain, &PartyId, &PartyId)> = policies
        .iter()
        .flat_map(|(table, document)| {
            document.joins.iter().flat_map(move |(domain, consent)| {
                consent
                    .with
                    .iter()
                    .map(move |other| (domain, &table.party, other))
            })
        })
        .collect();
    grants
        .iter()
        .filter(|(domain, a, b)| a < b && grants.contains(&(*domain, *b, *a)))
        .map(|(domain, a, b)| ((*domain).clone(), (*a).clone(), (*b).clone()))
        .collect()
}

struct Check<'c> {
    contract: &'c Contract,
    table: &'c TableRef,
    document: &'c PolicyDocument,
    problems: &'c mut Vec<Problem>,
}

impl Check<'_> {
    fn error(&mut self, span: &Range<usize>, message: String, help: &str) {
        self.problems
            .push(Problem::error(&self.document.source, span, message).with_help(help));
    }

    fn warn(&mut self, span: &Range<usize>, message: String, help: String) {
        self.problems
            .push(Problem::warning(&self.document.source, span, message).with_help(help));
    }

    fn signed(&mut self) {
        let span = self.document.table.span.clone();
        match self.contract.tables.get(self.table) {
            None => {
                let message = format!("{} is not in the contract", self.table);
                self.error(&span, message, "add it with `subrosa contract add`");
            }
            Some(digest) if *digest != self.document.digest => {
                let message = format!(
                    "{} is under another policy in the contract ({})",
                    self.table,
                    DigestHex(digest).to_string().get(..12).unwrap_or("")
                );
                self.error(
                    &span,
                    message,
                    "put the new policy into the next version and sign it",
                );
            }
            Some(_) => {}
        }
        if self.table.table != self.document.table.value {
            let message = format!(
                "the policy is about `{}`, not {}",
                self.document.table.value, self.table
            );
            self.error(&span, message, "give each table its own policy");
        }
    }

    fn parties(&mut self) {
        for (party, span, place) in self.document.parties_named() {
            if self.contract.parties.contains_key(party) {
                continue;
            }
            let known = self.contract.parties.keys().map(PartyId::as_str);
            let help = match nearest(party.as_str(), known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "it grants nothing to anybody until that party joins".to_owned(),
            };
            let message = format!("{place} names {party}, which is not in the contract");
            self.warn(&span, message, help);
        }
    }

    /// A slip in the name would leave the party that was meant unrestricted.
    fn restricted(&mut self) {
        for only in &self.document.rows.only {
            let Some(party) = &only.party else { continue };
            if self.contract.parties.contains_key(party) {
                continue;
            }
            let known = self.contract.parties.keys().map(PartyId::as_str);
            let near = nearest(party.as_str(), known);
            let help = near.map_or_else(
                || "drop the restriction, or add the party to the contract".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("[[rows.only]] restricts {party}, which is not in the contract");
            self.error(&only.span, message, &help);
        }
    }

    fn purposes(&mut self) {
        let Some(purposes) = &self.document.access.purposes else {
            return;
        };
        if !purposes
            .value
            .iter()
            .any(|purpose| self.contract.purposes.contains(purpose))
        {
            let message = format!(
                "nobody may ask {}: the contract has none of its purposes",
                self.table
            );
            let known: Vec<&str> = self
                .contract
                .purposes
                .iter()
                .map(super::super::ident::Purpose::as_str)
                .collect();
            let help = format!("the contract's purposes are: {}", known.join(", "));
            self.warn(&purposes.span, message, help);
        }
    }

    fn expiry(&mut self) {
        let (Some(until), Some(expires)) = (&self.document.access.until, self.contract.expires)
        else {
            return;
        };
        if until.value > expires {
            let message = format!("the contract ends on {expires}, before this");
            self.warn(&until.span, message, "the earlier day holds".to_owned());
        }
    }
}

impl PolicyDocument {
    /// Every party that the policy grants something, with the place and what grants it.
    #[must_use]
    pub fn parties_named(&self) -> Vec<(&PartyId, Range<usize>, String)> {
        let mut named = Vec::new();
        let lists = [
            (&self.access.ask, "`ask`"),
            (&self.access.receive, "`receive`"),
        ];
        for (list, place) in lists
            .into_iter()
            .filter_map(|(list, place)| Some((list.as_ref()?, place)))
        {
            named.extend(
                list.value
                    .iter()
                    .map(|p| (p, list.span.clone(), place.to_owned())),
            );
        }
        let pool = &self.disclosure.pool;
        named.extend(
            pool.value
                .iter()
                .map(|p| (p, pool.span.clone(), "`pool`".to_owned())),
        );
        for (domain, consent) in &self.joins {
            let place = format!("[joins.{domain}]");
            let lists = [&consent.with, &consent.many, &consent.crowds];
            let parties: BTreeSet<&PartyId> = lists.into_iter().flatten().collect();
            named.extend(
                parties
                    .into_iter()
                    .map(|p| (p, consent.span.clone(), place.clone())),
            );
        }
        for rule in &self.columns {
            let place = format!("`{}`", rule.pattern.value);
            named.extend(
                rule.compare
                    .iter()
                    .map(|p| (p, rule.pattern.span.clone(), place.clone())),
            );
        }
        named
    }
}
