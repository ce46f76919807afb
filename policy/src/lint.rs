//! What a policy's owner should look at before signing: one lint a file, each with its bad and its
//! good example.
//!
//! Errors mean that this version would refuse the table; warnings, that the policy stands but is
//! weaker, or does less, than it may look.

mod catch_all;
mod compare_without_filter;
mod crowds_of_others;
mod dead_dp;
mod dead_pattern;
mod dominance_with_noise;
mod exact_support;
mod extra_unit;
mod few_others;
mod fine_dimension;
mod fine_filter;
mod float_dimension;
mod floor_above_k;
mod history_off;
mod large_epsilon;
mod list_cannot_run;
mod loose_join;
mod low_k;
mod many_others;
mod no_unit;
mod nobody_asks;
mod public_table;
mod second_unit;
mod shown_identifier;
mod thresholds_alone;
mod unknown_name;
mod unsupported_obligation;
mod waived;
mod wide_cut;

use std::collections::BTreeSet;

use crate::document::{ColumnRule, Mode, PolicyDocument};
use crate::ident::{PartyId, Purpose};
use crate::problem::{Problem, sorted};
use crate::resolve::{ColumnShape, misfits};

/// One check.
#[derive(Debug, Clone, Copy)]
pub struct Lint {
    /// Its name, as findings carry it.
    pub name: &'static str,
    /// What it looks for, in one sentence.
    pub about: &'static str,
    check: fn(&Subject<'_>) -> Vec<Problem>,
}

/// A policy with its table's columns, where these are known.
#[derive(Debug, Clone, Copy)]
struct Subject<'s> {
    document: &'s PolicyDocument,
    columns: Option<&'s [ColumnShape]>,
    known: Option<Known<'s>>,
}

/// Names that the contract knows.
#[derive(Debug, Clone, Copy)]
pub struct Known<'s> {
    /// Its parties.
    pub parties: &'s BTreeSet<PartyId>,
    /// Its purposes.
    pub purposes: &'s BTreeSet<Purpose>,
}

/// Every lint there is.
pub const LINTS: &[Lint] = &[
    catch_all::LINT,
    compare_without_filter::LINT,
    dead_dp::LINT,
    dead_pattern::LINT,
    dominance_with_noise::LINT,
    exact_support::LINT,
    extra_unit::LINT,
    few_others::LINT,
    fine_dimension::LINT,
    fine_filter::LINT,
    float_dimension::LINT,
    floor_above_k::LINT,
    history_off::LINT,
    large_epsilon::LINT,
    list_cannot_run::LINT,
    loose_join::LINT,
    low_k::LINT,
    many_others::LINT,
    crowds_of_others::LINT,
    no_unit::LINT,
    nobody_asks::LINT,
    public_table::LINT,
    second_unit::LINT,
    shown_identifier::LINT,
    thresholds_alone::LINT,
    unknown_name::LINT,
    unsupported_obligation::LINT,
    waived::LINT,
    wide_cut::LINT,
];

/// Everything to look at, by line; with `columns`, also what does not fit the table.
#[must_use]
pub fn lint(document: &PolicyDocument, columns: Option<&[ColumnShape]>) -> Vec<Problem> {
    lint_within(document, columns, None)
}

/// The same of a policy in a contract that knows these names.
#[must_use]
pub fn lint_within(
    document: &PolicyDocument,
    columns: Option<&[ColumnShape]>,
    known: Option<Known<'_>>,
) -> Vec<Problem> {
    let subject = Subject {
        document,
        columns,
        known,
    };
    let mut problems: Vec<Problem> = LINTS
        .iter()
        .flat_map(|lint| {
            (lint.check)(&subject)
                .into_iter()
                .map(|found| found.of_lint(lint.name))
        })
        .collect();
    problems.extend(
        columns
            .map(|columns| misfits(document, columns))
            .unwrap_or_default(),
    );
    sorted(problems)
}

impl<'s> Subject<'s> {
    fn warning(
        &self,
        span: &std::ops::Range<usize>,
        message: impl Into<String>,
        help: &str,
    ) -> Problem {
        Problem::warning(&self.document.source, span, message).with_help(help)
    }

    /// Rules that show something, each with the columns it is about, where these are known.
    fn rules(&self) -> impl Iterator<Item = (&'s ColumnRule, Vec<&'s ColumnShape>)> {
        let document = self.document;
        let columns = self.columns.unwrap_or_default();
        document
            .rules()
            .filter(|rule| !rule.hidden)
            .map(move |rule| {
                let decided = |column: &&ColumnShape| {
                    document
                        .rule_for(&column.name)
                        .is_some_and(|r| std::ptr::eq(r, rule))
                };
                (rule, columns.iter().filter(decided).collect())
            })
    }

    /// Whether thresholds, history and noise matter: not for a public table, nor under differential privacy.
    fn protected(&self) -> bool {
        !self.document.is_public() && self.document.disclosure.mode.value != Mode::Dp
    }
}

/// The bad example has the finding, the good one has not.
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
fn example(name: &str, bad: &str, good: &str, columns: Option<&[ColumnShape]>) {
    let found = |sections: &str| {
        let text = format!("policy = 1\ntable = \"t\"\n{sections}");
        let document = PolicyDocument::parse("t.policy.toml", &text).unwrap();
        lint(&document, columns)
            .iter()
            .any(|problem| problem.lint == Some(name))
    };
    assert!(found(bad), "{name} does not find the bad example");
    assert!(!found(good), "{name} finds the good example");
}

#[cfg(test)]
mod tests {
    use super::LINTS;

    #[test]
    fn names_are_unique_and_said() {
        let names: std::collections::BTreeSet<_> = LINTS.iter().map(|lint| lint.name).collect();
        assert_eq!(names.len(), LINTS.len());
        assert!(LINTS.iter().all(|lint| lint.about.ends_with('.')));
    }
}
