//! Generated histories of questions, audited: what the release says of its own is far from all that it said before, and
//! one person more or less does not change what is near it.
//!
//! Distances are counted here, from the rows, by comparing maps.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use release::{Duties, StatisticKind};

use crate::bank::{Bank, COUNT, K, Row, SUM, with_history};

/// Somebody who is in no question of the history.
const E: u64 = 5000;

/// A question: whose rows, and whether they are summed or counted.
#[derive(Debug, Clone)]
struct Asked {
    people: BTreeSet<u64>,
    sums: bool,
}

/// What each person adds.
type Adds = BTreeMap<u64, i64>;

impl Asked {
    fn kind(&self) -> StatisticKind {
        if self.sums { SUM } else { COUNT }
    }

    fn rows(&self) -> Vec<Row> {
        let rows = self.people.iter();
        rows.map(|one| ("g", *one, amount(*one))).collect()
    }

    fn adds(&self) -> Adds {
        let each = self.people.iter();
        each.map(|one| (*one, if self.sums { amount(*one) } else { 1 }))
            .collect()
    }

    fn without(&self, one: u64) -> Self {
        let mut other = self.clone();
        other.people.remove(&one);
        other
    }
}

/// No two people add the same, so that no sum is a multiple of another.
fn amount(person: u64) -> i64 {
    i64::try_from(person * person).unwrap() + 7
}

/// How many people add something else.
fn apart(one: &Adds, other: &Adds) -> usize {
    let all: BTreeSet<&u64> = one.keys().chain(other.keys()).collect();
    let differs = |person: &&&u64| one.get(**person) != other.get(**person);
    all.iter().filter(differs).count()
}

/// Something that was decided on its own, not by an earlier outcome.
#[derive(Debug)]
struct Own {
    adds: Adds,
    told: bool,
}

/// Asks, and says what was decided on its own.
fn ask(bank: &mut Bank, asked: &Asked) -> (Option<i64>, Option<Own>) {
    let (answer, remembered) = bank.try_ask(&[asked.kind()], &asked.rows()).unwrap();
    let value = answer.values().next().and_then(|values| values[0]);
    assert!(remembered.len() <= 1, "one part, one statistic");
    let own = (!remembered.is_empty()).then(|| Own {
        adds: match value {
            Some(_) => asked.adds(),
            // What is withheld is remembered by whose rows it was about.
            None => asked.people.iter().map(|one| (*one, 1)).collect(),
        },
        told: value.is_some(),
    });
    (value, own)
}

/// By what has been decided: whether the question is near it; nothing if that depends on the jitter.
fn near(asked: &Asked, decided: &[Own]) -> Option<Vec<bool>> {
    let counted = Asked {
        sums: false,
        ..asked.clone()
    };
    let near = |own: &Own| {
        let adds = if own.told {
            asked.adds()
        } else {
            counted.adds()
        };
        match apart(&adds, &own.adds) {
            few if few < K as usize => Some(true),
            many if many >= 2 * K as usize => Some(false),
            _between => None,
        }
    };
    decided.iter().map(near).collect()
}

/// Questions about blocks of neighbours, with some of them missing; often nearly an earlier one.
fn history() -> impl Strategy<Value = Vec<Asked>> {
    let block = (0_u64..120, prop_oneof![5_u64..70, Just(1200)]);
    let missing = prop::collection::btree_set(0_u64..160, 0..12);
    let one = (
        block,
        missing,
        any::<bool>(),
        any::<prop::sample::Index>(),
        0..3,
    );
    prop::collection::vec(one, 2..9).prop_map(|drawn| {
        let mut all: Vec<Asked> = Vec::new();
        for ((from, size), missing, sums, earlier, again) in drawn {
            let people: BTreeSet<u64> = match all.get(earlier.index(all.len().max(1))) {
                Some(other) if again == 0 => other.people.difference(&missing).copied().collect(),
                Some(_) | None => (from..from + size)
                    .filter(|one| !missing.contains(one))
                    .collect(),
            };
            all.push(Asked { people, sums });
        }
        all
    })
}

fn duties() -> impl Strategy<Value = Duties> {
    prop::sample::select(with_history())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Property 11: of all that is decided on its own, no two are nearer than r, which is k here; 0 would be the same.
    #[test]
    fn whatever_is_told_of_its_own_is_far_from_all_else(history in history(), duties in duties(), seed in 0_u64..50) {
        let mut bank = Bank::new(seed, duties);
        let mut decided: Vec<Own> = Vec::new();
        for asked in &history {
            let (value, own) = ask(&mut bank, asked);
            prop_assert_eq!(ask(&mut bank, asked).0, value, "asked again");
            if let Some(new) = own {
                for old in decided.iter().filter(|old| old.told == new.told) {
                    let apart = apart(&new.adds, &old.adds);
                    prop_assert!(apart >= K as usize, "{apart}: {new:?} {old:?}");
                }
                decided.push(new);
            }
        }
    }

    /// The neighbouring test: near the same of the past, the answer is the same with and without somebody.
    #[test]
    fn the_audit_is_blind_below_r(
        history in history(),
        duties in duties(),
        like in any::<prop::sample::Index>(),
        missing in prop::collection::btree_set(0_u64..160, 0..9),
    ) {
        let mut worlds = [0, 1].map(|_| Bank::new(3, duties.clone()));
        let mut decided = Vec::new();
        for asked in &history {
            let [one, other] = &mut worlds;
            let (first, own) = ask(one, asked);
            prop_assert_eq!(first, ask(other, asked).0, "nobody differs yet");
            decided.extend(own);
        }
        let mut with = history[like.index(history.len())].clone();
        with.people.retain(|one| !missing.contains(one));
        with.people.insert(E);
        let without = with.without(E);
        // Of fewer than k nothing is told, whatever is near: where she makes k, she shows.
        prop_assume!(without.people.len() >= K as usize || with.people.len() < K as usize);
        let (there, gone) = (near(&with, &decided), near(&without, &decided));
        prop_assume!(there == gone && there.is_some_and(|near| near.contains(&true)));
        let [one, other] = &mut worlds;
        prop_assert_eq!(ask(one, &with).0, ask(other, &without).0);
    }
}
