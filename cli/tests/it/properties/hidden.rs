//! What must not matter does not: replies stay the same to the byte.
//!
//! But for floating point numbers in the asker's questions about its own tables alone: plain SQL adds
//! them up in the order in which rows come.

use serde_json::Value;
use tests::generate::change::{kept_away, renamed, scrambled, shuffled};
use tests::oracle::world::World;

use super::harness::{Case, Outcome, ask, cases, fail, outcomes};

/// Equal, or answers whose floating point numbers differ in the last digits.
pub(super) fn same(before: &Outcome, after: &Outcome) -> bool {
    match (before, after) {
        (Outcome::Answer(before), Outcome::Answer(after)) => {
            let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            before == after || near(&parsed(before), &parsed(after))
        }
        _refused => before == after,
    }
}

fn near(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Array(before), Value::Array(after)) => {
            before.len() == after.len() && before.iter().zip(after).all(|(b, a)| near(b, a))
        }
        (Value::Object(before), Value::Object(after)) => {
            let names = before.keys().eq(after.keys());
            names && before.values().zip(after.values()).all(|(b, a)| near(b, a))
        }
        (Value::Number(before), Value::Number(after)) if before.is_f64() => {
            let pair = before.as_f64().zip(after.as_f64());
            pair.is_some_and(|(b, a)| (b - a).abs() <= 1e-12 * b.abs())
        }
        _other => before == after,
    }
}

fn replies_stay(change: impl Fn(&Case) -> World) {
    for case in cases(20) {
        let statements = case.sql();
        let changed = change(&case);
        let ((_one, before), (_other, after)) =
            (ask(&case.world, &statements), ask(&changed, &statements));
        assert_eq!(
            (&before.err, before.code),
            (&after.err, after.code),
            "seed {}: messages differ",
            case.seed
        );
        let pairs = outcomes(&before, statements.len())
            .into_iter()
            .zip(outcomes(&after, statements.len()));
        let found = pairs
            .zip(&statements)
            .find(|((before, after), _)| !same(before, after));
        if let Some(((before, after), statement)) = found {
            fail(
                &case,
                &changed,
                statement,
                &format!("before {before:?}\nafter  {after:?}"),
            );
        }
    }
}

/// Property 4.
#[test]
fn hidden_columns_and_filtered_rows_do_not_interfere() {
    replies_stay(|case| scrambled(&case.world, case.seed));
}

/// Property 4, of rows that others than the asker may use.
#[test]
fn rows_that_do_not_exist_for_the_asker_do_not_exist() {
    replies_stay(|case| kept_away(&case.world));
}

/// Property 5.
#[test]
fn names_of_people_do_not_matter() {
    replies_stay(|case| renamed(&case.world));
}

/// Property 6.
#[test]
fn the_order_of_rows_does_not_matter() {
    replies_stay(|case| shuffled(&case.world, case.seed));
}
