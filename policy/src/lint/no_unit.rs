//! A policy that protects nobody: k, but nobody to count.

use super::{Lint, Subject};
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "no_unit",
    about: "k above 1 without a unit: nobody could be counted.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let document = subject.document;
    let protected = document.disclosure.min_contributors.value.largest() > 1;
    if protected && document.units().is_empty() {
        vec![crate::resolve::no_unit(document)]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "no_unit",
            "[columns]\na = { dimension = true }\n",
            "[columns]\nid = { unit = \"person\" }\n",
            None,
        );
        crate::lint::example(
            "no_unit",
            "[columns]\na = { dimension = true }\n[derive]\nid = { sql = \"a\" }\n",
            "[columns]\na = { dimension = true }\n[derive]\nid = { sql = \"a\", unit = \"person\" }\n",
            None,
        );
    }
}
