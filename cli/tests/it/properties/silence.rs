//! A party with too few people is not heard.

use std::collections::BTreeSet;

use tests::generate::change::small;
use tests::oracle::answer::is_free;
use tests::oracle::plan::{Plan, Question};
use tests::oracle::reply;

use super::harness::{Outcome, cases, fail, outcomes_over};

/// The parties whose rows stand behind every row: those of negated tests and of one side of a union do not.
fn behind(plan: &Plan, owner: &impl Fn(usize) -> usize) -> BTreeSet<usize> {
    match plan {
        Plan::Scan { table } => BTreeSet::from([owner(*table)]),
        Plan::List { .. } => BTreeSet::new(),
        Plan::Filter { input, .. }
        | Plan::Project { input, .. }
        | Plan::Group { input, .. }
        | Plan::Window { input, .. }
        | Plan::Semi {
            input,
            negated: true,
            ..
        }
        | Plan::Join {
            outer: true,
            left: input,
            ..
        } => behind(input, owner),
        Plan::Join {
            outer: false,
            left,
            right,
            ..
        } => behind(left, owner)
            .union(&behind(right, owner))
            .copied()
            .collect(),
        Plan::Semi {
            input,
            tested,
            negated: false,
            ..
        } => behind(input, owner)
            .union(&behind(tested, owner))
            .copied()
            .collect(),
        Plan::Union { inputs } => {
            let sides = inputs.iter().map(|input| behind(input, owner));
            sides
                .reduce(|one, other| one.intersection(&other).copied().collect())
                .unwrap_or_default()
        }
    }
}

/// Property 3: with fewer than k entities of a party, no value over its rows is told.
#[test]
fn a_party_of_few_is_silent() {
    let mut heard = 0;
    for case in cases(30) {
        let party = (case.world.asker + 1) % case.world.parties.len();
        let world = small(&case.world, party);
        let over = |question: &Question| {
            behind(&question.input, &|table| world.tables[table].party).contains(&party)
        };
        let outcomes = outcomes_over(&case, &world);
        let each = case.questions.iter().zip(case.sql()).zip(outcomes);
        for ((question, statement), outcome) in each {
            if let Outcome::Answer(text) = outcome
                && over(question)
                && !is_free(&world, question)
            {
                heard += 1;
                if !reply::rows(&text).is_empty() {
                    fail(
                        &case,
                        &world,
                        &statement,
                        &format!(
                            "{} has too few people, and is heard: {text}",
                            world.parties[party]
                        ),
                    );
                }
            }
        }
    }
    assert!(heard > 0);
}
