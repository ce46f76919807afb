//! `mode = "dp"`, as its owners write and read it.

use policy::diff::diff;
use policy::explain::explain;
use policy::lint::lint;

use crate::support::{parse, with};

fn terms(dp: &str) -> String {
    let head = "[disclosure]\nmode = \"dp\"\n[disclosure.dp]\nunit = \"person\"\n";
    with(&format!(
        "{head}{dp}\n[columns]\nid = {{ unit = \"person\" }}\n"
    ))
}

const USUAL: &str =
    "epsilon = 0.5\ntotal_epsilon = 10\ndelta = 1e-6\nmax_groups = 4\nmax_rows = 20";

#[test]
fn an_explanation_says_what_is_promised_and_no_threshold() {
    let said = explain(&parse(&terms(USUAL)), None).to_string();
    for line in [
        "answers are differentially private",
        "each question spends (0.5, 1e-6) for every person, all together 10 of epsilon at most",
        "one person counts in at most 4 groups of an answer",
        "and with at most 20 rows in each",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert!(!said.contains("fewer than"), "{said}");
}

#[test]
fn numbers_are_counted_in_millionths_and_rounded_down() {
    let document = parse(&terms(
        "epsilon = 0.1234569\ntotal_epsilon = 2\ndelta = 1e-9\nmax_groups = 1",
    ));
    let dp = &document.disclosure.dp.as_ref().unwrap().value;
    assert_eq!((dp.micro_epsilon(), dp.micro_total()), (123_456, 2_000_000));
    assert!((dp.delta() - 1e-9).abs() < 1e-15);
    assert_eq!(dp.max_rows, None);
}

#[test]
fn more_budget_is_a_gain_and_less_is_a_loss() {
    for (place, less, more, says) in [
        (
            "epsilon = 0.5",
            "epsilon = 0.5",
            "epsilon = 1",
            "more than 0.5 of epsilon spent by one question",
        ),
        (
            "total_epsilon = 10",
            "total_epsilon = 10",
            "total_epsilon = 20",
            "more than 10 of epsilon spent by all questions",
        ),
        (
            "delta = 1e-6",
            "delta = 1e-7",
            "delta = 1e-6",
            "groups that show one person more often than 1e-7",
        ),
    ] {
        let (less, more) = (USUAL.replace(place, less), USUAL.replace(place, more));
        let (less, more) = (parse(&terms(&less)), parse(&terms(&more)));
        assert_eq!(diff(&less, &more, None).newly_possible, [says]);
        assert_eq!(diff(&more, &less, None).no_longer, [says]);
        assert!(diff(&more, &less, None).only_narrows());
    }
    let other = parse(&terms(&USUAL.replace("max_rows = 20", "max_rows = 5")));
    assert_eq!(
        diff(&parse(&terms(USUAL)), &other, None).changed,
        ["the terms of [disclosure.dp]"]
    );
}

#[test]
fn lints_of_thresholds_say_nothing_of_a_private_table() {
    let off = "[disclosure]\nmode = \"dp\"\nmin_contributors = 2\njitter = false\nhistory = \"off\"\nnoise = \"off\"\n[disclosure.dp]\nunit = \"person\"\n";
    let text = with(&format!(
        "{off}{USUAL}\n[columns]\nid = {{ unit = \"person\" }}\n"
    ));
    let found: Vec<_> = lint(&parse(&text), None).iter().map(|p| p.lint).collect();
    assert_eq!(found, [], "{found:?}");
}

#[test]
fn what_the_language_does_not_take_is_said_at_its_place() {
    for (wrong, says) in [
        (
            "epsilon = 2\ntotal_epsilon = 1\ndelta = 1e-6\nmax_groups = 1",
            "one query would spend more than `total_epsilon`",
        ),
        (
            "epsilon = 1\ntotal_epsilon = 2\ndelta = 1e-6\nmax_groups = 1\nmax_rows = 0",
            "max_rows",
        ),
        (
            "epsilon = 1\ntotal_epsilon = 2\ndelta = 1e-6",
            "needs max_groups",
        ),
    ] {
        let text = terms(wrong);
        let problems = policy::document::PolicyDocument::parse("t.policy.toml", &text).unwrap_err();
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(said.iter().any(|s| s.contains(says)), "{wrong}: {said:?}");
    }
}
