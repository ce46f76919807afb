//! Identifiers are opaque; a dimension or filter on one gives them away.

use super::{Lint, Subject};
use crate::document::ColumnRule;
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "shown_identifier",
    about: "A unit or key that is also dimension or filter: identifiers leave, or are guessed.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let found = |rule: &ColumnRule| {
        let identifier = rule.unit.is_some() || !rule.join.is_empty();
        let use_ = match (&rule.dimension, &rule.filter) {
            (Some(_), _) => "leaves as a group key",
            (None, Some(_)) => "may be compared with a literal",
            (None, None) => return None,
        };
        let message = format!("`{}` identifies somebody, and {use_}", rule.pattern.value);
        let help = "leave `dimension` and `filter` to columns that say what somebody is, not who";
        identifier.then(|| subject.warning(&rule.pattern.span, message, help))
    };
    subject
        .rules()
        .filter_map(|(rule, _)| found(rule))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "shown_identifier",
            "[columns]\nid = { unit = \"person\", filter = true }\n",
            "[columns]\nid = { unit = \"person\" }\n",
            None,
        );
    }
}
