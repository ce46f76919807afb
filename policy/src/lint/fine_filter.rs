//! A predicate on any amount or any second picks out one row.

use super::{Lint, Subject};
use crate::capability::{Filter, Grain, TimeUnit};
use crate::document::ColumnRule;
use crate::number::Decimal;
use crate::problem::Problem;
use crate::resolve::{ColumnKind, ColumnShape};

pub(super) const LINT: Lint = Lint {
    name: "fine_filter",
    about: "A filter without a grain on amounts or moments: a predicate picks out one row.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let found = |(rule, columns): (&ColumnRule, Vec<&ColumnShape>)| {
        let filter = rule.filter.as_ref()?;
        let Filter::Grain(grain) = &filter.value else {
            return None;
        };
        let reason = too_fine(grain, rule, &columns)?;
        let message = format!(
            "`{}` may be filtered by any {reason}: one predicate picks out one row",
            rule.pattern.value
        );
        Some(subject.warning(
            &filter.span,
            message,
            "write a grain, such as `filter = 1000` or `filter = \"1 day\"`",
        ))
    };
    subject.rules().filter_map(found).collect()
}

/// What is fine about a grain: moments or amounts, known by the column's type or by the rule.
pub(super) fn too_fine(
    grain: &Grain,
    rule: &ColumnRule,
    columns: &[&ColumnShape],
) -> Option<&'static str> {
    match grain {
        Grain::Any => {
            let is = |kind: ColumnKind| columns.iter().any(|column| column.kind == kind);
            if is(ColumnKind::Timestamp) {
                Some("moment")
            } else if is_amount(rule) || is(ColumnKind::Decimal) || is(ColumnKind::Float) {
                Some("amount")
            } else {
                None
            }
        }
        Grain::Time {
            unit: TimeUnit::Second | TimeUnit::Minute,
            ..
        } => Some("part of an hour"),
        Grain::Number(_) | Grain::Time { .. } => None,
    }
}

/// Whether a rule takes its column for an amount: a measure that is no flag of 0 and 1.
fn is_amount(rule: &ColumnRule) -> bool {
    let bounds = rule.measure.as_ref().map(|bounds| bounds.value);
    bounds.is_some_and(|bounds| (bounds.low, bounds.high) != (Decimal::from(0), Decimal::from(1)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "fine_filter",
            "[columns]\nid = { unit = \"person\" }\namount = { measure = [0, 5], filter = true }\n",
            "[columns]\nid = { unit = \"person\" }\namount = { measure = [0, 5], filter = 1 }\n",
            None,
        );
    }
}
