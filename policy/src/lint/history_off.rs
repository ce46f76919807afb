//! Without a memory of answers, two of them differ by one person.

use super::{Lint, Subject};
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "history_off",
    about: "History is off: two answers may differ by one person.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let history = &subject.document.disclosure.history;
    if history.value || !subject.protected() {
        return Vec::new();
    }
    let message =
        "history is off: two answers over nearly the same people tell the difference apart";
    let help = "write `history = \"snap\"`";
    vec![subject.warning(&history.span, message, help)]
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "history_off",
            "[disclosure]\nhistory = \"off\"\n[columns]\nid = { unit = \"person\" }\n",
            "[columns]\nid = { unit = \"person\" }\n",
            None,
        );
    }
}
