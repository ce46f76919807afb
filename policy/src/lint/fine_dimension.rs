//! A group key of any amount or moment is a row.

use super::fine_filter::too_fine;
use super::{Lint, Subject};
use crate::document::ColumnRule;
use crate::problem::Problem;
use crate::resolve::ColumnShape;

pub(super) const LINT: Lint = Lint {
    name: "fine_dimension",
    about: "A dimension without a grain on amounts or moments: each group is a row.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let found = |(rule, columns): (&ColumnRule, Vec<&ColumnShape>)| {
        let dimension = rule.dimension.as_ref()?;
        let grain = &dimension.value;
        let reason = too_fine(grain, rule, &columns)?;
        let message = format!(
            "`{}` is a group key by any {reason}: nearly every group is one row",
            rule.pattern.value
        );
        Some(subject.warning(
            &dimension.span,
            message,
            "write a grain, such as `dimension = \"month\"` or `dimension = 1000`",
        ))
    };
    subject.rules().filter_map(found).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "fine_dimension",
            "[columns]\nid = { unit = \"person\" }\nts = { dimension = \"1 minute\" }\n",
            "[columns]\nid = { unit = \"person\" }\nts = { dimension = \"1 day\" }\n",
            None,
        );
    }
}
