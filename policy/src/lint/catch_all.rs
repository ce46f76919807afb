//! A pattern for every column grants what is added tomorrow.

use super::{Lint, Subject};
use crate::document::ColumnRule;
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "catch_all",
    about: "The pattern `*` grants something to every column, also to those added later.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let every = |rule: &ColumnRule| {
        !rule.pattern.value.is_empty() && rule.pattern.value.chars().all(|c| c == '*')
    };
    let found = subject
        .rules()
        .filter(|(rule, _)| every(rule))
        .map(|(rule, _)| {
            let message = "a pattern for every column shows also those that are added later";
            let help = "name the columns, or a prefix such as \"code_*\"";
            subject.warning(&rule.pattern.span, message, help)
        });
    found.collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "catch_all",
            "[columns]\nid = { unit = \"person\" }\n\"*\" = { dimension = true }\n",
            "[columns]\nid = { unit = \"person\" }\n\"code_*\" = { dimension = true }\n",
            None,
        );
    }
}
