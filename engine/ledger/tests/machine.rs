//! The ledger against a model: whatever is done to it, in whatever order, nothing that was acknowledged is lost or changed.
//!
//! A model of a ledger is a list. Entries are reserved (appended), refused by a witness, half written, left without a
//! checkpoint by a crash; the ledger is opened again, by two at once, and after somebody took an entry away.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod model;

use model::Machine;
use proptest::prelude::*;

/// What happens next.
#[derive(Debug, Clone, Copy)]
enum Step {
    Append,
    AppendState,
    Refuse,
    Tear,
    Crash,
    Restart,
    Race,
    Take,
    Swap,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Append),
        2 => Just(Step::AppendState),
        2 => Just(Step::Refuse),
        1 => Just(Step::Tear),
        2 => Just(Step::Crash),
        2 => Just(Step::Restart),
        1 => Just(Step::Race),
        1 => Just(Step::Take),
        1 => Just(Step::Swap),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn nothing_acknowledged_is_lost(steps in prop::collection::vec(step(), 1..16)) {
        let mut machine = Machine::new();
        for step in steps {
            match step {
                Step::Append => machine.append(false),
                Step::AppendState => machine.append(true),
                Step::Refuse => machine.refuse(),
                Step::Tear => machine.tear(),
                Step::Crash => machine.crash(),
                Step::Restart => machine.restart(),
                Step::Race => machine.race(),
                Step::Take => machine.take(),
                Step::Swap => machine.swap(),
            }
            machine.check();
        }
        machine.restart();
        machine.check();
    }
}

/// Several who want the same ledger take turns; every entry that one of them was told of is there, once.
#[test]
fn those_who_race_for_it_take_turns() {
    let machine = Machine::new();
    let told: Vec<(u64, String)> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..4)
            .map(|racer| {
                let machine = &machine;
                scope.spawn(move || {
                    (0..5)
                        .map(|turn| machine.insist(&format!("{racer}-{turn}")))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        racers
            .into_iter()
            .flat_map(|racer| racer.join().unwrap())
            .collect()
    });
    assert_eq!(told.len(), 20);
    let entries = machine.questions();
    for (index, question) in told {
        assert_eq!(
            entries[usize::try_from(index).unwrap()].as_deref(),
            Some(question.as_str())
        );
    }
    assert_eq!(entries.len(), 21);
}
