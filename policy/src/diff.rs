//! What a new version of a policy makes possible, and what it no longer lets through, in words.
//!
//! An officer signs the difference, so a change must never hide among neutral ones: each facet of
//! the policy is asked whether the new one lets through something that the old one did not, and the
//! other way round; a change that is neither more nor less is listed as changed.

mod access;
mod column;
mod disclosure;
mod example;
mod facet;
mod order;
mod rows;

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

pub use self::example::{Example, Scene, examples, scene};
pub use self::facet::Facet;
use crate::document::{Approval, JoinConsent, PolicyDocument};
use crate::ident::PartyId;
use crate::resolve::ColumnShape;
use crate::words;

/// The difference between two versions of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct PolicyDiff {
    /// What was refused and no longer is.
    pub newly_possible: Vec<String>,
    /// What each of these is about, in the same order.
    #[serde(skip)]
    pub facets: Vec<Facet>,
    /// What was allowed and no longer is.
    pub no_longer: Vec<String>,
    /// What is neither more nor less.
    pub changed: Vec<String>,
}

/// Compares two versions of a policy; with `columns`, by the table's real columns.
#[must_use]
pub fn diff(
    old: &PolicyDocument,
    new: &PolicyDocument,
    columns: Option<&[ColumnShape]>,
) -> PolicyDiff {
    let mut diff = PolicyDiff::default();
    if old.table.value != new.table.value {
        diff.changed.push(format!(
            "the table is {} instead of {}",
            new.table.value, old.table.value
        ));
    }
    let house = |document: &PolicyDocument| document.extends.as_ref().map(|e| e.value.clone());
    if house(old) != house(new) {
        let name = |house: Option<String>| house.unwrap_or_else(|| "no house rules".to_owned());
        let (was, is) = (name(house(old)), name(house(new)));
        diff.changed
            .push(format!("it extends {is} instead of {was}"));
    }
    access::compare(&old.access, &new.access, &mut diff);
    disclosure::compare(old, new, &mut diff);
    rows::compare(old, new, &mut diff);
    joins(old, new, &mut diff);
    column::compare(old, new, columns, &mut diff);
    questions(old, new, &mut diff);
    diff
}

impl PolicyDiff {
    /// Whether nothing is different.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.newly_possible.is_empty() && self.no_longer.is_empty() && self.changed.is_empty()
    }

    /// Whether the new version lets through nothing that the old one did not.
    #[must_use]
    pub fn only_narrows(&self) -> bool {
        self.newly_possible.is_empty() && self.changed.is_empty()
    }

    /// Says a gain.
    fn gain(&mut self, what: impl Into<String>, facet: Facet) {
        self.newly_possible.push(what.into());
        self.facets.push(facet);
    }

    /// Says a gain, a loss or nothing.
    fn say(&mut self, before: bool, after: bool, what: impl Into<String>, facet: Facet) {
        match (before, after) {
            (false, true) => self.gain(what, facet),
            (true, false) => self.no_longer.push(what.into()),
            (true, true) | (false, false) => {}
        }
    }

    /// Says each member that only one of two sets has.
    fn sets<T: Ord>(
        &mut self,
        old: &BTreeSet<T>,
        new: &BTreeSet<T>,
        sentence: impl Fn(&T) -> String,
        facet: impl Fn(&T) -> Facet,
    ) {
        for gained in new.difference(old) {
            self.gain(sentence(gained), facet(gained));
        }
        self.no_longer.extend(old.difference(new).map(&sentence));
    }
}

fn joins(old: &PolicyDocument, new: &PolicyDocument, diff: &mut PolicyDiff) {
    let domains: BTreeSet<_> = old.joins.keys().chain(new.joins.keys()).collect();
    for domain in domains {
        let (was, is) = (old.joins.get(domain), new.joins.get(domain));
        let set = |consent: Option<&JoinConsent>, list: fn(&JoinConsent) -> &Vec<PartyId>| {
            let parties = consent.into_iter().flat_map(|c| list(c).iter().cloned());
            parties.collect::<BTreeSet<_>>()
        };
        let linked = |party: &PartyId| Facet::Linked(domain.clone(), party.clone());
        let one = |party: &PartyId| format!("rows are linked with {party} on `{domain}`");
        diff.sets(&set(was, |c| &c.with), &set(is, |c| &c.with), one, linked);
        let many =
            |party: &PartyId| format!("{party} may have several rows for a key of `{domain}`");
        diff.sets(&set(was, |c| &c.many), &set(is, |c| &c.many), many, linked);
        let trusted = |party: &PartyId| Facet::Crowds(domain.clone(), party.clone());
        let crowds = |party: &PartyId| {
            format!("rows of many people may be worked out under one name of {party} on `{domain}`")
        };
        diff.sets(
            &set(was, |c| &c.crowds),
            &set(is, |c| &c.crowds),
            crowds,
            trusted,
        );
        let negation = |consent: Option<&JoinConsent>| consent.is_some_and(|c| c.negation);
        let with = words::parties(is.or(was).map_or(&[][..], |c| &c.with), "nobody");
        let what = format!("rows without a match on `{domain}` are counted, with {with}");
        let facet = Facet::Negation(domain.clone());
        diff.say(negation(was), negation(is), what, facet);
    }
}

fn questions(old: &PolicyDocument, new: &PolicyDocument, diff: &mut PolicyDiff) {
    for now in &new.approve {
        let name = &now.name.value;
        match old.approve.iter().find(|before| before.name.value == *name) {
            None => diff.gain(described(now), Facet::Agreed),
            Some(before) if before.same_terms(now) => {}
            Some(_) => diff
                .changed
                .push(format!("the terms of the approved question `{name}`")),
        }
    }
    let gone = old
        .approve
        .iter()
        .filter(|q| !new.approve.iter().any(|n| n.name.value == q.name.value));
    diff.no_longer.extend(gone.map(described));
}

fn described(approval: &Approval) -> String {
    let name = &approval.name.value;
    match approval.own_list() {
        None => format!("the approved question `{name}`"),
        Some(list) => format!("the approved question `{name}`, which {}", list.in_words()),
    }
}

impl fmt::Display for PolicyDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing changes\n");
        }
        let sections = [
            ("newly possible", &self.newly_possible),
            ("no longer possible", &self.no_longer),
            ("changed", &self.changed),
        ];
        for (title, lines) in sections.into_iter().filter(|(_, lines)| !lines.is_empty()) {
            writeln!(f, "{title}:")?;
            for line in lines {
                writeln!(f, "  {line}")?;
            }
        }
        Ok(())
    }
}
