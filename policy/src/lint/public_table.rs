//! k = 1 and no unit: everybody who may ask sees every row.

use super::{Lint, Subject};
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "public_table",
    about: "The table is public: whoever may ask reads every visible row.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    if !subject.document.is_public() {
        return Vec::new();
    }
    let k = &subject.document.disclosure.min_contributors;
    let message = "the table is public: whoever may ask it reads every visible row";
    let help = "right for code lists and the like; else give a column `unit` and raise k";
    vec![subject.warning(&k.span, message, help)]
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "public_table",
            "[disclosure]\nmin_contributors = 1\n[columns]\na = {}\n",
            "[columns]\nid = { unit = \"person\" }\n",
            None,
        );
    }
}
