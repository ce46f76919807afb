//! The release against its oracle, and what must not make a difference.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    unreachable_pub,
    reason = "tests"
)]

mod world;

use proptest::prelude::*;
use proptest::sample::Index;
use world::generate::{SMALL, Sizes, world};
use world::{Row, World, alike, read};

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn equals_the_oracle(world in world(SMALL)) {
        let ours = read(&world.run(), world.spec.keys.len());
        let theirs = world.oracle();
        prop_assert!(alike(&ours, &theirs), "ours {ours:?}\ntheirs {theirs:?}");
    }

    #[test]
    fn order_batches_and_partitions_make_no_difference(
        world in world(SMALL),
        order in Just((0..SMALL.rows).collect::<Vec<_>>()).prop_shuffle(),
        cuts in proptest::collection::vec(any::<Index>(), 0..6),
        merges in proptest::collection::vec((any::<Index>(), any::<Index>()), 7),
    ) {
        let rows: Vec<Row> = order.iter().filter_map(|at| world.rows.get(*at).cloned()).collect();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(rows.len() + 1)).collect();
        cuts.extend([0, rows.len()]);
        cuts.sort_unstable();
        let mut releases = Vec::new();
        for cut in cuts.windows(2) {
            let mut release = world.new_release();
            let (first, second) = rows[cut[0]..cut[1]].split_at((cut[1] - cut[0]) / 2);
            release.update(&world.batch(first)).unwrap();
            release.update(&world.batch(second)).unwrap();
            releases.push(release);
        }
        for (into, from) in merges {
            if releases.len() > 1 {
                let from = releases.swap_remove(from.index(releases.len()));
                let into = into.index(releases.len());
                releases[into].merge(from).unwrap();
            }
        }
        let mut last = releases.pop().unwrap();
        for release in releases {
            last.merge(release).unwrap();
        }
        prop_assert_eq!(last.finish().unwrap().into_batch(), world.run());
    }

    #[test]
    fn which_hash_an_entity_has_makes_no_difference(world in world(SMALL), key in any::<u64>()) {
        let other = world.with(|(party, entity)| (party, (entity ^ key).wrapping_mul(0x5851_f42d_4c95_7f2d) & ((1 << 56) - 1)));
        prop_assert_eq!(world.run(), other.run());
    }

    /// Fewer than k entities of a party: its rows might as well not be there. (Where rows, or the rows that a window sees from
    /// them, have more or fewer owners, they are missed by others.)
    #[test]
    fn a_small_party_is_silent(world in world(SMALL), party in any::<Index>()) {
        let party = u8::try_from(party.index(world.spec.parties.len())).unwrap();
        let mut world = world;
        (0_u8..).zip(&mut world.spec.parties).for_each(|(number, rule)| rule.pool = number);
        world.spec.parties[usize::from(party)].exempt = false;
        for row in &mut world.rows {
            row.tracks.iter_mut().for_each(|who| who.truncate(1));
        }
        world.rows.retain(|row| row.tracks.iter().all(|who| !who.is_empty()));
        for slot in &mut world.spec.slots {
            slot.k.retain(|(other, _)| *other != party);
            slot.k.push((party, SMALL.k));
            slot.over.clear();
            slot.displaces = false;
        }
        let few = u64::from(SMALL.k - 1);
        let small = world.with(|(other, entity)| (other, if other == party { entity % few } else { entity }));
        let mut without = small.clone();
        without.rows.retain(|row| {
            let mut slots = row.tracks.iter().enumerate();
            !slots.any(|(slot, who)| world.members(slot, who).iter().any(|(other, _)| *other == party))
        });
        prop_assert_eq!(small.run(), without.run());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Many entities, so that sets are capped and vectors are bucketed; the oracle does neither.
    #[test]
    fn caps_and_buckets_make_no_difference(world in world(Sizes { rows: 4000, entities: 3000, k: 60 })) {
        let ours = read(&world.run(), world.spec.keys.len());
        let theirs = world.oracle();
        prop_assert!(alike(&ours, &theirs), "ours {ours:?}\ntheirs {theirs:?}");
    }
}

impl World {
    /// The same world with other entities.
    fn with(&self, change: impl Fn(world::Who) -> world::Who) -> Self {
        let mut other = self.clone();
        for row in &mut other.rows {
            row.tracks
                .iter_mut()
                .chain(&mut row.arms)
                .flatten()
                .for_each(|who| *who = change(*who));
        }
        other
    }
}
