//! Obligations that this version refuses by name.

use super::{Lint, Subject};
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "unsupported_obligation",
    about: "An obligation that this version cannot enforce: the table is refused.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    crate::unsupported(subject.document)
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "unsupported_obligation",
            "extends = \"x.toml\"\n[columns]\nid = { unit = \"person\" }\n",
            "[columns]\nid = { unit = \"person\" }\n",
            None,
        );
    }
}
