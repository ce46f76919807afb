//! Two units of the same rows: who stands behind a value is no longer asked of people alone.

use super::{Lint, Subject};
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "second_unit",
    about: "Two units of the same rows: whether enough of one stand behind a value may hang on one entity of the other.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let mut units = subject
        .document
        .rules()
        .filter_map(|rule| rule.unit.as_ref());
    let Some(first) = units.next().filter(|_| subject.protected()) else {
        return Vec::new();
    };
    let second = units.find(|unit| unit.value != first.value);
    let found = second.map(|second| {
        let message = format!(
            "`{}` is a unit besides `{}`: whether enough of the one stand behind a value may hang on one of the other",
            second.value, first.value
        );
        let help = "make it a unit only if it must be protected itself; the book's page on company says what one can read by it";
        subject.warning(&second.span, message, help)
    });
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        let two = |second: &str| {
            format!(
                "[columns]\npayer = {{ unit = \"person\" }}\nplace = {{ unit = \"{second}\" }}\n"
            )
        };
        crate::lint::example("second_unit", &two("shop"), &two("person"), None);
    }
}
