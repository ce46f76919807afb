//! A threshold so low that a member of the group knows the rest.

use super::{Lint, Subject};
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "low_k",
    about: "k below 3: with two contributors each knows the other.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let k = &subject.document.disclosure.min_contributors;
    if k.value.smallest() >= 3 || !subject.protected() {
        return Vec::new();
    }
    let message = format!(
        "k is {}: each contributor can tell what the others are",
        k.value.smallest()
    );
    let help =
        "officers choose 10 for questions made up on the spot, 5 for approved ones, never under 3";
    vec![subject.warning(&k.span, message, help)]
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "low_k",
            "[disclosure]\nmin_contributors = { person = 2 }\n[columns]\nid = { unit = \"person\" }\n",
            "[disclosure]\nmin_contributors = 3\n[columns]\nid = { unit = \"person\" }\n",
            None,
        );
    }
}
