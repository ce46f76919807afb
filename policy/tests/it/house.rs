//! House rules: inherited where nothing is written, never widened, told at both places, signed with the policy.

use policy::contract::Contract;
use policy::document::{Mode, PolicyDocument};
use policy::house::HouseRules;
use policy::obligation::Obligations;
use policy::resolve::ColumnKind;
use policy::table::TablePolicy;
use policy::unsupported;

use crate::support::{parse, party, shapes, shown, table};

pub(crate) const COLUMNS: &str = "[columns]\nid = { unit = \"person\" }\n";

pub(crate) fn house(sections: &str) -> HouseRules {
    let text = format!("policy = 1\n{sections}");
    HouseRules::parse("house.toml", &text).unwrap_or_else(|e| panic!("{}", shown(&e)))
}

fn written(sections: &str) -> PolicyDocument {
    parse(&format!(
        "policy = 1\ntable = \"t\"\nextends = \"house.toml\"\n{sections}{COLUMNS}"
    ))
}

pub(crate) fn under(house: &HouseRules, sections: &str) -> Result<PolicyDocument, String> {
    written(sections).under(house).map_err(|e| shown(&e))
}

/// The errors of a policy's sections under those of house rules.
pub(crate) fn wider(rules: &str, sections: &str) -> String {
    under(&house(rules), sections).err().unwrap_or_default()
}

#[test]
fn what_is_not_written_is_as_the_house_has_it() {
    let rules = house(
        "[access]\nask = [\"a\", \"b\"]\npurposes = [\"aml\"]\nuntil = 2030-01-01\nowner = \"policy\"\n\
         [disclosure]\nmin_contributors = 12\nfloor = 4\njitter = false\nnoise = \"off\"\nvariance = 9\ndominance = 5\npool = [\"b\"]\nquestions = { count = 7, per = \"day\" }\n",
    );
    let policy = under(&rules, "").unwrap();
    let (of_house, own) = (&rules.disclosure, &policy.disclosure);
    assert_eq!(Obligations::from(own), Obligations::from(of_house));
    assert_eq!(own.floor.as_ref().unwrap().value, 4);
    assert_eq!(own.pool.value, [party("b")]);
    let access = &policy.access;
    assert_eq!(access.ask.as_ref().unwrap().value, [party("a"), party("b")]);
    assert!(access.receive.is_none(), "as `ask`");
    assert_eq!(access.owner, policy::document::OwnerAccess::Policy);
    // where each came from
    let rule = |span| policy.source.rule(span);
    let k = rule(&own.min_contributors.span);
    assert_eq!((k.file.as_str(), k.line), ("house.toml", 8));
    assert_eq!(
        policy.source.whence(&access.until.as_ref().unwrap().span),
        " (house.toml:5)"
    );
    // what neither says is the language's default
    assert!(own.is_default(&own.history) && own.history.value);
    assert!(unsupported(&policy).is_empty());
}

#[test]
fn narrower_stands() {
    let rules = house(
        "[access]\nask = [\"a\", \"b\"]\npurposes = [\"aml\", \"kyc\"]\nuntil = 2030-01-01\nowner = \"full\"\n\
         [disclosure]\nmin_contributors = 5\nhistory = \"off\"\nnoise = \"off\"\nvariance = 16\nquestions = { count = 7, per = \"day\" }\npool = [\"b\"]\n",
    );
    let policy = under(
        &rules,
        "[access]\nask = [\"b\"]\npurposes = [\"aml\"]\nuntil = 2029-12-31\nowner = \"policy\"\n\
         [disclosure]\nmode = \"template\"\nmin_contributors = 6\nhistory = \"snap\"\nnoise = \"sticky\"\nvariance = 25\nquestions = { count = 6, per = \"day\" }\npool = []\n",
    )
    .unwrap();
    assert_eq!(policy.disclosure.mode.value, Mode::Template);
    assert_eq!(policy.disclosure.min_contributors.value.default, 6);
    assert!(policy.disclosure.noise.value && policy.disclosure.pool.value.is_empty());
    assert_eq!(policy.access.ask.as_ref().unwrap().value, [party("b")]);
}

