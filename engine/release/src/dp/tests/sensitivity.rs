//! What one entity changes before noise.

use std::collections::BTreeMap;

use policy::number::Decimal;
use proptest::prelude::*;

use super::*;

fn row() -> impl Strategy<Value = Row> {
    // Everybody of the third kind stands with one entity of the other party, as where units are equated.
    let bearer = prop_oneof![
        (0..6_u64).prop_map(|a| (Some(a), None)),
        (0..6_u64).prop_map(|b| (None, Some(b))),
        Just((None, None)),
    ];
    let amount = prop_oneof![
        4 => (-20_000..40_000_i128).prop_map(Some),
        1 => Just(None),
        1 => prop_oneof![Just(Some(10_i128.pow(37))), Just(Some(-(10_i128.pow(37))))],
    ];
    (bearer, 0..5_u8, amount, proptest::option::of(0..12_i64)).prop_map(
        |(bearer, group, amount, value)| Row {
            bearer,
            group,
            amount,
            value,
        },
    )
}

/// The rows as those of matched pairs: where one party's entity is, the other's is.
fn matched(rows: &[Row]) -> Vec<Row> {
    let pair = |row: &Row| {
        let one = row.bearer.0.or(row.bearer.1);
        Row {
            bearer: (one, one),
            ..row.clone()
        }
    };
    rows.iter().map(pair).collect()
}

fn distance(
    a: &BTreeMap<Vec<u8>, GroupSums>,
    b: &BTreeMap<Vec<u8>, GroupSums>,
    nothing: &GroupSums,
) -> Vec<u128> {
    let mut all = vec![0_u128; nothing.values.len() + 1];
    for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
        let (a, b) = (a.get(key).unwrap_or(nothing), b.get(key).unwrap_or(nothing));
        for (sum, (a, b)) in all.iter_mut().zip(a.values.iter().zip(&b.values)) {
            *sum += a.abs_diff(*b);
        }
        *all.last_mut().unwrap() += a.bearers.abs_diff(b.bearers);
    }
    all
}

