//! A comparison has the grain of the filter, so without one there is none.

use super::{Lint, Subject};
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "compare_without_filter",
    about: "`compare` without `filter` grants nothing.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let idle = subject
        .rules()
        .filter(|(rule, _)| !rule.compare.is_empty() && rule.filter.is_none());
    let found = idle.map(|(rule, _)| {
        let message = format!(
            "`{}` has `compare` but no `filter`: nothing can be compared",
            rule.pattern.value
        );
        subject.warning(
            &rule.pattern.span,
            message,
            "write the grain: `filter = \"1 day\"`",
        )
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "compare_without_filter",
            "[columns]\nid = { unit = \"person\" }\nts = { compare = [\"b\"] }\n",
            "[columns]\nid = { unit = \"person\" }\nts = { compare = [\"b\"], filter = \"1 day\" }\n",
            None,
        );
    }
}