#[test]
fn wider_is_an_error_at_both_places() {
    let error = wider(
        "[disclosure]\nmin_contributors = 10\n",
        "[disclosure]\nmin_contributors = 5\n",
    );
    assert_eq!(
        error,
        "t.policy.toml:5:20: error: `min_contributors` is 5: wider than house.toml:3, which asks for 10\n  \
         help: write 10 or more, or drop the line and have what the house rules say"
    );
}

#[test]
fn every_matter_is_held_against_the_house() {
    let disclosure = [
        ("mode = \"template\"", "mode = \"statistical\""),
        ("min_contributors = { person = 10 }", "min_contributors = 9"),
        (
            "min_contributors = { person = 12 }",
            "min_contributors = 11",
        ),
        ("min_contributors = 10", "min_contributors = { person = 9 }"),
        ("floor = 3", "floor = 2"),
        ("floor = 3", "min_contributors = 2"),
        ("jitter = true", "jitter = false"),
        ("history = \"snap\"", "history = \"off\""),
        ("noise = \"sticky\"", "noise = \"off\""),
        ("variance = 16", "variance = 15.9"),
        ("dominance = 10", "dominance = 9"),
        ("pool = [\"b\"]", "pool = [\"b\", \"c\"]"),
        ("pool = []", "pool = [\"c\"]"),
        (
            "questions = { count = 5, per = \"day\" }",
            "questions = { count = 6, per = \"day\" }",
        ),
        (
            "questions = { count = 5, per = \"day\" }",
            "questions = { count = 5, per = \"week\" }",
        ),
        (
            "questions = { count = 5, per = \"week\" }",
            "questions = { count = 5, per = \"day\" }",
        ),
    ];
    let access = [
        ("ask = [\"a\"]", "ask = [\"a\", \"b\"]"),
        ("ask = []", "ask = [\"a\"]"),
        ("receive = [\"a\"]", "receive = [\"b\"]"),
        ("ask = [\"a\"]", "receive = [\"b\"]"),
        ("purposes = [\"aml\"]", "purposes = [\"marketing\"]"),
        ("until = 2030-01-01", "until = 2030-01-02"),
        ("owner = \"policy\"", "owner = \"full\""),
    ];
    let sections = disclosure.map(|pair| ("disclosure", pair));
    for (section, (rules, own)) in sections
        .into_iter()
        .chain(access.map(|pair| ("access", pair)))
    {
        let error = wider(
            &format!("[{section}]\n{rules}\n"),
            &format!("[{section}]\n{own}\n"),
        );
        assert!(
            error.starts_with("t.policy.toml:5:")
                && error.contains(": wider than house.toml:3, which "),
            "{rules} | {own}: {error:?}"
        );
        assert!(error.contains("help: "), "{error}");
        // the same is narrow enough, and a silent house bounds nothing
        assert_eq!(
            wider(
                &format!("[{section}]\n{rules}\n"),
                &format!("[{section}]\n{rules}\n")
            ),
            ""
        );
        if !own.contains("min_contributors = { person = 9 }") {
            assert_eq!(wider("", &format!("[{section}]\n{own}\n")), "");
        }
    }
}

#[test]
fn modes_are_named() {
    let error = wider(
        "[disclosure]\nmode = \"template\"\n",
        "[disclosure]\nmode = \"statistical\"\n",
    );
    let words = "`mode` is \"statistical\": wider than house.toml:3, which asks for \"template\"";
    assert!(error.contains(words), "{error}");
}

#[test]
fn who_may_receive_without_being_asked_is_as_the_house_says() {
    let rules = house("[access]\nask = [\"a\", \"b\"]\nreceive = [\"a\"]\n");
    let policy = under(&rules, "[access]\nask = [\"b\"]\n").unwrap();
    assert_eq!(policy.access.receive.unwrap().value, [party("a")]);
    let rules = house("[access]\nask = [\"a\", \"b\"]\n");
    let policy = under(&rules, "[access]\nreceive = [\"b\"]\n").unwrap();
    assert_eq!(policy.access.ask.unwrap().value, [party("a"), party("b")]);
}

