//! Contracts: canonical bytes, chain, signatures, satisfiability.

use std::collections::{BTreeMap, BTreeSet};

use policy::contract::{
    Contract, Floors, Member, PublicKey, Signature, Signatures, View, ViewName,
};
use policy::document::{MinContributors, PolicyDocument};
use policy::ident::{Principal, Purpose, TableRef};

use crate::support::{parse, party, shown, table};

const PAYMENTS: &str = "SELECT account_id, 'BANK_A' AS src FROM bank_a.transactions \
    UNION ALL SELECT account_id, 'BANK_B' AS src FROM bank_b.transactions";

fn member(byte: u8, analysts: &[&str]) -> Member {
    let mut member = Member::new(
        PublicKey([byte; 32]),
        PublicKey([byte.wrapping_add(100); 32]),
    );
    member.analysts = analysts.iter().map(|a| (*a).to_owned()).collect();
    member
}

fn contract() -> Contract {
    let mut contract = Contract::new("four \"banks\"\n");
    contract.lab = true;
    contract.expires = Some("2027-12-31".parse().unwrap());
    contract.purposes = BTreeSet::from([Purpose::new("aml").unwrap()]);
    contract.measurements = BTreeSet::from(["simulated:00".to_owned()]);
    contract.floors = Floors {
        min_contributors: Some(MinContributors::every(5)),
        ..Floors::default()
    };
    contract
        .parties
        .insert(party("bank_a"), member(1, &["alice"]));
    contract
        .parties
        .insert(party("bank_b"), member(2, &["bob", "ben"]));
    contract
        .tables
        .insert(table("bank_a.transactions"), [7; 32]);
    contract
        .tables
        .insert(table("bank_b.transactions"), [8; 32]);
    let name = ViewName::parse("consortium.payments").unwrap();
    contract.views.insert(name, View::parse(PAYMENTS).unwrap());
    contract
}

#[test]
fn canonical_text_parses_to_the_same_contract() {
    let contract = contract();
    let text = contract.to_toml();
    let again =
        Contract::parse("contract", &text).unwrap_or_else(|e| panic!("{}\n{text}", shown(&e)));
    assert_eq!(again, contract);
    assert_eq!(again.to_toml(), text);
    assert_eq!(again.digest(), contract.digest());
    // comments and spacing decide nothing
    let spaced = text
        .replace(" = ", "  =  ")
        .replace("lab", "# a comment\nlab");
    assert_eq!(
        Contract::parse("contract", &spaced).unwrap().digest(),
        contract.digest()
    );
}

type Edit = Box<dyn Fn(&mut Contract)>;

#[test]
fn every_field_is_in_the_digest() {
    let base = contract();
    let edits: Vec<Edit> = vec![
        Box::new(|c| c.name.push('x')),
        Box::new(|c| c.version = 2),
        Box::new(|c| c.previous = Some([1; 32])),
        Box::new(|c| c.lab = false),
        Box::new(|c| c.expires = None),
        Box::new(|c| c.purposes.clear()),
        Box::new(|c| c.recipients = BTreeSet::from([party("bank_a")])),
        Box::new(|c| c.measurements.clear()),
        Box::new(|c| c.floors.min_contributors = None),
        Box::new(|c| c.floors.jitter = true),
        Box::new(|c| c.floors.history = true),
        Box::new(|c| c.floors.noise = true),
        Box::new(|c| c.floors.dominance = 1),
        Box::new(|c| c.floors.variance = Some(1.into())),
        Box::new(|c| {
            c.parties.insert(party("bank_c"), member(3, &[]));
        }),
        Box::new(|c| c.parties.get_mut(&party("bank_a")).unwrap().identity = PublicKey([9; 32])),
        Box::new(|c| c.parties.get_mut(&party("bank_a")).unwrap().recipient = PublicKey([9; 32])),
        Box::new(|c| {
            c.parties
                .get_mut(&party("bank_a"))
                .unwrap()
                .analysts
                .clear();
        }),
        Box::new(|c| c.parties.get_mut(&party("bank_a")).unwrap().broker = Some("b".to_owned())),
        Box::new(|c| c.parties.get_mut(&party("bank_a")).unwrap().broker_pin = Some([9; 32])),
        Box::new(|c| c.parties.get_mut(&party("bank_a")).unwrap().seed = Some([9; 32])),
        Box::new(|c| {
            c.tables.insert(table("bank_a.transactions"), [9; 32]);
        }),
        Box::new(|c| c.views.clear()),
    ];
    let mut digests = BTreeSet::from([base.digest()]);
    for edit in &edits {
        let mut changed = base.clone();
        edit(&mut changed);
        assert!(digests.insert(changed.digest()), "{}", changed.to_toml());
        assert!(
            !base.diff(&changed).is_empty()
                || changed.version != base.version
                || changed.previous != base.previous
        );
    }
}

