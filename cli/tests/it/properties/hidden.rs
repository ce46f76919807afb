//! What must not matter does not: replies stay the same to the byte.

use tests::generate::change::{renamed, scrambled, shuffled};
use tests::oracle::world::World;

use super::harness::{Case, ask, cases, fail, outcomes};

fn replies_stay(change: impl Fn(&Case) -> World) {
    for case in cases(20) {
        let statements = case.sql();
        let changed = change(&case);
        let ((_one, before), (_other, after)) =
            (ask(&case.world, &statements), ask(&changed, &statements));
        if (&before.out, &before.err, before.code) != (&after.out, &after.err, after.code) {
            let pairs = outcomes(&before, statements.len())
                .into_iter()
                .zip(outcomes(&after, statements.len()));
            let found = pairs
                .zip(&statements)
                .find(|((before, after), _)| before != after);
            let Some(((before, after), statement)) = found else {
                panic!(
                    "seed {}: messages differ:\n{}\n{}",
                    case.seed, before.err, after.err
                );
            };
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
