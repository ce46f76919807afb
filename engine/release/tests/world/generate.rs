//! Random worlds: few parties, few entities, small k, so that everything is near its threshold.

use arrow::datatypes::DataType;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use release::{
    Adds, Branch, BranchSource, KeyColumn, PartyRule, ReleaseSpec, Slot, Statistic, StatisticKind,
    TrackForm,
};

use super::{BAND, FIRST_TRACK, FLAG, KEY, MONEY, Row, Strings, WORD, Who, World, X};

/// Sizes of a world.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    pub rows: usize,
    pub entities: u64,
    pub k: u32,
}

pub const SMALL: Sizes = Sizes {
    rows: 80,
    entities: 5,
    k: 4,
};

/// Who took an arm: all behind the row, nobody, or somebody of other parties, which no honest plan says.
#[derive(Debug, Clone, Copy)]
enum Arms {
    All,
    Nobody,
    Others,
}

/// A whole world.
pub fn world(sizes: Sizes) -> impl Strategy<Value = World> {
    spec(sizes).prop_flat_map(move |spec| {
        let (parties, slots) = (spec.parties.len(), spec.slots.len());
        let strings = prop_oneof![
            Just(Strings::Plain),
            Just(Strings::View),
            Just(Strings::Dictionary)
        ];
        (
            Just(spec),
            strings,
            vec(row(parties, slots, sizes), 0..sizes.rows),
        )
            .prop_map(|(spec, strings, rows)| World {
                spec,
                strings,
                rows,
            })
    })
}

fn spec(sizes: Sizes) -> impl Strategy<Value = ReleaseSpec> {
    (1_usize..=3, 1_usize..=3).prop_flat_map(move |(parties, slots)| {
        let keys = proptest::sample::subsequence(vec![(KEY, "key"), (BAND, "band")], 0..=2);
        let slots = (0..slots)
            .map(|slot| self::slot(slot, parties, sizes.k))
            .collect::<Vec<_>>();
        let statistics = vec(statistic(slots.len()), 0..5);
        (keys, statistics, slots, vec(party(), parties)).prop_map(
            |(keys, statistics, slots, parties)| ReleaseSpec {
                keys: keys
                    .into_iter()
                    .map(|(column, name)| KeyColumn {
                        column,
                        name: name.into(),
                    })
                    .collect(),
                statistics,
                slots,
                parties,
            },
        )
    })
}

fn party() -> impl Strategy<Value = PartyRule> {
    let dominance = prop_oneof![4 => Just(0_u8), 1 => 1_u8..=100];
    (weighted(0.15, Just(())), 0_u8..2, dominance).prop_map(|(exempt, pool, dominance)| PartyRule {
        name: "party".into(),
        exempt: exempt.is_some(),
        pool,
        dominance,
    })
}

fn slot(slot: usize, parties: usize, k: u32) -> impl Strategy<Value = Slot> {
    let form = prop_oneof![Just(TrackForm::Scalar), Just(TrackForm::Set)];
    let others = || vec(any::<prop::sample::Index>(), 0..3);
    let k = vec(weighted(0.93, 0..=k), parties);
    let others = (others(), others(), weighted(0.3, Just(())));
    (form, any::<bool>(), others, k).prop_map(move |(form, merged, (same, over, displaces), k)| {
        Slot {
            column: FIRST_TRACK + slot,
            form,
            merged,
            displaces: displaces.is_some(),
            same: same.iter().map(|same| same.index(slot + 1)).collect(),
            over: over
                .iter()
                .filter(|_| slot > 0)
                .map(|over| over.index(slot))
                .collect(),
            k: (0_u8..)
                .zip(k)
                .filter_map(|(party, k)| Some((party, k?)))
                .collect(),
        }
    })
}

