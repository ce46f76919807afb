//! An empty list lets nobody ask.

use super::{Lint, Subject};
use crate::document::Placed;
use crate::ident::PartyId;
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "nobody_asks",
    about: "Nobody but the owner may ask, or receive.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let access = &subject.document.access;
    let empty = |list: &Option<Placed<Vec<PartyId>>>, what: &str| {
        let list = list.as_ref().filter(|list| list.value.is_empty())?;
        let message = format!("`{what}` is empty: nobody but the owner may");
        Some(subject.warning(
            &list.span,
            message,
            "list parties, or drop it: every party of the contract",
        ))
    };
    empty(&access.ask, "ask")
        .into_iter()
        .chain(empty(&access.receive, "receive"))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "nobody_asks",
            "[access]\nask = []\n[columns]\nid = { unit = \"person\" }\n",
            "[access]\nask = [\"b\"]\n[columns]\nid = { unit = \"person\" }\n",
            None,
        );
    }
}
