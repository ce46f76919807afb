//! A policy against the columns that the table really has.

use policy::access::Circumstances;
use policy::denial::Code;
use policy::ident::{Principal, Purpose, UnitSpace};
use policy::resolve::ColumnKind::{self, Date, Decimal, Float, Integer, Other, Text, Timestamp};
use policy::resolve::derived_misfits;
use policy::table::TablePolicy;

use crate::support::{parse, party, resolve, shapes, shown, with};

fn against(columns: &str, shape: &[(&str, ColumnKind)]) -> Result<TablePolicy, String> {
    let text = with(&format!(
        "[columns]\nid = {{ unit = \"person\" }}\n{columns}\n"
    ));
    let mut shape = shape.to_vec();
    shape.push(("id", Text));
    resolve(&text, "bank_a", &shapes(&shape))
}

#[test]
fn a_missing_column_is_named_with_the_nearest() {
    let error = against("amuont = { filter = true }", &[("amount", Decimal)]).unwrap_err();
    assert_eq!(
        error,
        "t.policy.toml:5:1: error: `t` has no column `amuont`\n  help: did you mean `amount`?"
    );
    let error = against("Amount = { filter = true }", &[("amount", Decimal)]).unwrap_err();
    assert!(error.contains("names are exact"), "{error}");
}

#[test]
fn a_misspelt_hidden_column_is_no_harmless_rule() {
    let text = with(
        "[columns]\nid = { unit = \"person\" }\nnmae = { hidden = true }\n\"*\" = { dimension = true }\n",
    );
    let columns = shapes(&[("id", Text), ("name", Text)]);
    assert!(
        resolve(&text, "bank_a", &columns)
            .unwrap_err()
            .contains("did you mean `name`?")
    );
    // the sealed table has no hidden columns
    let text = text.replace("nmae", "name");
    let sealed = TablePolicy::resolve_sealed(&parse(&text), &party("bank_a"), &columns[..1], &[]);
    assert_eq!(sealed.unwrap().columns.len(), 1);
}

#[test]
fn a_named_column_wins_then_the_first_pattern() {
    let rules =
        "\"x_*\" = { dimension = true }\n\"*\" = { filter = true }\nx_secret = { hidden = true }";
    let policy = against(rules, &[("x_a", Text), ("x_secret", Text), ("other", Text)]).unwrap();
    let uses = |name: &str| policy.column(name).map(|c| c.capabilities.uses());
    assert_eq!(uses("x_a").unwrap(), ["dimension"]);
    assert_eq!(uses("other").unwrap(), ["filter"]);
    assert_eq!(uses("x_secret"), None);
    assert_eq!(uses("id").unwrap(), ["unit person"]);
    assert_eq!(policy.column("x_a").unwrap().rule.line, 5);
}

#[test]
fn a_column_without_a_rule_is_hidden() {
    let policy = against("", &[("secret", Text)]).unwrap();
    assert!(policy.column("secret").is_none());
}

#[test]
fn capabilities_fit_the_type() {
    for (rule, kind) in [
        ("c = { filter = \"1 day\" }", Decimal),
        ("c = { dimension = \"month\" }", Text),
        ("c = { filter = 1000 }", Timestamp),
        ("c = { filter = \"1 hour\" }", Date),
        ("c = { measure = [0, 1] }", Text),
        ("c = { measure = [0, 1] }", Timestamp),
        ("c = { unit = \"acct\" }", Float),
        ("c = { join = \"acct\" }", Other),
        ("c = { dimension = true }", Other),
        ("c = { filter = [1, 2] }", Text),
        ("c = { filter = [\"a\"] }", Integer),
        ("c = { join = \"acct\", absent = [\"CASH\"] }", Integer),
    ] {
        let error = against(rule, &[("c", kind)]).unwrap_err();
        assert!(
            error.contains("does not fit `c`"),
            "{rule} {kind:?}: {error}"
        );
    }
    for (rule, kind) in [
        ("c = { filter = \"1 day\", dimension = \"month\" }", Date),
        ("c = { filter = \"15 minutes\" }", Timestamp),
        ("c = { filter = 0.5, measure = [-1.5, 2.5] }", Float),
        ("c = { unit = \"acct\", absent = [0] }", Integer),
        ("c = { hidden = true }", Other),
        ("c = {}", Text),
    ] {
        against(rule, &[("c", kind)]).unwrap();
    }
}

