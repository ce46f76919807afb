//! A policy document against the columns that a table really has.
//!
//! The connector resolves against the whole table before it seals; the engine resolves against the
//! sealed table, whose hidden columns are not there at all. A misspelt name must not pass as a
//! harmless rule about nothing: `nmae = { hidden = true }` beside `"*" = { … }` would show `name`.

mod derived;
mod kind;
mod names;

use std::collections::{BTreeMap, BTreeSet};

pub use derived::misfits as derived_misfits;
pub use kind::{ColumnKind, ColumnShape};

use crate::capability::{Capabilities, RuleSpan};
use crate::document::{
    ColumnRule, Disclosure, JoinConsent, MinContributors, Mode, Placed, PolicyDocument,
};
use crate::ident::{KeyDomain, PartyId, TableRef, UnitSpace};
use crate::problem::{Problem, sorted};
use crate::restriction;
use crate::table::{TablePolicy, VisibleColumn};
use crate::unsupported::unread;

/// Which columns of the table are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    /// All of them.
    Whole,
    /// Those that are not hidden.
    Visible,
}

impl TablePolicy {
    /// Resolves a policy against all columns of its table, as before sealing.
    ///
    /// `found_unique` are the keys found without duplicates; a key counts as unique only when it is
    /// declared as well.
    ///
    /// # Errors
    /// Every named column that the table does not have, every capability that does not fit a
    /// column's type, and a protected table without a unit.
    pub fn resolve(
        document: &PolicyDocument,
        owner: &PartyId,
        columns: &[ColumnShape],
        found_unique: &[Vec<String>],
    ) -> Result<Self, Vec<Problem>> {
        resolve(document, owner, columns, found_unique, Given::Whole)
    }

    /// Resolves a policy against a sealed table, whose hidden columns are absent.
    ///
    /// # Errors
    /// As [`Self::resolve`], but hidden columns may be missing.
    pub fn resolve_sealed(
        document: &PolicyDocument,
        owner: &PartyId,
        columns: &[ColumnShape],
        found_unique: &[Vec<String>],
    ) -> Result<Self, Vec<Problem>> {
        resolve(document, owner, columns, found_unique, Given::Visible)
    }
}

impl PolicyDocument {
    /// The rule about a column: one that names it, else the first pattern that matches. Patterns are
    /// not about derived columns.
    #[must_use]
    pub fn rule_for(&self, column: &str) -> Option<&ColumnRule> {
        if let Some(derived) = self.derived(column) {
            return Some(&derived.rule);
        }
        let named = self
            .columns
            .iter()
            .find(|rule| !rule.is_pattern() && rule.pattern.value == column);
        named.or_else(|| {
            self.columns
                .iter()
                .find(|rule| rule.is_pattern() && rule.matches(column))
        })
    }

    /// Whether a column is visible: some rule is about it, and does not hide it.
    #[must_use]
    pub fn shows(&self, column: &str) -> bool {
        self.rule_for(column).is_some_and(|rule| !rule.hidden)
    }

    /// The keys declared unique, given the table's columns: single ones, then composite ones.
    #[must_use]
    pub fn declared_unique(&self, columns: &[ColumnShape]) -> Vec<Vec<String>> {
        let single = columns
            .iter()
            .filter(|column| self.rule_for(&column.name).is_some_and(|rule| rule.unique))
            .map(|column| vec![column.name.clone()]);
        single
            .chain(self.unique.iter().map(|key| key.value.clone()))
            .collect()
    }
}

/// What does not fit the whole table before anything is derived: names without a column, capabilities
/// against a type.
pub(crate) fn misfits(document: &PolicyDocument, columns: &[ColumnShape]) -> Vec<Problem> {
    let mut problems = names::missing(document, columns, true);
    problems.extend(derived_misfits(document, columns));
    problems.extend(kind_misfits(document, columns));
    problems
}

fn kind_misfits(document: &PolicyDocument, columns: &[ColumnShape]) -> Vec<Problem> {
    let ruled = columns
        .iter()
        .filter_map(|column| Some((document.rule_for(&column.name)?, column)));
    ruled
        .flat_map(|(rule, column)| kind::misfits(document, rule, column))
        .collect()
}

fn resolve(
    document: &PolicyDocument,
    owner: &PartyId,
    columns: &[ColumnShape],
    found_unique: &[Vec<String>],
    given: Given,
) -> Result<TablePolicy, Vec<Problem>> {
    let mut problems = names::missing(document, columns, given == Given::Whole);
    problems.extend(unread(document));
    problems.extend(derived::missing(document, columns));
    problems.extend(kind_misfits(document, columns));
    let policy = policy(document, owner, columns, found_unique);
    problems.extend(without_unit(document, &policy));
    problems.extend(lost_units(document, &policy));
    if problems.is_empty() {
        Ok(policy)
    } else {
        Err(sorted(problems))
    }
}

fn policy(
    document: &PolicyDocument,
    owner: &PartyId,
    columns: &[ColumnShape],
    found_unique: &[Vec<String>],
) -> TablePolicy {
    let unique = unique(document, columns, found_unique);
    let visible = columns
        .iter()
        .filter_map(|column| visible(document, column, &unique));
    TablePolicy {
        table: TableRef {
            party: owner.clone(),
            table: document.table.value.clone(),
        },
        digest: document.digest,
        source: document.source.clone(),
        access: document.access.clone(),
        disclosure: with_floor(&document.disclosure),
        least: document.least.clone(),
        joins: consents(document),
        columns: visible.collect(),
        only: restriction::of(document),
        unique,
        approve: document.approve.clone(),
    }
}

