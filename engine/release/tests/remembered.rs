//! The long way out beside the oracle of the short one.
//!
//! Where one entity is enough, memory makes no difference: only what is the same is near, so whatever is remembered or put together is told
//! as it is, question after question. Where more are asked for, less may be told, and never anything that has no support.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    unreachable_pub,
    dead_code,
    reason = "tests"
)]

mod world;

use policy::number::Decimal;
use proptest::prelude::*;
use proptest::sample::Index;
use release::{
    BranchSource, Duties, History, Memory, PartyRule, Release, ReleaseSpec, Secrets, Slot,
    Statistic, StatisticKind, TrackForm,
};
use world::generate::{SMALL, Sizes, output, world};
use world::{Answer, Cell, FIRST_TRACK, Row, Strings, World, alike, read};
use zeroize::Zeroizing;

/// Parties have names, nobody dominates (which is remembered as withheld), and values are not told apart one by one.
fn named(mut world: World) -> World {
    for (number, party) in world.spec.parties.iter_mut().enumerate() {
        party.name = format!("party {number}");
        party.dominance = 0;
    }
    let one_by_one =
        |kind: StatisticKind| matches!(kind, StatisticKind::CountDistinctSupported { .. });
    world
        .spec
        .statistics
        .retain(|statistic| !one_by_one(statistic.kind));
    world
}

/// Nor is a sample's spread asked: of one value there is none, and with noise one may be two.
fn of_whole(world: World) -> World {
    let mut world = named(world);
    let sample = |kind: StatisticKind| {
        matches!(
            kind,
            StatisticKind::VarSamp { .. } | StatisticKind::StddevSamp { .. }
        )
    };
    let statistics = &mut world.spec.statistics;
    statistics.retain(|statistic| !sample(statistic.kind));
    world
}

/// One entity is enough, and distinct values are not counted: over several parts they are counted in each.
fn of_one(world: World) -> World {
    let mut world = named(world);
    for slot in &mut world.spec.slots {
        slot.k.iter_mut().for_each(|(_, k)| *k = (*k).min(1));
    }
    let distinct = |kind: StatisticKind| matches!(kind, StatisticKind::CountDistinct { .. });
    let statistics = &mut world.spec.statistics;
    statistics.retain(|statistic| !distinct(statistic.kind));
    world
}

/// Rows of one party at one place: each group is one part, so distinct values are counted as everybody does.
fn of_one_part(world: World) -> World {
    let mut all = named(world);
    all.spec.slots.truncate(1);
    all.spec.parties.truncate(1);
    all.spec.slots[0].k = vec![(0, 1)];
    for row in &mut all.rows {
        row.tracks.truncate(1);
        row.arms.truncate(1);
    }
    let branches = all.spec.statistics.iter_mut();
    for branch in branches.flat_map(|statistic| &mut statistic.branches) {
        if let BranchSource::Tracks(columns) = &mut branch.source {
            *columns = vec![FIRST_TRACK + 1];
        }
    }
    all
}

/// One number about rows that all have one entity of the same party at each place, so that there is one part; with arms that only those
/// behind a row take, or nobody.
fn of_one_number(world: World) -> World {
    let mut all = named(world);
    let whole = |kind: StatisticKind| {
        matches!(
            kind,
            StatisticKind::CountRows
                | StatisticKind::Count { .. }
                | StatisticKind::CountDistinct { .. }
                | StatisticKind::Sum { .. }
        )
    };
    all.spec.keys.clear();
    all.spec.statistics.retain(|one| whole(one.kind));
    all.spec.statistics.push(count());
    all.spec.statistics.truncate(1);
    let parties = u8::try_from(all.spec.parties.len()).unwrap();
    for party in &mut all.spec.parties {
        party.exempt = false;
    }
    for (slot, rules) in (0_u8..).zip(&mut all.spec.slots) {
        (rules.form, rules.k) = (TrackForm::Scalar, vec![(slot % parties, 2)]);
    }
    for row in &mut all.rows {
        for (slot, who) in (0_u8..).zip(&mut row.tracks) {
            let entity = who.first().map_or(0, |(_, entity)| *entity);
            *who = vec![(slot % parties, entity)];
        }
        for (arm, who) in row.arms.iter_mut().zip(&row.tracks) {
            if !arm.is_empty() {
                arm.clone_from(who);
            }
        }
    }
    all
}

/// The answer of a release that owes what duties say, from two partitions.
fn owing(world: &World, duties: &Duties, history: &mut History) -> Answer {
    let duties = Duties {
        spaces: (0..world.spec.slots.len())
            .map(|slot| format!("space {slot}"))
            .collect(),
        cuts: vec![None; world.spec.statistics.len()],
        ..duties.clone()
    };
    let (front, back) = world.rows.split_at(world.rows.len() / 2);
    let half = |rows| {
        let spec = world.spec.clone();
        let mut release = Release::owing(spec, &world.schema(), duties.clone()).unwrap();
        release.update(&world.batch(rows)).unwrap();
        release
    };
    let mut whole = half(back);
    whole.merge(half(front)).unwrap();
    let mut secrets = Secrets::default();
    for party in &world.spec.parties {
        secrets.insert(&party.name, Zeroizing::new([7; 32]));
    }
    let secrets = &secrets;
    let finished = whole.finish_with(Memory { history, secrets }).unwrap();
    read(&finished.released.into_batch(), world.spec.keys.len())
}