#[test]
fn the_chain_is_version_and_digest() {
    let first = contract();
    let second = first.successor();
    second.follows(&first).unwrap();
    assert!(first.follows(&first).unwrap_err().contains("cannot follow"));
    let mut skipped = second.clone();
    skipped.version = 3;
    assert!(skipped.follows(&first).is_err());
    let mut edited = first.clone();
    edited.lab = false;
    assert!(
        second
            .follows(&edited)
            .unwrap_err()
            .contains("another version")
    );
    let mut renamed = second.clone();
    renamed.name = "x".to_owned();
    assert!(
        renamed
            .follows(&first)
            .unwrap_err()
            .contains("another contract")
    );
}

/// A toy: the key's first byte repeated is the signature of a message of that context.
fn toy(key: &PublicKey, message: &[u8], signature: &[u8; 64]) -> bool {
    message.starts_with(b"subrosa contract v1\0") && signature.iter().all(|b| *b == key.0[0])
}

fn sign(contract: &Contract, who: &str, byte: u8) -> Signature {
    Signature {
        party: party(who),
        digest: contract.digest(),
        signature: [byte; 64],
    }
}

#[test]
fn a_contract_is_in_force_for_those_who_signed() {
    let contract = contract();
    let signatures = Signatures(BTreeSet::from([sign(&contract, "bank_a", 1)]));
    let text = signatures.to_toml();
    let signatures = Signatures::parse("signatures", &text).unwrap();
    let signers = signatures.signers(&contract, &toy).unwrap();
    assert!(contract.in_force_for(&table("bank_a.transactions"), &signers));
    assert!(!contract.in_force_for(&table("bank_b.transactions"), &signers));
    assert!(!contract.in_force_for(&table("bank_a.other"), &signers));
    let view = contract.views.values().next().unwrap();
    assert!(
        !contract.view_in_force(view, &signers),
        "bank_b has not signed"
    );
}

#[test]
fn a_bad_signature_is_not_overlooked() {
    let contract = contract();
    let bad = Signatures(BTreeSet::from([sign(&contract, "bank_a", 2)]));
    assert_eq!(
        bad.signers(&contract, &toy).unwrap_err(),
        "the signature of bank_a does not verify"
    );
    let stranger = Signatures(BTreeSet::from([sign(&contract, "mallory", 1)]));
    assert!(
        stranger
            .signers(&contract, &toy)
            .unwrap_err()
            .contains("not a member")
    );
    // of another version: no signature of this one
    let old = Signatures(BTreeSet::from([sign(&contract.successor(), "bank_a", 1)]));
    assert!(old.signers(&contract, &toy).unwrap().is_empty());
    let error =
        Signatures::parse("s", "[[signature]]\nparty = \"bank_a\"\ndigest = \"AB\"\n").unwrap_err();
    assert!(shown(&error).contains("not a signature"));
}

#[test]
fn what_leads_nowhere_is_refused() {
    let text = contract().to_toml();
    let wrong = |edit: &dyn Fn(&str) -> String| {
        shown(&Contract::parse("contract", &edit(&text)).unwrap_err())
    };
    let with = |from: &'static str, to: &'static str| {
        move |text: &str| {
            assert!(text.contains(from), "{from} in {text}");
            text.replace(from, to)
        }
    };
    assert!(
        wrong(&with("recipients = []", "recipients = [\"bank_c\"]"))
            .contains("bank_c is not a member; did you mean bank_a?")
    );
    assert!(wrong(&with("version = 1", "version = 2")).contains("does not name the one before"));
    assert!(wrong(&with("lab = true", "lab = true\nlabb = 1")).contains("did you mean `lab`?"));
    assert!(
        wrong(&with("contract = 1", "contract = 2")).contains("1, the version this program reads")
    );
    assert!(
        wrong(&with("consortium.payments", "bank_a.payments"))
            .contains("among the tables of a party")
    );
    assert!(
        wrong(&with(
            "owners = [\"bank_a\", \"bank_b\"]",
            "owners = [\"bank_a\"]"
        ))
        .contains("which `owners` does not say")
    );
    assert!(
        wrong(&with(
            "[tables.\"bank_b.transactions\"]",
            "[tables.\"bank_b.tx\"]"
        ))
        .contains("reads bank_b.transactions, which is not in the contract")
    );
    assert!(
        wrong(&with(
            "[tables.\"bank_b.transactions\"]",
            "[tables.\"bank_c.transactions\"]"
        ))
        .contains("bank_c is not a member")
    );
}

