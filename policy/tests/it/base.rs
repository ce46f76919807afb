//! The `base` policy of the attack catalogue.

use policy::capability::{Filter, Grain, TimeUnit};
use policy::ident::{KeyDomain, UnitSpace};
use policy::obligation::Obligations;
use policy::set::PolicySet;
use policy::table::TablePolicy;
use policy::unsupported;

use crate::support::{accounts, parse, party, shapes, table, transactions};

const FILES: &[(&str, &str)] = &[
    (
        "bank_a.accounts",
        include_str!("../fixtures/bank_a_accounts.policy.toml"),
    ),
    (
        "bank_a.transactions",
        include_str!("../fixtures/bank_a_transactions.policy.toml"),
    ),
    (
        "bank_b.accounts",
        include_str!("../fixtures/bank_b_accounts.policy.toml"),
    ),
    (
        "bank_b.transactions",
        include_str!("../fixtures/bank_b_transactions.policy.toml"),
    ),
    (
        "mallory.probe",
        include_str!("../fixtures/mallory_probe.policy.toml"),
    ),
];

fn base() -> PolicySet {
    let unique = [vec!["account_id".to_owned()]];
    let policies = FILES.iter().map(|(name, text)| {
        let columns = match *name {
            "bank_a.accounts" | "bank_b.accounts" => accounts(),
            "mallory.probe" => shapes(&[("who", policy::resolve::ColumnKind::Text)]),
            _ => transactions(),
        };
        let owner = table(name).party;
        TablePolicy::resolve(&parse(text), &owner, &columns, &unique).unwrap()
    });
    PolicySet::new(policies, &Obligations::none())
}

#[test]
fn it_parses_resolves_and_is_supported() {
    for (name, text) in FILES {
        assert!(unsupported(&parse(text)).is_empty(), "{name}");
    }
    assert_eq!(base().tables.len(), 5);
}

#[test]
fn capabilities_are_those_of_the_shorthand() {
    let set = base();
    let tx = set.get(&table("bank_a.transactions")).unwrap();
    assert!(tx.column("tx_id").is_none(), "hidden");
    let acct = &tx.column("counterparty_account").unwrap().capabilities;
    assert_eq!(acct.unit.as_ref().map(UnitSpace::as_str), Some("acct"));
    assert!(acct.is_identifier());
    let ts = &tx.column("ts").unwrap().capabilities;
    let day = Grain::Time {
        count: 1,
        unit: TimeUnit::Day,
    };
    assert_eq!(ts.filter, Some(Filter::Grain(day)));
    assert_eq!(tx.min_contributors(&UnitSpace::new("person").unwrap()), 10);
    assert!(!tx.is_public());
}

#[test]
fn unique_needs_declaration_and_finding() {
    let set = base();
    assert!(
        set.get(&table("bank_a.accounts"))
            .unwrap()
            .is_unique_on(&["account_id"])
    );
    // found, but not declared
    assert!(
        !set.get(&table("bank_a.transactions"))
            .unwrap()
            .is_unique_on(&["account_id"])
    );
}

#[test]
fn consent_is_of_both() {
    let set = base();
    let acct = KeyDomain::new("acct").unwrap();
    let (a, b, m) = (
        table("bank_a.transactions"),
        table("bank_b.accounts"),
        table("mallory.probe"),
    );
    assert!(set.link_consented(&acct, &a, &b));
    assert!(set.link_consented(&acct, &a, &m));
    let iban = KeyDomain::new("iban").unwrap();
    assert!(
        !set.link_consented(&iban, &a, &b),
        "transactions have no iban consent"
    );
    let policy = set.get(&a).unwrap();
    assert!(policy.allows_many(&acct, &party("bank_b")));
    assert!(
        !policy.allows_many(&acct, &party("mallory")),
        "mallory's side must be unique"
    );
    assert!(!policy.allows_negation(&acct, &party("bank_b")));
}

#[test]
fn obligations_of_a_question_are_the_strictest() {
    let set = base();
    let both = [table("bank_a.transactions"), table("mallory.probe")];
    let obligations = set.obligations(&both).unwrap();
    assert_eq!(obligations.min_contributors.default, 10);
    assert!(!obligations.noise);
    assert_eq!(set.obligations(&[]), None);
}
