//! A dominance rule withholds exact answers; with noise, withholding is itself a bit.

use super::{Lint, Subject};
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "dominance_with_noise",
    about: "A dominance rule beside noise: withholding is itself a bit.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let disclosure = &subject.document.disclosure;
    if disclosure.dominance.value == 0 || !disclosure.noise.value {
        return Vec::new();
    }
    let message =
        "a dominance rule is for exact answers: beside noise, withholding tells more than it hides";
    vec![subject.warning(
        &disclosure.dominance.span,
        message,
        "drop `dominance`, or switch noise off",
    )]
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "dominance_with_noise",
            "[disclosure]\ndominance = 10\n[columns]\nid = { unit = \"person\" }\n",
            "[disclosure]\nnoise = \"off\"\ndominance = 10\n[columns]\nid = { unit = \"person\" }\n",
            None,
        );
    }
}