#[test]
fn views_are_one_select_with_columns_written_out() {
    assert_eq!(
        View::parse(PAYMENTS).unwrap().owners,
        BTreeSet::from([party("bank_a"), party("bank_b")])
    );
    let nested = "WITH t AS (SELECT a FROM bank_a.x) SELECT t.a FROM t JOIN bank_b.y ON t.a = y.a";
    assert_eq!(View::parse(nested).unwrap().owners.len(), 2);
    for bad in [
        "SELECT * FROM bank_a.x",
        "SELECT x.* FROM bank_a.x",
        "SELECT a FROM bank_a.x; SELECT 1",
        "DROP TABLE bank_a.x",
        "SELECT a FROM x",
        "SELECT a FROM c.bank_a.x",
        "SELECT 1",
        "SELECT",
    ] {
        assert!(View::parse(bad).is_err(), "{bad}");
    }
}

fn policies(a: &str, b: &str) -> (Contract, BTreeMap<TableRef, PolicyDocument>) {
    let mut contract = contract();
    let mut documents = BTreeMap::new();
    for (name, text) in [("bank_a.transactions", a), ("bank_b.transactions", b)] {
        let head = "policy = 1\ntable = \"transactions\"\n";
        let document = parse(&format!(
            "{head}{text}\n[columns]\nid = {{ unit = \"person\" }}\n"
        ));
        contract.tables.insert(table(name), document.digest);
        documents.insert(table(name), document);
    }
    (contract, documents)
}

#[test]
fn floors_meet_into_every_policy() {
    let (contract, documents) = policies("[disclosure]\nmin_contributors = 3", "");
    let compiled = contract.compile(&documents);
    assert!(compiled.is_satisfiable(), "{}", shown(&compiled.problems));
    assert_eq!(
        compiled.obligations[&table("bank_a.transactions")]
            .min_contributors
            .default,
        5
    );
    assert_eq!(
        compiled.obligations[&table("bank_b.transactions")]
            .min_contributors
            .default,
        10
    );
}

#[test]
fn another_policy_than_the_signed_one_is_an_error() {
    let (mut contract, documents) = policies("", "");
    contract
        .tables
        .insert(table("bank_a.transactions"), [0; 32]);
    let compiled = contract.compile(&documents);
    assert!(!compiled.is_satisfiable());
    assert!(shown(&compiled.problems).contains("under another policy in the contract"));
}

#[test]
fn what_one_side_grants_in_vain_is_told() {
    let (contract, documents) = policies(
        "[access]\nask = [\"bank_bb\"]\npurposes = [\"ads\"]\nuntil = 2029-01-01\n[disclosure]\npool = [\"bank_b\"]\n[joins.acct]\nwith = [\"bank_b\"]",
        "",
    );
    let compiled = contract.compile(&documents);
    let told = shown(&compiled.problems);
    for sentence in [
        "`ask` names bank_bb, which is not in the contract",
        "did you mean `bank_b`?",
        "nobody may ask bank_a.transactions: the contract has none of its purposes",
        "the contract ends on 2027-12-31, before this",
        "bank_b does not consent to link on `acct` with bank_a",
        "bank_b does not pool its entities with bank_a",
    ] {
        assert!(told.contains(sentence), "{sentence}\n{told}");
    }
    assert!(compiled.is_satisfiable(), "warnings alone");
    assert!(compiled.links.is_empty());
    let join = "[joins.acct]\nwith = [\"bank_a\", \"bank_b\"]";
    let (contract, documents) = policies(join, join);
    assert_eq!(contract.compile(&documents).links.len(), 1);
}

#[test]
fn analysts_recipients_and_days() {
    let mut contract = contract();
    assert!(contract.knows(&Principal::parse("ben@bank_b").unwrap()));
    assert!(!contract.knows(&Principal::parse("ben@bank_a").unwrap()));
    assert!(contract.may_receive(&party("bank_b")) && !contract.may_receive(&party("mallory")));
    contract.recipients.insert(party("bank_a"));
    assert!(!contract.may_receive(&party("bank_b")));
    assert!(contract.holds_on("2027-12-31".parse().unwrap()));
    assert!(!contract.holds_on("2028-01-01".parse().unwrap()));
}

#[test]
fn it_is_shown_in_words() {
    let text = contract().show();
    for sentence in [
        "LABORATORY: simulated evidence is accepted; nothing here is attested",
        "floor: at least 5 contributors behind every value",
        "view consortium.payments: over tables of bank_a, bank_b",
        "holds until 2027-12-31",
        "asked for by ben, bob",
    ] {
        assert!(text.contains(sentence), "{sentence}\n{text}");
    }
    let mut next = contract();
    next.floors.min_contributors = Some(MinContributors::every(3));
    next.parties.insert(party("bank_c"), member(3, &[]));
    assert_eq!(
        contract().diff(&next),
        [
            "no longer a floor: at least 5 contributors behind every value",
            "new floor: at least 3 contributors behind every value",
            "bank_c joins",
        ]
    );
}