#[test]
fn units_that_a_policy_does_not_name_have_the_houses_k() {
    let rules = house("[disclosure]\nmin_contributors = { person = 20, acct = 5 }\n");
    let policy = under(&rules, "[disclosure]\nmin_contributors = { person = 30 }\n").unwrap();
    let k = &policy.disclosure.min_contributors.value;
    let of = |unit: &str| k.of(&policy::ident::UnitSpace::new(unit).unwrap());
    assert_eq!((of("person"), of("acct"), of("device")), (30, 5, 10));
    let rules = house("[disclosure]\nmin_contributors = 20\n");
    let policy = under(&rules, "[disclosure]\nmin_contributors = { person = 30 }\n").unwrap();
    assert_eq!(policy.disclosure.min_contributors.value.default, 20);
}

#[test]
fn house_rules_narrow_those_above_them() {
    let group = HouseRules::parse("group.toml", "policy = 1\n[access]\nask = [\"a\", \"b\"]\n[disclosure]\nmin_contributors = 8\nnoise = \"sticky\"\n").unwrap();
    let middle = house("extends = \"group.toml\"\n[disclosure]\nmin_contributors = 12\n")
        .under(&group)
        .unwrap();
    let policy = under(&middle, "").unwrap();
    let whence = |span| policy.source.whence(span);
    let disclosure = &policy.disclosure;
    assert_eq!(whence(&disclosure.min_contributors.span), " (house.toml:4)");
    assert_eq!(whence(&disclosure.noise.span), " (group.toml:6)");
    assert_eq!(
        whence(&policy.access.ask.as_ref().unwrap().span),
        " (group.toml:3)"
    );
    let error = under(&middle, "[disclosure]\nnoise = \"off\"\n").unwrap_err();
    assert!(error.contains("wider than group.toml:6"), "{error}");
    let lax = house(
        "extends = \"group.toml\"\n[disclosure]\nmin_contributors = 7\n[approve]\nexact = true\n",
    );
    let error = shown(&lax.under(&group).unwrap_err());
    assert!(
        error.contains("house.toml:4:20: error: `min_contributors` is 7: wider than group.toml:5"),
        "{error}"
    );
    assert!(
        error.contains("house.toml:6:9: error: `exact` is true: wider than group.toml:6"),
        "{error}"
    );
}

#[test]
fn the_digest_is_of_every_file() {
    let digest = |group: &str, middle: &str, own: &str| {
        let group = HouseRules::parse("g", &format!("policy = 1\n{group}")).unwrap();
        let middle = house(&format!("extends = \"g\"\n{middle}"))
            .under(&group)
            .unwrap();
        under(&middle, own).unwrap().digest
    };
    let digests = [
        digest("", "", ""),
        digest("# x\n", "", ""),
        digest("", "# x\n", ""),
        digest("", "", "# x\n"),
        written("").digest,
        under(&house(""), "").unwrap().digest,
    ];
    let different: std::collections::BTreeSet<_> = digests.iter().collect();
    assert_eq!(different.len(), digests.len());
    assert_eq!(digest("", "", ""), digests[0]);
}

#[test]
fn a_change_of_the_house_rules_lapses_the_signature() {
    let signed = under(&house(""), "").unwrap();
    let mut contract = Contract::new("c");
    contract.tables.insert(table("p.t"), signed.digest);
    let errors = |document: PolicyDocument| {
        let compiled = contract.compile(&[(table("p.t"), document)].into());
        compiled.problems.iter().filter(|p| p.is_error()).count()
    };
    assert_eq!(errors(signed), 0);
    assert_eq!(errors(under(&house("# changed\n"), "").unwrap()), 1);
}

#[test]
fn a_policy_whose_house_rules_were_forgotten_is_of_no_use() {
    let document = parse(
        "policy = 1\ntable = \"t\"\nextends = \"house.toml\"\n[disclosure]\nmin_contributors = 1\n[columns]\na = {}\n",
    );
    assert!(!document.is_public(), "the house may have another k");
    assert_eq!(unsupported(&document).len(), 1);
    let columns = shapes(&[("a", ColumnKind::Text)]);
    let owner = party("p");
    for resolved in [
        TablePolicy::resolve(&document, &owner, &columns, &[]),
        TablePolicy::resolve_sealed(&document, &owner, &columns, &[]),
    ] {
        assert!(shown(&resolved.unwrap_err()).contains("house.toml was not read"));
    }
    let mut contract = Contract::new("c");
    contract.tables.insert(table("p.t"), document.digest);
    let compiled = contract.compile(&[(table("p.t"), document)].into());
    assert!(!compiled.is_satisfiable());
    // nor is one whose house rules were read, and not theirs
    let error = wider("extends = \"group.toml\"\n", "");
    assert!(
        error.contains("house.toml:2:11: error: `group.toml` was not read"),
        "{error}"
    );
}

