//! Whatever the values are, a question ends as it did, and no value is in a message.

use tests::generate::change::poisoned;

use super::harness::{ask, cases, fail, outcomes};

/// Property 7.
#[test]
fn values_never_change_what_becomes_of_a_question() {
    for case in cases(40) {
        let statements = case.sql();
        let world = poisoned(&case.world, case.seed);
        let ((_one, before), (_other, after)) =
            (ask(&case.world, &statements), ask(&world, &statements));
        for planted in [
            "pl4nted",
            "7070707",
            "70707.07",
            "294246",
            "999999999999",
            "9223372036854775807",
        ] {
            assert!(
                !after.err.contains(planted),
                "seed {}: {planted} in {}",
                case.seed,
                after.err
            );
        }
        let pairs = outcomes(&before, statements.len())
            .into_iter()
            .zip(outcomes(&after, statements.len()));
        for ((before, after), statement) in pairs.zip(&statements) {
            if before.code() != after.code() {
                fail(
                    &case,
                    &world,
                    statement,
                    &format!("before {before:?}\nafter  {after:?}"),
                );
            }
        }
    }
}
