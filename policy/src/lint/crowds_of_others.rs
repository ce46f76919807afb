//! Rows of many people under another's names can be compared exactly.

use super::{Lint, Subject};
use crate::ident::PartyId;
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "crowds_of_others",
    about: "`crowds` lets rows of many of your people stand under one name that another party gave.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let document = subject.document;
    let granted = document
        .joins
        .iter()
        .filter(|(_, consent)| !consent.crowds.is_empty());
    let found = granted.map(|(domain, consent)| {
        let parties: Vec<&str> = consent.crowds.iter().map(PartyId::as_str).collect();
        let idle = consent.crowds.iter().find(|party| !consent.with.contains(party));
        let message = match idle {
            Some(party) => format!("`crowds` lists {party}, which `with` does not"),
            None => format!(
                "what many of your people come to under one key of `{domain}` that {} gave, or made up, is compared exactly",
                parties.join(", ")
            ),
        };
        let help = "list only parties that you trust to name whom they know, such as banks that trace the same payments";
        subject.warning(&consent.span, message, help)
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "crowds_of_others",
            "[joins.acct]\nwith = [\"b\"]\ncrowds = [\"b\"]\n[columns]\nid = { unit = \"person\", join = \"acct\" }\n",
            "[joins.acct]\nwith = [\"b\"]\n[columns]\nid = { unit = \"person\", join = \"acct\" }\n",
            None,
        );
    }
}
