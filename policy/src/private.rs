//! Terms of differential privacy that promise too little, or that nothing can be answered under.
//!
//! Whatever is found here refuses the table: the mode is there for its proof, and without it would be worse than none.

use crate::document::{Derivation, Dp, Mode, Placed, PolicyDocument};
use crate::problem::Problem;

/// With this probability at most may one entity alone show a group.
const MOST_DELTA: f64 = 1e-5;

/// What is wrong with a table's terms; nothing if its mode is another.
pub(crate) fn refused(document: &PolicyDocument) -> Vec<Problem> {
    let disclosure = &document.disclosure;
    match (disclosure.mode.value, &disclosure.dp) {
        (Mode::Dp, Some(dp)) => terms(document, dp),
        (Mode::Dp, None) => {
            let help = "write its unit, epsilon, total_epsilon, delta and max_groups";
            let message = "mode \"dp\" needs [disclosure.dp]";
            let problem = Problem::error(&document.source, &disclosure.mode.span, message);
            vec![problem.with_help(help)]
        }
        (Mode::Template | Mode::Statistical, _) => Vec::new(),
    }
}

fn terms(document: &PolicyDocument, dp: &Placed<Dp>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut wrong = |message: String, help: &str| {
        let problem = Problem::error(&document.source, &dp.span, message);
        problems.push(problem.with_help(help));
    };
    let Dp { unit, delta, .. } = &dp.value;
    if dp.value.delta() > MOST_DELTA {
        let help = "one entity alone would show a group this often: write 1e-6, or less than one in the number of entities";
        wrong(format!("`delta` is {delta}, above {MOST_DELTA}"), help);
    }
    if dp.value.micro_epsilon() == 0 || dp.value.micro_total() == 0 {
        let help = "budgets are counted in millionths: write at least 0.000001";
        wrong(
            "`epsilon` is too small, or too large, to be counted".to_owned(),
            help,
        );
    }
    let rules = document.rules().filter(|rule| !rule.hidden);
    let of_unit = rules.filter(|rule| rule.unit.as_ref().is_some_and(|of| of.value == *unit));
    let columns: Vec<&str> = of_unit.map(|rule| rule.pattern.value.as_str()).collect();
    if let [first, second, ..] = columns.as_slice() {
        let help =
            "a row is to be about one of them: give the other column a `join`, or another unit";
        let message =
            format!("`{first}` and `{second}` are both `{unit}`, which [disclosure.dp] protects");
        wrong(message, help);
    }
    problems.extend(fetched(document));
    problems
}

/// Values that another entity's row supplies: whoever leaves takes them out of rows of others.
fn fetched(document: &PolicyDocument) -> Vec<Problem> {
    let derived = document.derive.iter();
    let fetched = derived.filter_map(|derived| match &derived.derivation {
        Derivation::Lookup(lookup) => Some((lookup, derived)),
        Derivation::Sql(_) => None,
    });
    let problem = |(lookup, derived): (
        &crate::document::Lookup,
        &crate::document::DerivedColumn,
    )| {
        let name = &derived.rule.pattern.value;
        let message = format!(
            "`{name}` is fetched from a row that may be another's, which mode \"dp\" cannot account for"
        );
        let help = "leave it out, or ask for it by a join on the unit";
        Problem::error(&document.source, &lookup.from.span, message).with_help(help)
    };
    fetched.map(problem).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn found(terms: &str, columns: &str) -> Vec<String> {
        let text = format!(
            "policy = 1\ntable = \"t\"\n[disclosure]\nmode = \"dp\"\n[disclosure.dp]\nunit = \"person\"\ntotal_epsilon = 10\nmax_groups = 4\n{terms}\n[columns]\n{columns}\n"
        );
        let document = PolicyDocument::parse("t.policy.toml", &text).unwrap();
        refused(&document).iter().map(ToString::to_string).collect()
    }

    const PERSON: &str = "id = { unit = \"person\" }";

    #[test]
    fn good_terms_are_no_problem() {
        assert_eq!(
            found("epsilon = 1\ndelta = 1e-6", PERSON),
            Vec::<String>::new()
        );
        assert_eq!(
            found("epsilon = 0.5\ndelta = 1e-9\nmax_rows = 20", PERSON),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_large_delta_is_refused_at_its_place() {
        let problems = found("epsilon = 1\ndelta = 1e-4", PERSON);
        let expected = "t.policy.toml:5:1: error: `delta` is 1e-4, above 0.00001";
        assert!(
            problems.iter().any(|p| p.starts_with(expected)),
            "{problems:?}"
        );
    }

    #[test]
    fn an_epsilon_that_cannot_be_counted_is_refused() {
        let problems = found("epsilon = 0.0000001\ndelta = 1e-6", PERSON);
        assert!(
            problems.iter().any(|p| p.contains("counted in millionths")),
            "{problems:?}"
        );
    }

    #[test]
    fn what_is_fetched_from_another_row_is_refused() {
        let with = |derived: &str| {
            found(
                "epsilon = 1\ndelta = 1e-6",
                &format!("payee = {{}}\n{PERSON}\n[derive]\n{derived}"),
            )
        };
        for derived in [
            "level = { lookup = \"people.level\", on = \"people.person = payee\", filter = true }",
            "owner = { lookup = \"people.home\", on = \"people.person = payee\", unit = \"home\" }",
            "agent = { lookup = \"people.agent\", on = \"people.person = payee\", unit = \"person\" }",
        ] {
            let problems = with(derived);
            assert!(
                problems.iter().any(|p| p.contains("is fetched from a row")),
                "{problems:?}"
            );
        }
    }

    #[test]
    fn a_row_about_two_of_the_unit_is_refused() {
        let two = "a = { unit = \"person\" }\nb = { unit = \"person\" }";
        let problems = found("epsilon = 1\ndelta = 1e-6", two);
        assert!(
            problems
                .iter()
                .any(|p| p.contains("`a` and `b` are both `person`")),
            "{problems:?}"
        );
    }
}