/// Whether every number of one answer is there in another, whatever it is.
fn is_within(ours: &Answer, theirs: &Answer) -> bool {
    ours.iter().all(|(key, ours)| {
        theirs.iter().any(|(other, theirs)| {
            let there =
                |(ours, theirs): (&Cell, &Cell)| *ours == Cell::Null || *theirs != Cell::Null;
            key == other && ours.iter().zip(theirs).all(there)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn with_one_entity_enough_memory_makes_no_difference(
        worlds in proptest::collection::vec(world(SMALL).prop_map(of_one), 1..4),
        again in any::<bool>(),
    ) {
        let mut history = History::new();
        let duties = Duties { history: true, ..Duties::default() };
        for round in 0..=usize::from(again) {
            for world in &worlds {
                let (ours, theirs) = (owing(world, &duties, &mut history), world.oracle());
                prop_assert!(alike(&ours, &theirs), "round {round}\nours {ours:?}\ntheirs {theirs:?}");
            }
        }
    }

    #[test]
    fn distinct_values_of_one_part_are_counted_as_everybody_does(
        worlds in proptest::collection::vec(world(SMALL).prop_map(of_one_part), 1..4),
    ) {
        let mut history = History::new();
        let duties = Duties { history: true, ..Duties::default() };
        for world in worlds.iter().chain(&worlds) {
            let (ours, theirs) = (owing(world, &duties, &mut history), world.oracle());
            prop_assert!(alike(&ours, &theirs), "ours {ours:?}\ntheirs {theirs:?}");
        }
    }

    /// A number with and without all rows of somebody, in either order, is the same or is not told: from the view of her party only she
    /// differs, however many of others had rows with her.
    #[test]
    fn nobodys_rows_change_what_is_told(
        with in world(Sizes { rows: 60, entities: 9, k: 4 }).prop_map(of_one_number),
        (jitter, noise, backwards) in any::<(bool, bool, bool)>(),
        (slot, who) in (any::<Index>(), 0..9_u64),
    ) {
        let slot = slot.index(with.spec.slots.len());
        let mut without = with.clone();
        without.rows.retain(|row| row.tracks[slot][0].1 != who);
        let duties = Duties { jitter, history: true, noise: noise.then(|| Decimal::from(4)), ..Duties::default() };
        let mut history = History::new();
        let worlds = if backwards { [&without, &with] } else { [&with, &without] };
        let [first, then] = worlds.map(|world| owing(world, &duties, &mut history));
        prop_assert!(first.is_empty() || then.is_empty() || first == then, "{duties:?}\nfirst {first:?}\nthen {then:?}");
    }

    /// Whatever is owed besides, and whatever was told before.
    #[test]
    fn nothing_is_told_that_has_no_support(
        worlds in proptest::collection::vec(world(SMALL).prop_map(of_whole), 1..4),
        (jitter, history, noise) in any::<(bool, bool, bool)>(),
    ) {
        let duties = Duties { jitter, history, noise: noise.then(|| Decimal::from(1)), ..Duties::default() };
        prop_assume!(duties.any());
        let mut history = History::new();
        for world in &worlds {
            let (ours, theirs) = (owing(world, &duties, &mut history), world.oracle());
            prop_assert!(is_within(&ours, &theirs), "{duties:?}\nours {ours:?}\ntheirs {theirs:?}");
        }
    }
}

/// How many rows there are.
fn count() -> Statistic {
    let kind = StatisticKind::CountRows;
    Statistic {
        name: "n".to_owned(),
        kind,
        branches: Vec::new(),
        output: output(kind),
    }
}

/// Rows of one bank's people, many of whom come before a second bank's, and a few before a third's.
fn followed(few: u64) -> World {
    let slot = |slot: usize, displaces| Slot {
        column: FIRST_TRACK + slot,
        form: TrackForm::Scalar,
        merged: true,
        same: vec![slot],
        over: (0..slot).collect(),
        displaces,
        k: vec![(0, 10), (1, 10), (2, 10)],
    };
    let party = |number| PartyRule {
        name: format!("party {number}"),
        exempt: false,
        pool: number,
        dominance: 0,
    };
    let row = |entity, next| Row {
        key: None,
        band: None,
        x: None,
        money: None,
        word: None,
        flag: None,
        tracks: vec![vec![(0, entity)], vec![(next, entity)]],
        arms: vec![Vec::new(); 2],
    };
    World {
        spec: ReleaseSpec {
            keys: Vec::new(),
            statistics: vec![count()],
            slots: vec![slot(0, false), slot(1, true)],
            parties: (0..3).map(party).collect(),
        },
        strings: Strings::Plain,
        rows: (0..40)
            .map(|entity| row(entity, 1))
            .chain((40..40 + few).map(|entity| row(entity, 2)))
            .collect(),
    }
}

/// What a frame of places holds of one bank stands beside what it holds of another, whichever is judged first.
#[test]
fn many_are_not_told_beside_a_few_that_are_judged_after_them() {
    let none: Answer = Vec::new();
    let all = |n| vec![(Vec::new(), vec![Cell::Integer(n)])];
    for few in [0, 1, 9, 30] {
        let world = followed(few);
        let expected = match few {
            0 | 30 => all(40 + i128::from(few)),
            _few => none.clone(),
        };
        assert_eq!(world.oracle(), expected, "{few}");
        for (jitter, history) in [(true, false), (false, true), (true, true)] {
            let duties = Duties {
                jitter,
                history,
                ..Duties::default()
            };
            let told = owing(&world, &duties, &mut History::new());
            assert_eq!(told, expected, "{few} {duties:?}");
        }
    }
}
