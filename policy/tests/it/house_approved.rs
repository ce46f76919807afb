//! Approved questions under house rules.

use policy::document::PolicyDocument;
use policy::house::HouseRules;
use policy::obligation::Obligations;
use policy::resolve::ColumnKind;
use policy::table::TablePolicy;

use crate::house::{COLUMNS, house, under, wider};
use crate::support::{parse, party, shapes};

#[test]
fn approved_questions_go_below_k_only_as_far_as_the_floor() {
    let approve = |terms: &str| format!("[[approve]]\nname = \"q\"\nsql = \"q.sql\"\n{terms}\n");
    let k = "[disclosure]\nmin_contributors = 10\n";
    let five = approve("min_contributors = 5");
    let error = wider(k, &five);
    assert!(
        error.starts_with(
            "t.policy.toml:7:20: error: `min_contributors` is 5: wider than house.toml:3"
        ),
        "{error}"
    );
    let floor = format!("{k}floor = 5\n");
    assert_eq!(wider(&floor, &five), "");
    assert!(
        wider(&floor, &approve("min_contributors = 4")).contains("house.toml:4, which asks for 5")
    );
    for rules in [k, &floor] {
        let error = wider(rules, &approve("support = \"waived\""));
        assert!(error.contains("`q` waives support: wider than"), "{error}");
    }
    assert_eq!(
        wider(
            "[disclosure]\nfloor = 1\n",
            &approve("support = \"waived\"")
        ),
        ""
    );
    let list = approve(
        "answer = { own = \"t\", others = 4 }\nrows = 5\nconfirm = { a = \"b\", c = \"d\" }",
    );
    assert!(wider(&floor, &list).contains("`others` of `q` is 4: wider than house.toml:4"));
    assert_eq!(wider("[disclosure]\nfloor = 4\n", &list), "");
    assert_eq!(
        wider(
            "",
            &approve("support = \"waived\"\nexact = true\nhistory = \"off\"")
        ),
        ""
    );
}

#[test]
fn approved_questions_are_exact_and_forgetful_only_where_the_house_grants_it() {
    let approve = "[[approve]]\nname = \"q\"\nsql = \"q.sql\"\nexact = true\nhistory = \"off\"\nruns = { count = 9, per = \"day\" }\n";
    let strict = "[disclosure]\nnoise = \"sticky\"\nhistory = \"snap\"\nquestions = { count = 5, per = \"day\" }\n";
    let error = wider(strict, approve);
    for line in [
        "`q` is exact: wider than house.toml:3, which asks for \"sticky\"",
        "`q` leaves earlier answers out of account: wider than house.toml:4, which asks for \"snap\"",
        "`runs` is 9 a day: wider than house.toml:5, which allows 5 a day",
    ] {
        assert!(error.contains(line), "{error}");
    }
    let granted = format!(
        "{strict}[approve]\nexact = true\nhistory = \"off\"\nruns = {{ count = 9, per = \"day\" }}\n"
    );
    assert_eq!(wider(&granted, approve), "");
    // a grant taken back is a bound, whatever the house has for other questions
    let error = wider("[approve]\nexact = false\nhistory = \"snap\"\n", approve);
    assert!(
        error.contains("house.toml:3, which says `exact = false`"),
        "{error}"
    );
    assert!(
        error.contains("house.toml:4, which says `history = \"snap\"`"),
        "{error}"
    );
}

#[test]
fn an_approval_of_another_table_does_not_undercut_the_house() {
    let rules = house(
        "[disclosure]\nmin_contributors = 10\nfloor = 5\nnoise = \"sticky\"\nhistory = \"snap\"\njitter = true\n",
    );
    let columns = shapes(&[("id", ColumnKind::Text)]);
    let resolved = |document: &PolicyDocument| {
        TablePolicy::resolve(document, &party("p"), &columns, &[]).unwrap()
    };
    let policy = resolved(&under(&rules, "").unwrap());
    // the owner's other table extends nothing, and its approval holds for this table as well
    let lax = format!(
        "policy = 1\ntable = \"u\"\n[[approve]]\nname = \"q\"\nsql = \"q.sql\"\nmin_contributors = 2\nexact = true\nhistory = \"off\"\n{COLUMNS}"
    );
    let lax = resolved(&parse(&lax));
    let applied = lax.approve[0]
        .applied(&policy, &Obligations::none())
        .disclosure;
    assert_eq!(applied.min_contributors.value.default, 5);
    assert!(applied.noise.value && applied.history.value && applied.jitter.value);
    // without a floor, k itself is the least
    let strict = house("[disclosure]\nmin_contributors = { person = 7 }\n");
    let policy = resolved(&under(&strict, "").unwrap());
    let applied = lax.approve[0].applied(&policy, &Obligations::none());
    assert_eq!(applied.min_contributors(applied.units().next().unwrap()), 7);
    assert_eq!(house("").least(), Obligations::none());
    // where the house grants it, it is had
    let rules = house(
        "[disclosure]\nmin_contributors = 10\nfloor = 2\nnoise = \"sticky\"\n[approve]\nexact = true\n",
    );
    let policy = resolved(&under(&rules, "").unwrap());
    let applied = lax.approve[0]
        .applied(&policy, &Obligations::none())
        .disclosure;
    assert_eq!(applied.min_contributors.value.default, 2);
    assert!(!applied.noise.value);
}

#[test]
fn what_is_granted_above_is_granted_below_unless_it_is_taken_back() {
    let approve = "[[approve]]\nname = \"q\"\nsql = \"q.sql\"\nexact = true\nhistory = \"off\"\nruns = { count = 9, per = \"day\" }\n";
    let above = "policy = 1\n[disclosure]\nnoise = \"sticky\"\nhistory = \"snap\"\nquestions = { count = 5, per = \"day\" }\n\
         [approve]\nexact = true\nhistory = \"off\"\nruns = { count = 9, per = \"day\" }\n";
    let above = HouseRules::parse("group.toml", above).unwrap();
    let below = |sections: &str| {
        let rules = house(&format!("extends = \"group.toml\"\n{sections}"));
        under(&rules.under(&above).unwrap(), approve)
    };
    assert!(below("").is_ok());
    let error = below(
        "[approve]\nexact = false\nhistory = \"snap\"\nruns = { count = 8, per = \"day\" }\n",
    )
    .unwrap_err();
    for line in [4, 5, 6] {
        assert!(
            error.contains(&format!("wider than house.toml:{line}")),
            "{error}"
        );
    }
}
