//! What a new version of a policy makes possible.

use policy::diff::{PolicyDiff, diff};

use crate::support::{parse, with};

fn between(old: &str, new: &str) -> PolicyDiff {
    diff(&parse(&with(old)), &parse(&with(new)), None)
}

fn columns(old: &str, new: &str) -> PolicyDiff {
    let text = |rules: &str| format!("[columns]\nid = {{ unit = \"person\" }}\n{rules}\n");
    between(&text(old), &text(new))
}

#[test]
fn the_same_policy_differs_in_nothing() {
    let text = include_str!("../fixtures/language.policy.toml");
    let other = format!("# moved\n{text}");
    assert!(diff(&parse(text), &parse(&other), None).is_empty());
    assert_eq!(
        diff(&parse(text), &parse(text), None).to_string(),
        "nothing changes\n"
    );
}

#[test]
fn every_gain_is_somebodys_loss() {
    let base = "[disclosure]\nmin_contributors = 10\n[columns]\nid = { unit = \"person\" }\n";
    for other in [
        "[disclosure]\nmin_contributors = 5\n[columns]\nid = { unit = \"person\" }\n",
        "[disclosure]\nmin_contributors = 10\nnoise = \"off\"\nhistory = \"off\"\njitter = false\n[columns]\nid = { unit = \"person\" }\n",
        "[access]\nask = [\"b\"]\nuntil = 2027-01-01\npurposes = [\"aml\"]\nowner = \"policy\"\n[columns]\nid = { unit = \"person\" }\n",
        "[joins.acct]\nwith = [\"b\"]\nmany = [\"b\"]\ncrowds = [\"b\"]\nnegation = true\n[columns]\nid = { unit = \"person\", join = \"acct\" }\n",
        "[rows]\nwhere = \"a = 1\"\n[[rows.only]]\nparty = \"*\"\nwhere = \"b = 1\"\n[columns]\nid = { unit = \"person\" }\n",
        "[columns]\nid = { unit = \"person\" }\nx = { dimension = true, filter = 5, measure = [0, 1] }\n",
        "[disclosure]\nquestions = { count = 5, per = \"day\" }\ndominance = 10\nfloor = 3\npool = [\"b\"]\n[columns]\nid = { unit = \"person\" }\n",
        "[columns]\nid = { unit = \"person\" }\n[derive]\nx = { sql = \"id\", dimension = true }\n",
        "[columns]\nid = { unit = \"person\" }\n[[approve]]\nname = \"q\"\nsql = \"q.sql\"\n",
    ] {
        let (there, back) = (between(base, other), between(other, base));
        assert!(!there.is_empty(), "{other}");
        assert_eq!(there.newly_possible, back.no_longer, "{other}");
        assert_eq!(there.no_longer, back.newly_possible, "{other}");
        assert!(there.changed.is_empty(), "{:?}", there.changed);
    }
}

#[test]
fn a_finer_grain_is_newly_possible() {
    let found = columns(
        "ts = { filter = \"1 day\" }",
        "ts = { filter = \"1 hour\" }",
    );
    assert_eq!(
        found.newly_possible,
        ["`ts` is filtered by steps of 1 hour"]
    );
    assert!(found.no_longer.is_empty(), "days are whole hours: {found}");
    let found = columns("x = { measure = [0, 10] }", "x = { measure = [5, 20] }");
    assert_eq!(found.newly_possible, ["`x` stands in sums, from 5 to 20"]);
    assert_eq!(found.no_longer, ["`x` stands in sums, from 0 to 10"]);
}

#[test]
fn another_expression_is_told_whatever_it_grants() {
    let derived = |sql: &str| {
        format!(
            "[columns]\n\"*\" = {{ unit = \"person\" }}\n[derive]\nx = {{ sql = \"{sql}\", filter = true }}\n"
        )
    };
    let found = between(&derived("a = 1"), &derived("a = 2"));
    assert_eq!(
        found.to_string(),
        "changed:\n  `x` is computed in another way\n"
    );
    let found = between(
        "[columns]\n\"*\" = { unit = \"person\" }\n",
        &derived("a = 1"),
    );
    assert_eq!(
        found.newly_possible,
        [
            "`x` is seen, and counted where it is not NULL",
            "`x` is filtered by any value"
        ]
    );
}

#[test]
fn a_lost_unit_is_told() {
    let old = "[columns]\nid = { unit = \"person\" }\nacc = { unit = \"acct\" }\n";
    let new = "[columns]\nid = { unit = \"person\" }\nacc = {}\n";
    let found = between(old, new);
    assert_eq!(
        found.newly_possible,
        ["groups however few of unit `acct`, which is not counted"]
    );
    assert!(!found.only_narrows());
    assert_eq!(found.changed, ["`acc` counts nobody any more"]);
}

#[test]
fn thresholds_and_lists_in_words() {
    let found = between(
        "[access]\nask = [\"a\"]\n[disclosure]\nmin_contributors = 10\n[columns]\nid = { unit = \"person\" }\n",
        "[disclosure]\nmin_contributors = 5\n[columns]\nid = { unit = \"person\" }\nname = { dimension = true }\n",
    );
    assert_eq!(
        found.to_string(),
        "newly possible:\n  every party of the contract may ask\n  every party of the contract may receive answers\n  \
         groups of 5 to 9 of unit `person`\n  `name` is seen, and counted where it is not NULL\n  \
         `name` leaves as a group key, any value\n"
    );
}

#[test]
fn a_rule_that_a_pattern_covers_is_no_change() {
    let found = columns(
        "\"x_*\" = { filter = true }",
        "\"x_*\" = { filter = true }\nx_a = { hidden = true }",
    );
    assert!(found.newly_possible.is_empty(), "{found}");
    assert_eq!(found.no_longer.len(), 2, "{found}");
}

#[test]
fn what_a_party_sees_in_the_end_is_compared() {
    let only = |entries: &[(&str, &str)]| {
        let entry = |(who, rows): &(&str, &str)| {
            format!("[[rows.only]]\nparty = \"{who}\"\nwhere = \"{rows}\"\n")
        };
        let entries: String = entries.iter().map(entry).collect();
        format!("{entries}[columns]\nid = {{ unit = \"person\" }}\n")
    };
    let said =
        |old: &[(&str, &str)], new: &[(&str, &str)]| between(&only(old), &only(new)).to_string();
    assert_eq!(
        said(&[("b", "x = 1")], &[]),
        "newly possible:\n  b sees other rows than those with x = 1\n"
    );
    assert_eq!(
        said(&[("b", "x = 1")], &[("b", "x = 1"), ("b", "y = 1")]),
        "no longer possible:\n  b sees other rows than those with y = 1\n"
    );
    assert_eq!(
        said(&[("b", "x = 1")], &[("b", "x = 2")]),
        "changed:\n  b sees rows with x = 2 instead of x = 1\n"
    );
    // Whoever is named is no longer among the others, which may show it more.
    assert_eq!(
        said(&[("*", "x = 1")], &[("*", "x = 1"), ("b", "x = 2")]),
        "changed:\n  b sees rows with x = 2 instead of x = 1\n"
    );
    assert_eq!(
        said(&[("*", "x = 1"), ("b", "x = 1")], &[("*", "x = 1")]),
        "nothing changes\n"
    );
    assert_eq!(
        said(
            &[("b", "x = 1"), ("b", "y = 1")],
            &[("b", "y = 1"), ("b", "x = 1")]
        ),
        "nothing changes\n"
    );
}
