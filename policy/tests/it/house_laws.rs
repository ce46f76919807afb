//! House rules, whatever they and a policy say.

use policy::document::Disclosure;
use policy::obligation::Obligations;
use proptest::prelude::*;

use crate::house::{house, under};

fn dp(unit: &str, [epsilon, total, delta, groups]: [&str; 4]) -> String {
    format!(
        "[disclosure.dp]\nunit = \"{unit}\"\nepsilon = {epsilon}\ntotal_epsilon = {total}\ndelta = {delta}\nmax_groups = {groups}\n"
    )
}

#[test]
fn no_more_privacy_is_spent_than_the_house_lets() {
    let most = ["1.0", "10.0", "1e-6", "4"];
    let rules = house(&dp("person", most));
    for less in [most, ["0.5", "5.0", "1e-7", "3"]] {
        assert!(under(&rules, &dp("person", less)).is_ok(), "{less:?}");
    }
    for (place, more) in ["1.1", "10.1", "2e-6", "5"].into_iter().enumerate() {
        let mut terms = most;
        terms[place] = more;
        let error = under(&rules, &dp("person", terms)).unwrap_err();
        assert!(
            error.contains("[disclosure.dp]: wider than house.toml:2, which spends less"),
            "{terms:?}: {error}"
        );
    }
    // another unit of the house's is one that no column of this table has
    let error = under(&house(&dp("acct", most)), &dp("person", most)).unwrap_err();
    assert!(error.contains("protects another unit"), "{error}");
    let error = under(&house(&dp("acct", most)), "").unwrap_err();
    assert!(
        error.contains("house.toml:2:1: error: [disclosure.dp] protects `acct`"),
        "{error}"
    );
}

/// The lines of a `[disclosure]`, each there or not.
fn section() -> impl Strategy<Value = String> {
    let line = |what: &'static str, values: &'static [&'static str]| {
        prop::option::of(prop::sample::select(values))
            .prop_map(move |value| value.map_or(String::new(), |v| format!("{what} = {v}\n")))
    };
    (
        line("mode", &["\"statistical\"", "\"template\""]),
        line(
            "min_contributors",
            &[
                "1",
                "5",
                "12",
                "{ person = 3 }",
                "{ person = 15, acct = 2 }",
            ],
        ),
        line("floor", &["2", "6"]),
        line("jitter", &["true", "false"]),
        line("history", &["\"snap\"", "\"off\""]),
        line("noise", &["\"sticky\"", "\"off\""]),
        line("variance", &["4", "16", "20"]),
        line("dominance", &["0", "10"]),
        line(
            "questions",
            &[
                "{ count = 3, per = \"day\" }",
                "{ count = 9, per = \"day\" }",
                "{ count = 9, per = \"week\" }",
            ],
        ),
    )
        .prop_map(|(a, b, c, d, e, f, g, h, i)| {
            format!("[disclosure]\n{}", [a, b, c, d, e, f, g, h, i].concat())
        })
}

/// What is written, as obligations: what is not bounds nothing.
fn bounds(disclosure: &Disclosure) -> Obligations {
    let all = Obligations::from(disclosure);
    let none = Obligations::none();
    let d = disclosure;
    Obligations {
        mode: if d.is_default(&d.mode) {
            none.mode
        } else {
            all.mode
        },
        min_contributors: if d.is_default(&d.min_contributors) {
            none.min_contributors
        } else {
            all.min_contributors
        },
        jitter: !d.is_default(&d.jitter) && all.jitter,
        history: !d.is_default(&d.history) && all.history,
        noise: !d.is_default(&d.noise) && all.noise,
        variance: if d.is_default(&d.variance) {
            none.variance
        } else {
            all.variance
        },
        dominance: all.dominance,
        questions: none.questions,
    }
}

proptest! {
    /// Whatever both say, what is accepted owes all that the house rules ask.
    #[test]
    fn what_stands_under_a_house_is_as_strict(rules in section(), own in section()) {
        let rules = house(&rules);
        if let Ok(policy) = under(&rules, &own) {
            let owes = Obligations::from(&policy.disclosure);
            prop_assert!(owes.is_as_strict_as(&bounds(&rules.disclosure)), "{owes:?}");
            if let Some(most) = &rules.disclosure.questions {
                let questions = policy.disclosure.questions.clone().unwrap().value;
                prop_assert!(questions.per == most.value.per && questions.count <= most.value.count);
            }
            let floor = |d: &Disclosure| d.floor.as_ref().map_or(1, |floor| floor.value);
            prop_assert!(floor(&policy.disclosure) >= floor(&rules.disclosure));
        }
    }

    /// A policy that repeats the house rules, or says nothing, is never refused; a k below the floor is no k.
    #[test]
    fn the_house_rules_narrow_themselves(rules in section()) {
        let Disclosure { floor, min_contributors, .. } = house(&rules).disclosure;
        prop_assume!(floor.is_none_or(|floor| floor.value <= min_contributors.value.smallest()));
        let (silent, same) = (under(&house(&rules), ""), under(&house(&rules), &rules));
        let (silent, same) = (silent.unwrap(), same.unwrap());
        prop_assert_eq!(Obligations::from(&silent.disclosure), Obligations::from(&same.disclosure));
    }
}
