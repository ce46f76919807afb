//! A section of a mode that is not on.

use super::{Lint, Subject};
use crate::document::Mode;
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "dead_dp",
    about: "[disclosure.dp] without `mode = \"dp\"` does nothing.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let disclosure = &subject.document.disclosure;
    match &disclosure.dp {
        Some(dp) if disclosure.mode.value != Mode::Dp => {
            let message = "[disclosure.dp] does nothing: the mode is another";
            vec![subject.warning(
                &dp.span,
                message,
                "write `mode = \"dp\"`, or drop the section",
            )]
        }
        Some(_) | None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "dead_dp",
            "[disclosure.dp]\nunit = \"person\"\nepsilon = 1\ntotal_epsilon = 2\ndelta = 1e-6\nmax_groups = 1\n[columns]\nid = { unit = \"person\" }\n",
            "[columns]\nid = { unit = \"person\" }\n",
            None,
        );
    }
}
