//! Consents, comparisons and pools that the other side does not return: they grant nothing, and two
//! officers who each think that the other has agreed should hear of it.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::document::{ColumnRule, PolicyDocument};
use crate::ident::{PartyId, TableRef};
use crate::problem::Problem;

/// Every one-sided permission of one table's policy.
pub(super) fn one_sided(
    table: &TableRef,
    document: &PolicyDocument,
    policies: &BTreeMap<TableRef, PolicyDocument>,
) -> Vec<Problem> {
    let me = &table.party;
    let mut check = Check {
        me,
        document,
        policies,
        problems: Vec::new(),
    };
    for (domain, consent) in &document.joins {
        let returned =
            |d: &PolicyDocument| d.joins.get(domain).is_some_and(|c| c.with.contains(me));
        let what = format!("consent to link on `{domain}` with {me}");
        let help = format!("until it does, no question may join the two on `{domain}`");
        check.each(&consent.with, &consent.span, returned, &what, &help);
    }
    let pool = &document.disclosure.pool;
    let returned = |d: &PolicyDocument| d.disclosure.pool.value.contains(me);
    let what = format!("pool its entities with {me}");
    check.each(
        &pool.value,
        &pool.span,
        returned,
        &what,
        "pooling needs both",
    );
    for rule in &document.columns {
        let lists = |rule: &ColumnRule| rule.compare.contains(me);
        let what = format!(
            "let its columns be compared with those of {me}, such as `{}`",
            rule.pattern.value
        );
        let returned = |d: &PolicyDocument| d.columns.iter().any(lists);
        check.each(
            &rule.compare,
            &rule.pattern.span,
            returned,
            &what,
            "comparing needs both",
        );
    }
    check.problems
}

struct Check<'c> {
    me: &'c PartyId,
    document: &'c PolicyDocument,
    policies: &'c BTreeMap<TableRef, PolicyDocument>,
    problems: Vec<Problem>,
}

impl Check<'_> {
    /// Warns of each listed party that has tables, none of which returns the permission.
    fn each(
        &mut self,
        listed: &[PartyId],
        span: &Range<usize>,
        returned: impl Fn(&PolicyDocument) -> bool,
        what: &str,
        help: &str,
    ) {
        for other in listed.iter().filter(|other| *other != self.me) {
            let mut theirs = self
                .policies
                .iter()
                .filter(|(table, _)| table.party == *other)
                .peekable();
            if theirs.peek().is_some() && !theirs.any(|(_, document)| returned(document)) {
                let message = format!("{other} does not {what}");
                let problem = Problem::warning(&self.document.source, span, message);
                self.problems.push(problem.with_help(help));
            }
        }
    }
}
