//! Verdicts are made without data.

use serde_json::Value;
use tests::oracle::world::World;

use super::harness::{Outcome, ask, ask_in, cases, fail, outcomes};

fn verdict(outcome: &Outcome) -> Option<(bool, String)> {
    match outcome {
        Outcome::Answer(text) => {
            let explained: Value = serde_json::from_str(text).unwrap();
            let code = explained["code"].as_str().unwrap_or_default();
            Some((explained["verdict"] == "allow", code.to_owned()))
        }
        Outcome::Refused(_, _) => None,
    }
}

/// Property 8: `EXPLAIN POLICY` says what happens, and so it does when no sealed row can be read.
#[test]
fn admission_is_data_free() {
    for case in cases(20) {
        let statements = case.sql();
        let explains: Vec<String> = statements
            .iter()
            .map(|sql| format!("EXPLAIN POLICY {sql}"))
            .collect();
        let (folder, ran) = ask(&case.world, &explains);
        let told = outcomes(&ran, explains.len());
        let asked = outcomes(
            &ask_in(folder.path(), &case.world, &statements),
            statements.len(),
        );
        for ((told, asked), statement) in told.iter().zip(&asked).zip(&statements) {
            let real = (asked.code().is_empty(), asked.code().to_owned());
            if verdict(told) != Some(real) {
                fail(
                    &case,
                    &case.world,
                    statement,
                    &format!("explained as {told:?}\nhappened {asked:?}"),
                );
            }
        }
        let empty: World = case.world.with_rows(|_| Vec::new());
        let (_folder, ran) = ask(&empty, &explains);
        let without = outcomes(&ran, explains.len());
        for ((with, without), statement) in told.iter().zip(&without).zip(&statements) {
            if with != without {
                fail(
                    &case,
                    &empty,
                    statement,
                    &format!("with rows {with:?}\nwithout {without:?}"),
                );
            }
        }
    }
}
