//! A threshold for a unit that the table does not have.

use super::{Lint, Subject};
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "extra_unit",
    about: "`min_contributors` names a unit that no column has.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let document = subject.document;
    let units = document.units();
    let k = &document.disclosure.min_contributors;
    if document.source.is_of_house(&k.span) {
        // house rules are of many tables
        return Vec::new();
    }
    let extra = k.value.by_unit.keys().filter(|unit| !units.contains(unit));
    let found = extra.map(|unit| {
        let message = format!("`min_contributors` names `{unit}`, which is no column's unit");
        subject.warning(&k.span, message, "drop it, or give a column that unit")
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "extra_unit",
            "[disclosure]\nmin_contributors = { person = 5, acct = 5 }\n[columns]\nid = { unit = \"person\" }\n",
            "[disclosure]\nmin_contributors = { person = 5 }\n[columns]\nid = { unit = \"person\" }\n",
            None,
        );
    }
}
