//! The example of the language's own page, verbatim.

use policy::capability::{Filter, Grain, TimeUnit};
use policy::document::{AnswerKind, Derivation, Mode, OwnerAccess, ParameterValues};
use policy::number::Decimal;
use policy::unsupported;

use crate::support::parse;

const TEXT: &str = include_str!("../fixtures/language.policy.toml");

#[test]
fn the_page_parses_whole() {
    let policy = parse(TEXT);
    assert_eq!(policy.table.value.as_str(), "transactions");
    assert_eq!(policy.access.owner, OwnerAccess::Full);
    assert_eq!(
        policy.access.until.as_ref().unwrap().value.to_string(),
        "2027-12-31"
    );
    assert_eq!(policy.disclosure.mode.value, Mode::Statistical);
    assert_eq!(policy.disclosure.min_contributors.value.largest(), 10);
    assert_eq!(
        policy.disclosure.questions.as_ref().unwrap().value.count,
        500
    );
    assert_eq!(policy.rows.only.len(), 1);
    assert_eq!(policy.joins.len(), 1);
    assert_eq!(policy.columns.len(), 9);
    assert_eq!(policy.derive.len(), 2);
    assert!(matches!(policy.derive[0].derivation, Derivation::Sql(_)));
    assert_eq!(policy.approve[0].answer, AnswerKind::Aggregate);
    let countries = &policy.approve[0].parameters["country"];
    assert!(matches!(countries, ParameterValues::List(list) if list.len() == 3));
}

#[test]
fn capabilities_are_exact() {
    let policy = parse(TEXT);
    let amount = policy.rule_for("amount").unwrap();
    assert_eq!(amount.cut.as_ref().unwrap().value, Decimal::from(20_000));
    assert_eq!(
        amount.filter.as_ref().unwrap().value,
        Filter::Grain(Grain::Number(Decimal::from(1000)))
    );
    let ts = policy.rule_for("ts").unwrap();
    let month = Grain::Time {
        count: 1,
        unit: TimeUnit::Month,
    };
    assert_eq!(ts.dimension.as_ref().unwrap().value, month);
    assert_eq!(ts.compare[0].as_str(), "bank_b");
    assert!(policy.rule_for("drug_concept_id").unwrap().is_pattern());
    assert!(policy.rule_for("nothing").is_none());
}

#[test]
fn this_version_says_what_it_cannot_do() {
    let refused: Vec<String> = unsupported(&parse(TEXT))
        .into_iter()
        .map(|p| p.message)
        .collect();
    let names = ["extends"];
    for name in names {
        assert!(
            refused.iter().any(|m| m.contains(&format!("`{name}`"))),
            "{name}: {refused:#?}"
        );
    }
    // [disclosure.dp] belongs to a mode that the example does not use; what is done to values is enforced
    assert_eq!(refused.len(), names.len(), "{refused:#?}");
}

#[test]
fn the_digest_is_of_the_bytes() {
    let (a, b) = (parse(TEXT), parse(&format!("{TEXT}# a comment\n")));
    assert_ne!(a.digest, b.digest);
    assert_eq!(a.columns, b.columns);
}