fn assert_within(terms: &DpTerms, with: &[Row], without: &[Row]) {
    let (with, without) = (release(terms, with), release(terms, without));
    let found = distance(
        &before_noise(&with),
        &before_noise(&without),
        &with.nothing(),
    );
    let mut bounds: Vec<u128> = with
        .bases
        .list
        .iter()
        .map(|base| base.sensitivity())
        .collect();
    bounds.push(1);
    for (at, (found, bound)) in found.iter().zip(&bounds).enumerate() {
        let most = bound * u128::from(terms.max_groups);
        assert!(
            *found <= most,
            "number {at}: changed by {found}, declared {most}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn one_entity_changes_no_number_by_more_than_is_declared(
        rows in proptest::collection::vec(row(), 0..60),
        who in 0..6_u64,
        party in 0..2_u8,
        (max_groups, max_rows) in (1..4_u32, 1..4_u32),
    ) {
        let is = |row: &Row| {
            let entity = if party == 0 { row.bearer.0 } else { row.bearer.1 };
            entity == Some(who)
        };
        let terms = terms(DpGroups::Threshold, max_groups, max_rows);
        let without: Vec<Row> = rows.iter().filter(|row| !is(row)).cloned().collect();
        assert_within(&terms, &rows, &without);
        let pairs = DpTerms { together: vec![0b11], ..terms };
        let rows = matched(&rows);
        let without: Vec<Row> = rows.iter().filter(|row| !is(row)).cloned().collect();
        assert_within(&pairs, &rows, &without);
    }

    #[test]
    fn where_anybody_may_meet_anybody_one_changes_no_number_by_more(
        rows in proptest::collection::vec(row(), 0..60),
        others in proptest::collection::vec(0..6_u64, 60),
        who in 0..6_u64,
        party in 0..2_u8,
        max_rows in 1..4_u32,
    ) {
        let rows: Vec<Row> = rows.iter().zip(others).map(|(row, other)| {
            let one = row.bearer.0.or(row.bearer.1);
            Row { bearer: (one, Some(other)), ..row.clone() }
        }).collect();
        let is = |row: &Row| {
            let entity = if party == 0 { row.bearer.0 } else { row.bearer.1 };
            entity == Some(who)
        };
        let without: Vec<Row> = rows.iter().filter(|row| !is(row)).cloned().collect();
        let (with, without) = (meeting(max_rows, &rows), meeting(max_rows, &without));
        let sums = |release: &PrivateRelease| -> BTreeMap<Vec<u8>, GroupSums> {
            let mut sums = release.between((0b01, 0b10)).unwrap();
            let cells = release.cells.sorted().into_iter();
            cells.filter_map(|(key, cell)| Some((key.to_vec(), sums.remove(&cell)?))).collect()
        };
        let found = distance(&sums(&with), &sums(&without), &with.nothing());
        for (found, base) in found.iter().zip(&with.bases.list) {
            prop_assert!(*found <= 2 * base.sensitivity(), "{base:?} changed by {found}");
        }
    }

    #[test]
    fn neither_order_nor_partitions_change_anything(
        rows in proptest::collection::vec(row(), 0..40),
        at in 0..40_usize,
    ) {
        let terms = terms(DpGroups::Threshold, 2, 2);
        let whole = release(&terms, &rows);
        let mut turned = rows.clone();
        turned.reverse();
        prop_assert_eq!(before_noise(&whole), before_noise(&release(&terms, &turned)));
        let (one, other) = rows.split_at(at.min(rows.len()));
        let mut merged = release(&terms, other);
        merged.merge(release(&terms, one)).unwrap();
        prop_assert_eq!(before_noise(&whole), before_noise(&merged));
    }
}

/// Rows of which anybody of one side may meet anybody of the other, in two listed groups.
fn meeting(max_rows: u32, rows: &[Row]) -> PrivateRelease {
    let terms = DpTerms {
        together: vec![0b11],
        sides: Some((0b01, 0b10)),
        ..terms(DpGroups::Listed, 2, max_rows)
    };
    let mut spec = spec(true);
    let keep = [0, 1, 3];
    let statistics = keep.map(|at: usize| spec.statistics[at].clone());
    spec.statistics = statistics.to_vec();
    let bounds = keep.map(|at: usize| terms.bounds[at]).to_vec();
    let batch = batch(rows);
    let terms = DpTerms { bounds, ..terms };
    let mut release = PrivateRelease::new(spec, terms, &batch.schema()).unwrap();
    release.update(&batch).unwrap();
    let keys = StringArray::from(vec!["g0", "g1"]);
    let keys = RecordBatch::try_from_iter([("g", Arc::new(keys) as _)]).unwrap();
    release.list(&keys).unwrap();
    release
}

#[test]
fn who_meets_many_counts_within_bounds_on_both_sides() {
    // One customer of one bank pays each of twenty of the other's; each of those pays nobody else.
    let star: Vec<Row> = (0..20)
        .map(|other| Row {
            bearer: (Some(1), Some(100 + other)),
            ..one(1, 0, 1_000)
        })
        .collect();
    let told = |release: PrivateRelease| {
        let sums = release.between((0b01, 0b10)).unwrap();
        sums.values().next().unwrap().values.clone()
    };
    assert_eq!(
        told(meeting(3, &star)),
        [3, 3, 12_000],
        "the one may count thrice, and add 120.00"
    );
    let taken: Vec<Row> = star
        .iter()
        .map(|row| Row {
            amount: Some(-1_000),
            ..row.clone()
        })
        .collect();
    assert_eq!(told(meeting(3, &taken)), [3, 3, -5_000], "and take 50.00");
    let apart: Vec<Row> = (0..20)
        .map(|pair| Row {
            bearer: (Some(pair), Some(100 + pair)),
            ..one(1, 0, 1_000)
        })
        .collect();
    assert_eq!(
        told(meeting(3, &apart)),
        [20, 20, 20_000],
        "nobody has too much"
    );
}

#[test]
fn what_cannot_be_bounded_for_two_is_refused() {
    let rows = batch(&[]);
    let of = |groups, sides, together: Vec<u64>| DpTerms {
        together,
        sides,
        ..terms(groups, 1, 1)
    };
    let whole = |terms: DpTerms| PrivateRelease::new(spec(false), terms, &rows.schema()).is_err();
    assert!(
        whole(of(DpGroups::Whole, Some((1, 2)), vec![3])),
        "distinct values, means"
    );
    let keyed = |terms: DpTerms| PrivateRelease::new(spec(true), terms, &rows.schema()).is_err();
    let spends_nothing = DpTerms {
        epsilon: 0,
        ..terms(DpGroups::Listed, 1, 1)
    };
    assert!(keyed(spends_nothing));
    assert!(keyed(of(DpGroups::Threshold, Some((1, 2)), vec![3])));
    assert!(keyed(of(DpGroups::Listed, Some((1, 1)), vec![1])));
    let mut many = meeting(1, &[]);
    let keys = StringArray::from(vec!["g0", "g1", "g2"]);
    let keys = RecordBatch::try_from_iter([("g", Arc::new(keys) as _)]).unwrap();
    many.list(&keys).unwrap();
    assert!(
        many.between((1, 2)).is_err(),
        "more groups than one entity may be in"
    );
}

#[test]
fn nobody_and_rows_of_several_entities_of_a_party_add_nothing() {
    let nobody = Row {
        bearer: (None, None),
        ..one(0, 0, 500)
    };
    let pair = Row {
        bearer: (Some(1), Some(2)),
        ..one(0, 0, 500)
    };
    let terms = terms(DpGroups::Threshold, 2, 2);
    assert!(before_noise(&release(&terms, &[nobody, pair])).is_empty());
}

#[test]
fn who_has_many_rows_counts_as_a_few_of_his_average() {
    let rows: Vec<Row> = (0..10)
        .map(|_| one(1, 0, 3_000))
        .chain([one(2, 0, 1_000)])
        .collect();
    let terms = terms(DpGroups::Whole, 1, 2);
    let sums = before_noise(&release(&terms, &rows));
    let sum = sums.values().next().unwrap();
    // Rows, values, distinct; the sum within 120.00; two values of 30.00 and one of 10.00; their squares.
    let squares = 2 * 3_000 * 3_000 + 1_000 * 1_000;
    assert_eq!(sum.values, [3, 3, 1, 13_000, 3, 7_000, squares]);
}

#[test]
fn terms_that_bound_nothing_are_refused() {
    let rows = batch(&[]);
    let good = terms(DpGroups::Threshold, 1, 1);
    let refused = |terms: DpTerms| PrivateRelease::new(spec(true), terms, &rows.schema()).is_err();
    assert!(!refused(good.clone()));
    assert!(refused(DpTerms {
        max_groups: 0,
        ..good.clone()
    }));
    assert!(refused(DpTerms {
        max_rows: 0,
        ..good.clone()
    }));
    assert!(refused(DpTerms {
        epsilon: 0,
        ..good.clone()
    }));
    assert!(refused(DpTerms {
        delta: 0.0,
        ..good.clone()
    }));
    assert!(
        refused(DpTerms {
            together: vec![0b01, 0b11],
            ..good.clone()
        }),
        "a party in two kinds of rows"
    );
    assert!(refused(DpTerms {
        together: Vec::new(),
        ..good.clone()
    }));
    assert!(refused(DpTerms {
        groups: DpGroups::Whole,
        ..good.clone()
    }));
    let huge = Decimal::new(i128::MAX, 0);
    let mut bounds = good.bounds.clone();
    bounds[3] = (huge, huge);
    assert!(refused(DpTerms { bounds, ..good }));
}
