//! A side that repeats a key weights the rows it meets.

use super::{Lint, Subject};
use crate::ident::PartyId;
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "many_others",
    about: "`many` lets another party repeat a key, and so weight your rows.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let document = subject.document;
    let granted = document
        .joins
        .iter()
        .filter(|(_, consent)| !consent.many.is_empty());
    let found = granted.map(|(domain, consent)| {
        let parties: Vec<&str> = consent.many.iter().map(PartyId::as_str).collect();
        let idle = consent.many.iter().find(|party| !consent.with.contains(party));
        let message = match idle {
            Some(party) => format!("`many` lists {party}, which `with` does not"),
            None => format!("{} may repeat keys of `{domain}`, and so weight your rows in sums", parties.join(", ")),
        };
        let help = "list only parties whose table truly has several rows for a key, such as payments of an account";
        subject.warning(&consent.span, message, help)
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "many_others",
            "[joins.acct]\nwith = [\"b\"]\nmany = [\"b\"]\n[columns]\nid = { unit = \"person\", join = \"acct\" }\n",
            "[joins.acct]\nwith = [\"b\"]\n[columns]\nid = { unit = \"person\", join = \"acct\" }\n",
            None,
        );
    }
}
