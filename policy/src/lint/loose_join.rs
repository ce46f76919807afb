//! A consent without a column, or a column without a consent, links nothing.

use super::{Lint, Subject};
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "loose_join",
    about: "A join domain without consent, or a consent without a column.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let document = subject.document;
    let mut problems = Vec::new();
    for (domain, consent) in &document.joins {
        if !document.rules().any(|rule| rule.join.contains(domain)) {
            let message =
                format!("[joins.{domain}] consents to link on a domain that no column has");
            let help = "give the key `join`, or drop the consent";
            problems.push(subject.warning(&consent.span, message, help));
        }
    }
    for rule in document.rules() {
        let silent = rule
            .join
            .iter()
            .filter(|domain| !document.joins.contains_key(*domain));
        problems.extend(silent.map(|domain| {
            let message = format!(
                "`{}` is a key of `{domain}`, but nobody else may link on it",
                rule.pattern.value
            );
            let help =
                "write [joins.DOMAIN] with the parties that may; your own tables need no consent";
            subject.warning(&rule.pattern.span, message, help)
        }));
    }
    problems
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "loose_join",
            "[columns]\nid = { unit = \"person\", join = \"acct\" }\n",
            "[joins.acct]\nwith = [\"b\"]\n[columns]\nid = { unit = \"person\", join = \"acct\" }\n",
            None,
        );
    }
}
