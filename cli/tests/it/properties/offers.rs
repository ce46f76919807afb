//! What a refusal offers to ask instead is let in.

use std::collections::BTreeMap;

use serde_json::Value;

use super::harness::{Outcome, cases, failure, outcomes_of};
use super::mutation::{accepted, mutants};

/// By code: so many refusals, and how many of them offer something.
type Offers = BTreeMap<String, (usize, usize)>;

fn offered(outcome: &Outcome, offers: &mut Offers) -> Option<String> {
    let Outcome::Refused(code, line) = outcome else {
        return None;
    };
    let error: Value = serde_json::from_str(line).unwrap();
    let instead = error["instead"].as_str().map(ToOwned::to_owned);
    let (refused, some) = offers.entry(code.clone()).or_default();
    *refused += 1;
    *some += usize::from(instead.is_some());
    instead
}

/// Of questions that nobody wrote, each with one forbidden thing in it.
#[test]
#[expect(clippy::print_stdout, reason = "the counts are what a run is for")]
fn what_is_offered_instead_is_let_in() {
    let (mut offers, mut wrong) = (Offers::new(), Vec::new());
    for case in cases(10) {
        let mut seen = BTreeMap::new();
        let questions = accepted(&case).into_iter();
        let made = questions.flat_map(|question| mutants(&case, question, &mut seen));
        let statements: Vec<String> = made.map(|mutant| mutant.statement).collect();
        let outcomes = outcomes_of(&case.world, &statements);
        let instead: Vec<String> = outcomes
            .iter()
            .filter_map(|outcome| offered(outcome, &mut offers))
            .collect();
        for (offer, outcome) in instead.iter().zip(outcomes_of(&case.world, &instead)) {
            if !matches!(outcome, Outcome::Answer(_)) {
                wrong.push(failure(
                    &case,
                    &case.world,
                    offer,
                    &format!("offered, and {outcome:?}"),
                ));
            }
        }
    }
    println!("refused, and of these with an offer: {offers:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let (refused, some) = offers
        .values()
        .fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
    assert!(some * 2 >= refused, "{some} of {refused}");
}