#[test]
fn a_protected_table_names_a_unit() {
    let text = with("[columns]\nc = { dimension = true }\n");
    let error = resolve(&text, "bank_a", &shapes(&[("c", Text)])).unwrap_err();
    assert!(
        error.contains("k is 10 but no column has a `unit`"),
        "{error}"
    );
    let public = with("[disclosure]\nmin_contributors = 1\n[columns]\nc = { dimension = true }\n");
    assert!(
        resolve(&public, "bank_a", &shapes(&[("c", Text)]))
            .unwrap()
            .is_public()
    );
}

const DERIVED: &str = "[columns]\n\"*\" = { dimension = true }\n[derive]\n\
    p = { sql = \"lower(c)\", unit = \"person\" }\n\
    v = { lookup = \"accounts.risk\", on = \"accounts.id = c\", filter = true }\n";

#[test]
fn a_derived_column_has_what_its_own_rule_says_and_no_more() {
    let columns = shapes(&[("c", Text), ("p", Text), ("v", Integer)]);
    let policy = resolve(&with(DERIVED), "bank_a", &columns).unwrap();
    let (p, v) = (policy.column("p").unwrap(), policy.column("v").unwrap());
    assert_eq!(p.capabilities.unit, Some(UnitSpace::new("person").unwrap()));
    assert!(p.capabilities.dimension.is_none() && v.capabilities.dimension.is_none());
    assert!(v.capabilities.filter.is_some() && v.capabilities.unit.is_none());
    assert_eq!((p.rule.line, v.rule.line), (6, 7));
    let error = resolve(
        &with(DERIVED),
        "bank_a",
        &shapes(&[("c", Text), ("p", Text)]),
    )
    .unwrap_err();
    let expected = "t.policy.toml:7:1: error: the derived column `v` is not sealed\n  help: its owner must seal the table again";
    assert_eq!(error, expected);
}

