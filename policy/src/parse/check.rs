//! What a policy says twice, or to no effect: contradictions that would be read differently by
//! two people are errors, so that nobody signs the one and gets the other.

use std::collections::BTreeSet;

use crate::document::{ColumnRule, PolicyDocument};
use crate::problem::{Problem, nearest};

/// Everything inconsistent within one policy.
pub(super) fn consistency(document: &PolicyDocument) -> Vec<Problem> {
    let mut problems = Vec::new();
    for rule in document.rules() {
        column(document, rule, &mut problems);
    }
    units_of_thresholds(document, &mut problems);
    problems.extend(dp_misfits(document));
    twice(document, &mut problems);
    restricted_public(document, &mut problems);
    problems
}

fn column(document: &PolicyDocument, rule: &ColumnRule, problems: &mut Vec<Problem>) {
    let name = &rule.pattern.value;
    let mut wrong = |message: String, help: &str| {
        let problem = Problem::error(&document.source, &rule.pattern.span, message);
        problems.push(problem.with_help(help));
    };
    let grants = rule.unit.is_some()
        || !rule.join.is_empty()
        || rule.dimension.is_some()
        || rule.filter.is_some()
        || rule.measure.is_some()
        || !rule.compare.is_empty()
        || rule.own;
    if rule.hidden && grants {
        wrong(
            format!("`{name}` is hidden and yet grants something"),
            "drop `hidden`, or the rest",
        );
    }
    if rule.own && rule.unit.is_none() {
        wrong(
            format!("`{name}` has `own` but no `unit`"),
            "only a unit's entities can be own ones",
        );
    }
    if !rule.absent.is_empty() && rule.unit.is_none() && rule.join.is_empty() {
        let help = "absent values are nobody: they need a `unit` or `join` to be nobody of";
        wrong(
            format!("`{name}` has `absent` but is neither unit nor key"),
            help,
        );
    }
    if rule.cut.is_some() && rule.measure.is_none() {
        let help = "a cut bounds what one entity adds to a sum: give the column a `measure`";
        wrong(format!("`{name}` has `cut` but no `measure`"), help);
    }
}

/// A misspelt unit would leave the right one at the default k; one too many does no harm.
fn units_of_thresholds(document: &PolicyDocument, problems: &mut Vec<Problem>) {
    let units = document.units();
    let approved = document
        .approve
        .iter()
        .filter_map(|a| a.min_contributors.as_ref());
    for k in [&document.disclosure.min_contributors]
        .into_iter()
        .chain(approved)
    {
        if units.iter().all(|unit| k.value.by_unit.contains_key(*unit)) {
            continue;
        }
        for unit in k.value.by_unit.keys().filter(|unit| !units.contains(unit)) {
            let message =
                format!("`min_contributors` names the unit `{unit}`, which no column has");
            let problem = Problem::error(&document.source, &k.span, message);
            let near = nearest(unit.as_str(), units.iter().map(|u| u.as_str()));
            problems.push(match near {
                Some(near) => problem.with_help(format!("did you mean `{near}`?")),
                None => problem.with_help("give a column that unit, or drop the entry"),
            });
        }
    }
}

/// Differential privacy for a unit that no column has.
pub(crate) fn dp_misfits(document: &PolicyDocument) -> Option<Problem> {
    let dp = document.disclosure.dp.as_ref()?;
    if document.units().contains(&dp.value.unit) {
        return None;
    }
    let message = format!(
        "[disclosure.dp] protects `{}`, which no column has as unit",
        dp.value.unit
    );
    Some(Problem::error(&document.source, &dp.span, message))
}

fn twice(document: &PolicyDocument, problems: &mut Vec<Problem>) {
    let columns: BTreeSet<&str> = document
        .columns
        .iter()
        .map(|c| c.pattern.value.as_str())
        .collect();
    for derived in &document.derive {
        let name = &derived.rule.pattern;
        if columns.contains(name.value.as_str()) {
            let message = format!("`{}` is in [columns] and in [derive]", name.value);
            let problem = Problem::error(&document.source, &name.span, message);
            problems
                .push(problem.with_help("a derived column's capabilities stand in [derive] alone"));
        }
    }
    own_twice(document, problems);
    let mut questions = BTreeSet::new();
    for approval in &document.approve {
        if !questions.insert(&approval.name.value) {
            let message = format!("two approved questions are named `{}`", approval.name.value);
            problems.push(Problem::error(
                &document.source,
                &approval.name.span,
                message,
            ));
        }
    }
}

/// Of a table that is nobody's secret, no row is.
fn restricted_public(document: &PolicyDocument, problems: &mut Vec<Problem>) {
    if !document.is_public() {
        return;
    }
    for only in &document.rows.only {
        let table = &document.table.value;
        let message = format!("`{table}` is public, so no party can be kept from rows of it");
        let help =
            "drop [[rows.only]], or protect the table: a `unit`, and `min_contributors` above 1";
        let problem = Problem::error(&document.source, &only.span, message);
        problems.push(problem.with_help(help));
    }
}

/// Two own columns of one space would be two names for whom a list is about.
fn own_twice(document: &PolicyDocument, problems: &mut Vec<Problem>) {
    let mut spaces = BTreeSet::new();
    for rule in document.rules().filter(|rule| rule.own) {
        if let Some(unit) = &rule.unit
            && !spaces.insert(&unit.value)
        {
            let message = format!(
                "`{}` is the second `own` column of unit `{}`",
                rule.pattern.value, unit.value
            );
            let problem = Problem::error(&document.source, &rule.pattern.span, message);
            problems
                .push(problem.with_help("own entities stand in one column: never a counterparty"));
        }
    }
}
