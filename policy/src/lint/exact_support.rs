//! A support test on the exact count tells when a group reaches k.

use super::{Lint, Subject};
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "exact_support",
    about: "Jitter is off: a group that appears has just reached k.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let jitter = &subject.document.disclosure.jitter;
    if jitter.value || !subject.protected() {
        return Vec::new();
    }
    let message =
        "jitter is off: whoever knows k-1 members of a group sees whether it has one more";
    let help = "write `jitter = true`";
    vec![subject.warning(&jitter.span, message, help)]
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "exact_support",
            "[disclosure]\njitter = false\n[columns]\nid = { unit = \"person\" }\n",
            "[columns]\nid = { unit = \"person\" }\n",
            None,
        );
    }
}
