//! What holds, what does not hold and what nobody knows make up the whole.
//!
//! Every owner's k is 1 here, so that all is told that is not NULL; the oracle is not asked.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tests::generate::predicate::{Use, predicate};
use tests::generate::random::Random;
use tests::oracle::expression::Expr;
use tests::oracle::plan::{Aggregate, Function, Plan, Question};
use tests::oracle::value::Value;
use tests::oracle::world::World;
use tests::oracle::{reply, sql};

use super::harness::{Case, Outcome, cases, fail, outcomes_of};

/// By key of the answer: its statistics.
type Sums = BTreeMap<String, Vec<Option<f64>>>;

/// When a simple condition is neither true nor false.
fn unknown(condition: &Expr) -> Option<Expr> {
    let null = |expr: &Expr| Expr::IsNull(Box::new(expr.clone()));
    match condition {
        Expr::Column(_) => Some(null(condition)),
        Expr::Compare(_, one, other) => Some(match other.as_ref() {
            Expr::Column(_) => Expr::Or(Box::new(null(one)), Box::new(null(other))),
            _literal => null(one),
        }),
        Expr::In(one, values) => (!values.contains(&Value::Null)).then(|| null(one)),
        Expr::Between(one, _, _) | Expr::Prefix(one, _) => Some(null(one)),
        Expr::Literal(_)
        | Expr::And(..)
        | Expr::Or(..)
        | Expr::Not(_)
        | Expr::IsNull(_)
        | Expr::Case(..)
        | Expr::Math(..)
        | Expr::Month(_) => None,
    }
}

/// The counts and sums of a question, the number of rows first.
fn additive(question: &Question) -> Question {
    let rows = Aggregate {
        function: Function::Rows,
        argument: None,
        filter: None,
    };
    let adds = |aggregate: &&Aggregate| {
        let function = matches!(aggregate.function, Function::Count | Function::Sum);
        function && aggregate.filter.is_none()
    };
    let others = question.statistics.iter().filter(adds).cloned();
    Question {
        statistics: std::iter::once(rows).chain(others).collect(),
        having: None,
        ..question.clone()
    }
}

fn given(question: &Question, predicate: Expr) -> Question {
    Question {
        input: Plan::Filter {
            input: Box::new(question.input.clone()),
            predicate,
        },
        ..question.clone()
    }
}

/// A question, and its three parts.
fn parts(case: &Case, at: usize) -> Option<[Question; 4]> {
    let mut random = Random::new(case.seed, 400 + at as u64);
    let condition = predicate(&mut random, &case.columns[at], Use::Filter, 0)?;
    let neither = unknown(&condition)?;
    let whole = additive(&case.questions[at]);
    let not = Expr::Not(Box::new(condition.clone()));
    let three = [condition, not, neither].map(|condition| given(&whole, condition));
    let [yes, no, neither] = three;
    Some([whole, yes, no, neither])
}

fn sums(outcome: &Outcome, keys: usize) -> Option<Sums> {
    let Outcome::Answer(text) = outcome else {
        return None;
    };
    let number = |value: &Json| value.as_f64().or_else(|| value.as_str()?.parse().ok());
    let rows = reply::rows(text).into_iter().map(|row| {
        let key = Json::Array(row[..keys].to_vec()).to_string();
        (key, row[keys..].iter().map(number).collect())
    });
    Some(rows.collect())
}

/// Statistics of the whole that are not the sum of their parts. What is NULL where there are rows may be withheld for an
/// arm that nobody takes, and says nothing.
fn wrong(whole: &Sums, parts: &[Sums], compared: &mut usize) -> Vec<String> {
    let mut found = Vec::new();
    for (key, values) in whole {
        for (at, value) in values.iter().enumerate() {
            let rows = parts.iter().filter_map(|part| part.get(key));
            let told: Option<Vec<f64>> = rows.map(|row| row[at]).collect();
            if let (Some(value), Some(told)) = (value, told) {
                *compared += 1;
                let sum: f64 = told.iter().sum();
                if (sum - value).abs() > 1e-9 * (1.0 + value.abs()) {
                    found.push(format!("{key}, statistic {at}: {value} is not {told:?}"));
                }
            } else if at == 0 {
                found.push(format!("{key}: the number of rows is not told"));
            }
        }
    }
    let more = parts.iter().flat_map(BTreeMap::keys);
    found.extend(more.filter(|key| !whole.contains_key(*key)).cloned());
    found
}

/// Property 12.
#[test]
#[expect(clippy::print_stdout, reason = "the counts are what a run is for")]
fn the_whole_is_the_sum_of_what_holds_what_does_not_and_what_nobody_knows() {
    let (mut asked, mut answered, mut compared) = (0, 0, 0);
    for case in cases(30) {
        let mut world: World = case.world.clone();
        world.tables.iter_mut().for_each(|table| table.k = 1);
        let split: Vec<[Question; 4]> = (0..case.questions.len())
            .filter_map(|at| parts(&case, at))
            .collect();
        let write = |question: &Question| sql::statement(&world, question);
        let statements: Vec<String> = split.iter().flatten().map(write).collect();
        let outcomes = outcomes_of(&world, &statements);
        for (four, outcomes) in split.iter().zip(outcomes.chunks(4)) {
            asked += 1;
            let keys = four[0].keys.len();
            let told = outcomes.iter().map(|outcome| sums(outcome, keys));
            let Some(told) = told.collect::<Option<Vec<Sums>>>() else {
                continue;
            };
            answered += 1;
            let wrong = wrong(&told[0], &told[1..], &mut compared);
            if !wrong.is_empty() {
                let all: Vec<String> = four.iter().map(write).collect();
                fail(&case, &world, &all.join(";\n"), &wrong.join("\n"));
            }
        }
    }
    println!("{asked} questions in three parts, {answered} answered, {compared} values compared");
    assert!(answered * 2 > asked);
}