#[test]
fn nothing_is_public_but_by_its_own_policy() {
    let rules = house("[disclosure]\nmin_contributors = 1\n");
    let public = "policy = 1\ntable = \"t\"\nextends = \"h\"\n[columns]\na = {}\n";
    let error = shown(&parse(public).under(&rules).unwrap_err());
    assert!(
        error.starts_with("t.policy.toml:3:11: error: `t` has no unit, and would be public by the k of its house rules (house.toml:3)"),
        "{error}"
    );
    let willing = public.replace("[columns]", "[disclosure]\nmin_contributors = 1\n[columns]");
    assert!(parse(&willing).under(&rules).unwrap().is_public());
    let strict = house("[disclosure]\nmin_contributors = 3\n");
    assert!(parse(&willing).under(&strict).is_err());
}

/// With terms of its own, `dp` would waive whatever the house asks of answers.
#[test]
fn thresholds_of_the_house_are_not_traded_for_a_budget() {
    let own = "[disclosure]\nmode = \"dp\"\n[disclosure.dp]\nunit = \"person\"\nepsilon = 1000000\ntotal_epsilon = 1000000000\ndelta = 1e-6\nmax_groups = 1\n";
    for asked in [
        "min_contributors = 10",
        "noise = \"sticky\"",
        "history = \"snap\"",
        "floor = 3",
    ] {
        let error = wider(&format!("[disclosure]\n{asked}\n"), own);
        assert!(
            error.contains("`mode` is \"dp\": wider than house.toml:3"),
            "{asked}: {error}"
        );
    }
}

#[test]
fn a_mode_of_the_house_makes_no_table_public() {
    let rules = house("[disclosure]\nmode = \"template\"\n");
    let public = "policy = 1\ntable = \"t\"\nextends = \"h\"\n[disclosure]\nmin_contributors = 1\n[columns]\na = {}\n";
    let document = parse(public).under(&rules).unwrap();
    assert!(!document.is_public());
    let columns = shapes(&[("a", ColumnKind::Text)]);
    let error = shown(&TablePolicy::resolve(&document, &party("p"), &columns, &[]).unwrap_err());
    assert!(
        error.contains("`mode` is \"template\" but no column has a `unit`"),
        "{error}"
    );
}

/// A unit on a pattern that no column is left for counts nobody; the table would be public, and is none.
#[test]
fn a_unit_of_no_column_is_refused() {
    let text = "policy = 1\ntable = \"t\"\n[disclosure]\nmin_contributors = 1\n[columns]\n\"pers*\" = { unit = \"person\" }\nperson = { dimension = true }\n";
    let columns = shapes(&[("person", ColumnKind::Text)]);
    let error = shown(&TablePolicy::resolve(&parse(text), &party("p"), &columns, &[]).unwrap_err());
    assert!(error.contains("t.policy.toml:6"), "{error}");
    assert!(
        error.contains("no column is counted as `person`"),
        "{error}"
    );
}

#[test]
fn house_rules_are_of_no_table() {
    let error = shown(
        &HouseRules::parse(
            "h",
            "policy = 1\ntable = \"t\"\n[columns]\na = {}\n[acess]\n",
        )
        .unwrap_err(),
    );
    assert!(
        error.contains("h:2:1: error: `table` is of one table, and house rules are of many"),
        "{error}"
    );
    assert!(
        error.contains("h:3:2: error: `columns` is of one table"),
        "{error}"
    );
    assert!(
        error.contains("a file of house rules has no key `acess`"),
        "{error}"
    );
    assert!(HouseRules::parse("h", "[access]\n").is_err(), "no version");
    assert!(HouseRules::are("policy = 1\n[access]\n"));
    assert!(!HouseRules::are("policy = 1\ntable = \"t\"\n"));
    assert!(!HouseRules::are("policy = 1\n[columns]\n"));
}
