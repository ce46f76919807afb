//! A pattern that is about no column.

use super::{Lint, Subject};
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "dead_pattern",
    about: "A pattern about no column of the table.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    if subject.columns.is_none() {
        return Vec::new();
    }
    let dead = subject
        .rules()
        .filter(|(rule, columns)| rule.is_pattern() && columns.is_empty());
    let found = dead.map(|(rule, _)| {
        let message = format!("no column is left for the pattern `{}`", rule.pattern.value);
        subject.warning(
            &rule.pattern.span,
            message,
            "a named column wins, then the first pattern",
        )
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "dead_pattern",
            "[columns]\nid = { unit = \"person\" }\n\"x_*\" = { dimension = true }\n",
            "[columns]\nid = { unit = \"person\" }\n\"i*\" = { dimension = true }\n\"*\" = {}\n",
            Some(&[
                crate::resolve::ColumnShape::new("id", crate::resolve::ColumnKind::Text),
                crate::resolve::ColumnShape::new("ix", crate::resolve::ColumnKind::Text),
                crate::resolve::ColumnShape::new("z", crate::resolve::ColumnKind::Text),
            ]),
        );
    }
}
