//! A floor above k is what holds.

use super::{Lint, Subject};
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "floor_above_k",
    about: "`floor` is above `min_contributors`: the floor is what holds.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let disclosure = &subject.document.disclosure;
    let k = disclosure.min_contributors.value.smallest();
    let above = disclosure.floor.iter().filter(|floor| floor.value > k);
    let found = above.map(|floor| {
        let message = format!(
            "the floor {} is above k, which is {k}: the floor holds",
            floor.value
        );
        subject.warning(
            &floor.span,
            message,
            "raise `min_contributors`, or lower the floor",
        )
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "floor_above_k",
            "[disclosure]\nmin_contributors = 3\nfloor = 5\n[columns]\nid = { unit = \"person\" }\n",
            "[disclosure]\nmin_contributors = 5\nfloor = 3\n[columns]\nid = { unit = \"person\" }\n",
            None,
        );
    }
}
