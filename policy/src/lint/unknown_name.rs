//! A party or purpose that the contract does not know: most likely a slip of the pen.

use std::ops::Range;

use super::{Lint, Subject};
use crate::ident::{PartyId, Purpose};
use crate::problem::{Problem, Severity};

pub(super) const LINT: Lint = Lint {
    name: "unknown_name",
    about: "The contract knows no party, or purpose, of this name.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let Some(known) = subject.known else {
        return Vec::new();
    };
    let document = subject.document;
    let access = &document.access;
    let lists = [&access.ask, &access.receive].into_iter().flatten();
    let lists = lists.map(|list| (&list.span, list.value.as_slice()));
    let joins = document.joins.values();
    let joins = joins
        .flat_map(|join| [&*join.with, &*join.many, &*join.crowds].map(|list| (&join.span, list)));
    let rules = document.rules();
    let compared = rules.map(|rule| (&rule.pattern.span, &*rule.compare));
    let pool = &document.disclosure.pool;
    let pooled = std::iter::once((&pool.span, &*pool.value));
    let parties = lists.chain(joins).chain(compared).chain(pooled);
    let mut found: Vec<Problem> = parties
        .flat_map(|(span, named)| named.iter().map(move |party| (span, party)))
        .filter(|(_, party)| !known.parties.contains(*party))
        .map(|(span, party)| {
            unknown(
                subject,
                span,
                "party",
                party.as_str(),
                &names(known.parties),
            )
        })
        .collect();
    if let Some(purposes) = &access.purposes {
        let unknown_purposes = purposes
            .value
            .iter()
            .filter(|p| !known.purposes.contains(*p));
        let all: Vec<&str> = known.purposes.iter().map(Purpose::as_str).collect();
        found
            .extend(unknown_purposes.map(|purpose| {
                unknown(subject, &purposes.span, "purpose", purpose.as_str(), &all)
            }));
    }
    found.extend(restricted(subject, known.parties));
    found.dedup_by(|a, b| a.message == b.message && a.line == b.line);
    found
}

/// A slip in the name of a party that is restricted leaves it unrestricted: no mere warning.
fn restricted(
    subject: &Subject<'_>,
    parties: &std::collections::BTreeSet<PartyId>,
) -> Vec<Problem> {
    let only = subject.document.rows.only.iter();
    let named = only.filter_map(|only| Some((only, only.party.as_ref()?)));
    let missing = named.filter(|(_, party)| !parties.contains(*party));
    let problem = |(only, party): (&crate::document::RowsOnly, &PartyId)| Problem {
        severity: Severity::Error,
        ..unknown(
            subject,
            &only.span,
            "party",
            party.as_str(),
            &names(parties),
        )
    };
    missing.map(problem).collect()
}

fn names(parties: &std::collections::BTreeSet<PartyId>) -> Vec<&str> {
    parties.iter().map(PartyId::as_str).collect()
}

fn unknown(
    subject: &Subject<'_>,
    span: &Range<usize>,
    what: &str,
    name: &str,
    known: &[&str],
) -> Problem {
    let message = format!("the contract knows no {what} `{name}`");
    let help = if known.is_empty() {
        "it has none; drop the name, or add it to the world".to_owned()
    } else {
        format!("it has {}", known.join(", "))
    };
    subject.warning(span, message, &help)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeSet;

    use crate::document::PolicyDocument;
    use crate::ident::{PartyId, Purpose};
    use crate::lint::{Known, lint_within};

    #[test]
    fn names_of_a_contract() {
        let parties = BTreeSet::from(["a", "b"].map(|name| PartyId::new(name).unwrap()));
        let purposes = BTreeSet::from([Purpose::new("aml").unwrap()]);
        let known = Known {
            parties: &parties,
            purposes: &purposes,
        };
        let found = |text: &str| {
            let text = format!("policy = 1\ntable = \"t\"\n{text}");
            let document = PolicyDocument::parse("t.policy.toml", &text).unwrap();
            let problems = lint_within(&document, None, Some(known));
            let ours = problems
                .into_iter()
                .filter(|p| p.lint == Some("unknown_name"));
            ours.map(|problem| problem.message).collect::<Vec<_>>()
        };
        let good = "[access]\nask = [\"b\"]\npurposes = [\"aml\"]\n[columns]\nid = { unit = \"person\" }\n";
        assert_eq!(found(good), Vec::<String>::new());
        let bad = "[access]\nask = [\"bb\"]\npurposes = [\"alm\"]\n[columns]\nid = { unit = \"person\" }\n";
        assert_eq!(
            found(bad),
            [
                "the contract knows no party `bb`",
                "the contract knows no purpose `alm`"
            ]
        );
        let elsewhere = "[disclosure]\npool = [\"c\"]\n[joins.k]\nwith = [\"d\"]\nmany = [\"d\"]\n[columns]\nid = { unit = \"person\", join = \"k\" }\nx = { filter = true, compare = [\"e\"] }\n";
        let mut names: Vec<String> = found(elsewhere);
        names.sort();
        assert_eq!(
            names,
            ["c", "d", "e"].map(|name| format!("the contract knows no party `{name}`"))
        );
        let restricted = "[columns]\nid = { unit = \"person\" }\n[[rows.only]]\nparty = \"bb\"\nwhere = \"id = 1\"\n";
        assert_eq!(found(restricted), ["the contract knows no party `bb`"]);
    }
}
