//! Permissions that this version does not honour yet grant nothing.

use std::ops::Range;

use super::{Lint, Subject};
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "not_honoured",
    about: "A permission that this version does not honour: it grants nothing.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let document = subject.document;
    let warn = |span: &Range<usize>, what: &str| {
        let message = format!("{what} is not honoured yet: it grants nothing");
        subject.warning(span, message, "keep it for a later version, or drop it")
    };
    let lists = document.approve.iter().filter(|a| !a.is_run());
    let approved = lists.map(|approval| {
        warn(
            &approval.name.span,
            &format!("the list of own entities `{}`", approval.name.value),
        )
    });
    let own = document.rules().filter(|rule| rule.own);
    let own = own.map(|rule| {
        warn(
            &rule.pattern.span,
            &format!("`own` of `{}`", rule.pattern.value),
        )
    });
    approved.chain(own).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "not_honoured",
            "[columns]\nid = { unit = \"person\", own = true }\n",
            "[columns]\nid = { unit = \"person\" }\n[derive]\nx = { sql = \"id\", filter = true }\n",
            None,
        );
    }
}