fn statistic(slots: usize) -> impl Strategy<Value = Statistic> {
    let counted = proptest::sample::select(vec![X, MONEY, WORD, FLAG]);
    let kind = (0..10, counted, proptest::sample::select(vec![X, MONEY])).prop_map(
        |(kind, any, column)| match kind {
            0 => StatisticKind::CountRows,
            1 => StatisticKind::Count { column: any },
            2 => StatisticKind::CountDistinct { column: any },
            3 => StatisticKind::Sum { column },
            4 => StatisticKind::Avg { column },
            5 => StatisticKind::VarPop { column },
            6 => StatisticKind::VarSamp { column },
            7 => StatisticKind::StddevPop { column },
            8 => StatisticKind::CountDistinctSupported { column: any },
            _ => StatisticKind::StddevSamp { column },
        },
    );
    let branches = prop_oneof![2 => Just(Vec::new()), 1 => vec(branch(slots), 1..3)];
    (kind, branches).prop_map(|(kind, branches)| Statistic {
        name: format!("{kind:?}"),
        kind,
        branches,
        output: output(kind),
    })
}

pub fn output(kind: StatisticKind) -> DataType {
    match kind {
        StatisticKind::Sum { column: MONEY } => DataType::Decimal128(30, 2),
        StatisticKind::Avg { column: MONEY } => DataType::Decimal128(24, 6),
        StatisticKind::CountRows
        | StatisticKind::Count { .. }
        | StatisticKind::CountDistinct { .. }
        | StatisticKind::CountDistinctSupported { .. }
        | StatisticKind::Sum { .. } => DataType::Int64,
        _ => DataType::Float64,
    }
}

fn branch(slots: usize) -> impl Strategy<Value = Branch> {
    let arms = (0..slots).map(|slot| FIRST_TRACK + slots + slot).collect();
    let source = prop_oneof![
        Just(BranchSource::Flag(FLAG)),
        Just(BranchSource::Tracks(arms)),
        Just(BranchSource::Each(WORD))
    ];
    let branch = |(source, zero_ok, adds)| Branch {
        source,
        zero_ok,
        adds,
    };
    let adds = prop_oneof![
        3 => Just(Adds::Something),
        3 => Just(Adds::Presence),
        1 => Just(Adds::Row),
        1 => Just(Adds::Amount(X)),
        1 => Just(Adds::Amount(MONEY)),
    ];
    (source, any::<bool>(), adds).prop_map(branch)
}

/// A row; now and then of a party that does not exist. Arms are mostly those who are behind the row.
fn row(parties: usize, slots: usize, sizes: Sizes) -> impl Strategy<Value = Row> {
    let party = prop_oneof![60 => 0..u8::try_from(parties).unwrap(), 1 => proptest::sample::select(vec![9_u8, 70, 255])];
    let who = (party, 0..sizes.entities);
    let tracks = vec(
        prop_oneof![1 => Just(Vec::new()), 9 => vec(who, 1..3).prop_map(each_once)],
        slots,
    );
    let arms =
        prop_oneof![20 => Just(Arms::All), 20 => Just(Arms::Nobody), 1 => Just(Arms::Others)];
    let key = weighted(
        0.8,
        proptest::sample::select(vec!["a", "a long key that no view holds inline"]),
    );
    let word = weighted(0.8, "[ab]{0,2}");
    let x = weighted(0.9, -2_i64..=3);
    (
        key,
        weighted(0.8, 0..2),
        x,
        weighted(0.9, -150_i128..=400),
        word,
        weighted(0.9, any::<bool>()),
        tracks,
        arms,
    )
        .prop_map(|(key, band, x, money, word, flag, tracks, arms)| {
            let other = |(party, entity): &Who| (party.wrapping_add(1), *entity);
            let arms: Vec<Vec<Who>> = match arms {
                Arms::All => tracks.clone(),
                Arms::Nobody => vec![Vec::new(); tracks.len()],
                Arms::Others => tracks
                    .iter()
                    .map(|who| who.iter().map(other).collect())
                    .collect(),
            };
            Row {
                key: key.map(str::to_owned),
                band,
                x,
                money,
                word,
                flag,
                tracks,
                arms,
            }
        })
}

/// Tracks are sets: nobody is in one twice.
fn each_once(mut who: Vec<Who>) -> Vec<Who> {
    let mut seen = Vec::new();
    who.retain(|one| {
        let new = !seen.contains(one);
        seen.push(*one);
        new
    });
    who
}