#[test]
fn derived_columns_read_the_tables_own_and_have_names_of_their_own() {
    let told = |sections: &str, own: &[(&str, ColumnKind)]| {
        let document = parse(&with(sections));
        let problems = derived_misfits(&document, &shapes(own)).into_iter();
        problems
            .map(|problem| problem.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(told(DERIVED, &[("c", Text)]), Vec::<String>::new());
    assert_eq!(
        told(DERIVED, &[("d", Text), ("v", Text)]),
        [
            "t.policy.toml:6:13: error: `t` has no column `c`\n  help: did you mean `d`?",
            "t.policy.toml:7:1: error: `t` has a column `v` of its own\n  help: give the derived column a name that is free",
            "t.policy.toml:7:38: error: `t` has no column `c`\n  help: did you mean `d`?",
        ]
    );
    let chained = "[columns]\nid = { unit = \"person\" }\n[derive]\na = { sql = \"id\" }\nb = { sql = \"a\" }\n";
    assert_eq!(
        told(chained, &[("id", Text)]),
        [
            "t.policy.toml:7:13: error: `a` is derived itself\n  help: a derived column reads the table's own columns: write out what the other one is"
        ]
    );
}

#[test]
fn rows_are_left_out_before_anything_is_derived() {
    let text = with(
        "[rows]\nwhere = \"x\"\n[columns]\nid = { unit = \"person\" }\n[derive]\nx = { sql = \"id\" }\n",
    );
    let error = resolve(&text, "bank_a", &shapes(&[("id", Text), ("x", Text)])).unwrap_err();
    assert_eq!(
        error,
        "t.policy.toml:4:9: error: [rows] cannot read `x`, which is derived from the rows that are left\n  help: write out what the derived column is"
    );
}

#[test]
fn the_row_filter_reads_real_columns() {
    let text = with("[rows]\nwhere = \"risc <> 'vip'\"\n[columns]\nid = { unit = \"person\" }\n");
    let columns = shapes(&[("id", Text), ("risk", Text)]);
    let error = resolve(&text, "bank_a", &columns).unwrap_err();
    assert!(error.contains("`t` has no column `risc`"), "{error}");
    resolve(&text.replace("risc", "Risk"), "bank_a", &columns).unwrap();
}

#[test]
fn the_floor_raises_k() {
    let text = with(
        "[disclosure]\nmin_contributors = { person = 2, acct = 7 }\nfloor = 3\n[columns]\nid = { unit = \"person\" }\nacc = { unit = \"acct\" }\n",
    );
    let policy = resolve(&text, "bank_a", &shapes(&[("id", Text), ("acc", Text)])).unwrap();
    assert_eq!(
        policy.min_contributors(&UnitSpace::new("person").unwrap()),
        3
    );
    assert_eq!(policy.min_contributors(&UnitSpace::new("acct").unwrap()), 7);
}

#[test]
fn composite_keys_are_unique_when_found() {
    let text = "policy = 1\ntable = \"t\"\nunique = [[\"bank\", \"acct\"]]\n[columns]\nid = { unit = \"person\" }\nbank = { join = \"b\" }\nacct = { join = \"a\" }\n";
    let columns = shapes(&[("id", Text), ("bank", Text), ("acct", Text)]);
    let found = [vec!["acct".to_owned(), "bank".to_owned()]];
    let policy = TablePolicy::resolve(&parse(text), &party("p"), &columns, &found).unwrap();
    assert!(policy.is_unique_on(&["bank", "acct", "id"]));
    assert!(!policy.is_unique_on(&["bank"]));
    assert!(!policy.column("bank").unwrap().capabilities.unique);
    let none = TablePolicy::resolve(&parse(text), &party("p"), &columns, &[]).unwrap();
    assert!(none.unique.is_empty());
    let wrong = text.replace("\"acct\"]]", "\"acc\"]]");
    let error = TablePolicy::resolve(&parse(&wrong), &party("p"), &columns, &found).unwrap_err();
    assert!(shown(&error).contains("no column `acc`"));
}

fn asked(who: &str, recipient: &str, purpose: Option<&str>, today: &str) -> Circumstances {
    Circumstances {
        principal: Principal::parse(who).unwrap(),
        recipient: party(recipient),
        purpose: purpose.map(|p| Purpose::new(p).unwrap()),
        today: today.parse().unwrap(),
    }
}

#[test]
fn access_is_checked_by_asker_recipient_purpose_and_day() {
    let text = with(
        "[access]\nask = [\"bank_b\", \"bank_c\"]\nreceive = [\"bank_b\"]\npurposes = [\"aml\"]\nuntil = 2027-12-31\n\
         [columns]\nid = { unit = \"person\" }\n",
    );
    let policy = resolve(&text, "bank_a", &shapes(&[("id", Text)])).unwrap();
    let denied = |asked: &Circumstances| policy.check_access(asked).err().map(|d| d.code);
    let code = Some(Code::DeniedAsker);
    assert_eq!(
        denied(&asked("bob@bank_b", "bank_b", Some("aml"), "2027-12-31")),
        None
    );
    assert_eq!(
        denied(&asked("bob@bank_b", "bank_b", Some("aml"), "2028-01-01")),
        code
    );
    assert_eq!(
        denied(&asked("bob@bank_b", "bank_b", None, "2027-01-01")),
        code
    );
    assert_eq!(
        denied(&asked("bob@bank_b", "bank_b", Some("ads"), "2027-01-01")),
        code
    );
    assert_eq!(
        denied(&asked("bob@bank_b", "bank_c", Some("aml"), "2027-01-01")),
        code
    );
    assert_eq!(
        denied(&asked("eve@bank_d", "bank_b", Some("aml"), "2027-01-01")),
        code
    );
    // the owner may ask, and receive what it asks, but its purposes and its last day bind it beside others' tables
    assert_eq!(
        denied(&asked("al@bank_a", "bank_a", Some("aml"), "2027-01-01")),
        None
    );
    assert_eq!(
        denied(&asked("al@bank_a", "bank_a", None, "2027-01-01")),
        code
    );
    assert_eq!(
        denied(&asked("al@bank_a", "bank_d", Some("aml"), "2027-01-01")),
        code
    );
    let owner = Principal::parse("al@bank_a").unwrap();
    assert!(policy.is_own(&owner, &party("bank_a")));
    assert!(!policy.is_own(&owner, &party("bank_b")));
    assert!(!policy.is_own(&Principal::parse("bob@bank_b").unwrap(), &party("bank_a")));
    let held = text.replace("[access]", "[access]\nowner = \"policy\"");
    let held = resolve(&held, "bank_a", &shapes(&[("id", Text)])).unwrap();
    assert!(!held.is_own(&owner, &party("bank_a")));
    assert!(
        held.check_access(&asked("al@bank_a", "bank_a", Some("aml"), "2027-01-01"))
            .is_err()
    );
}