fn visible(
    document: &PolicyDocument,
    column: &ColumnShape,
    unique: &[Vec<String>],
) -> Option<VisibleColumn> {
    let rule = document
        .rule_for(&column.name)
        .filter(|rule| !rule.hidden)?;
    let mut capabilities = capabilities(rule);
    capabilities.unique = unique
        .iter()
        .any(|key| key.len() == 1 && key.first() == Some(&column.name));
    Some(VisibleColumn {
        name: column.name.clone(),
        capabilities,
        rule: document.source.rule(&rule.pattern.span),
    })
}

/// What a rule grants; `own` belongs to approved lists, which are not there yet, and is kept for them.
fn capabilities(rule: &ColumnRule) -> Capabilities {
    Capabilities {
        unit: rule.unit.as_ref().map(|unit| unit.value.clone()),
        join: rule.join.iter().cloned().collect(),
        absent: rule.absent.clone(),
        unique: false,
        dimension: rule.dimension.as_ref().map(|grain| grain.value.clone()),
        filter: rule.filter.as_ref().map(|filter| filter.value.clone()),
        compare: rule.compare.iter().cloned().collect(),
        measure: rule.measure.as_ref().map(|bounds| bounds.value),
        cut: rule.cut.as_ref().map(|cut| cut.value),
        own: rule.own,
    }
}

/// Declared unique and found so, all of its columns visible.
fn unique(
    document: &PolicyDocument,
    columns: &[ColumnShape],
    found: &[Vec<String>],
) -> Vec<Vec<String>> {
    let same = |a: &[String], b: &[String]| {
        a.iter().all(|column| b.contains(column)) && b.iter().all(|column| a.contains(column))
    };
    let mut keys: Vec<Vec<String>> = Vec::new();
    for key in document.declared_unique(columns) {
        let seen = key.iter().all(|column| document.shows(column));
        let fresh = !keys.iter().any(|known| same(known, &key));
        if seen && fresh && found.iter().any(|f| same(f, &key)) {
            keys.push(key);
        }
    }
    keys
}

/// k is never below the policy's own floor.
fn with_floor(disclosure: &Disclosure) -> Disclosure {
    let mut disclosure = disclosure.clone();
    if let Some(floor) = &disclosure.floor {
        let k = &disclosure.min_contributors.value;
        let raised = MinContributors {
            default: k.default.max(floor.value),
            by_unit: k
                .by_unit
                .iter()
                .map(|(unit, k)| (unit.clone(), (*k).max(floor.value)))
                .collect(),
        };
        if raised != *k {
            disclosure.min_contributors = Placed {
                value: raised,
                span: floor.span.clone(),
            };
        }
    }
    disclosure
}

fn consents(document: &PolicyDocument) -> BTreeMap<KeyDomain, (JoinConsent, RuleSpan)> {
    let placed = |(domain, consent): (&KeyDomain, &JoinConsent)| {
        let rule = document.source.rule(&consent.span);
        (domain.clone(), (consent.clone(), rule))
    };
    document.joins.iter().map(placed).collect()
}

fn without_unit(document: &PolicyDocument, policy: &TablePolicy) -> Option<Problem> {
    let disclosure = &policy.disclosure;
    let protected = disclosure.min_contributors.value.largest() > 1
        || disclosure.mode.value != Mode::Statistical;
    if !protected || policy.units().next().is_some() {
        return None;
    }
    Some(no_unit(document))
}

/// Units of rules that are about no column: nobody would be counted by them, and a table that has no other would be public.
fn lost_units(document: &PolicyDocument, policy: &TablePolicy) -> Vec<Problem> {
    let counted: BTreeSet<&UnitSpace> = policy.units().collect();
    let units = document.rules().filter_map(|rule| rule.unit.as_ref());
    let lost = units.filter(|unit| !counted.contains(&unit.value));
    let problem = |unit: &Placed<UnitSpace>| {
        let message = format!(
            "no column is counted as `{}`: this rule is about none",
            unit.value
        );
        let help = "name the column that says whom a row is about; a rule with its name goes before a pattern";
        Problem::error(&document.source, &unit.span, message).with_help(help)
    };
    lost.map(problem).collect()
}

/// The refusal of a policy that protects nobody.
pub(crate) fn no_unit(document: &PolicyDocument) -> Problem {
    let (k, mode) = (
        &document.disclosure.min_contributors,
        &document.disclosure.mode,
    );
    let (at, what) = match mode.value {
        Mode::Template if k.value.largest() <= 1 => {
            (&mode.span, "`mode` is \"template\"".to_owned())
        }
        Mode::Dp if k.value.largest() <= 1 => (&mode.span, "`mode` is \"dp\"".to_owned()),
        Mode::Statistical | Mode::Template | Mode::Dp => {
            (&k.span, format!("k is {}", k.value.largest()))
        }
    };
    let message = format!("{what} but no column has a `unit`: nobody's rows could be counted");
    let help = "give the column that says whom a row is about `unit = \"person\"`, or make the table public with `min_contributors = 1`";
    Problem::error(&document.source, at, message).with_help(help)
}
