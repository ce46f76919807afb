//! The cut beside its definition: with a variance of nothing what is told is the cut value on its grid, exactly.

use std::collections::{BTreeMap, BTreeSet};

use policy::number::Decimal;
use proptest::prelude::*;
use release::{Duties, OwnerCut, StatisticKind};

use crate::bank::{Bank, COUNT, Household, K, Row, SUM, duties};

const DISTINCT: StatisticKind = StatisticKind::CountDistinct { column: 1 };

/// A bank whose noise is nothing.
fn silent(owner: Option<u16>) -> Bank {
    let cut = owner.map(|amount| OwnerCut {
        party: 0,
        amount: Decimal::from(i64::from(amount)),
    });
    let mut bank = Bank::new(31, duties(false, false, false));
    bank.duties = Duties {
        noise: Some(Decimal::from(0)),
        ..bank.duties
    };
    bank.owner = cut;
    bank
}

/// By entity what it adds, of those who add anything.
fn totals(rows: &[Row], added: impl Fn(&Row) -> i64) -> BTreeMap<u64, i64> {
    let mut totals = BTreeMap::new();
    for row in rows {
        *totals.entry(row.1).or_insert(0) += added(row);
    }
    totals.retain(|_, total| *total != 0);
    totals
}

/// The least power of two that no more than nine of them exceed.
fn power(totals: &BTreeMap<u64, i64>) -> i64 {
    let mut power = 1;
    while totals.values().filter(|total| total.abs() > power).count() >= K as usize {
        power *= 2;
    }
    power
}

/// The multiple of the largest power of ten within the cut that is nearest, of two the one farther from 0.
fn on_grid(value: i64, cut: i64) -> i64 {
    let mut grid = 1;
    while grid * 10 <= cut {
        grid *= 10;
    }
    let steps = (2 * value.abs() + grid) / (2 * grid);
    value.signum() * steps * grid
}

fn added_up(totals: &BTreeMap<u64, i64>, cut: i64) -> Option<i64> {
    let sum = totals.values().map(|total| (*total).clamp(-cut, cut)).sum();
    (totals.len() >= K as usize).then(|| on_grid(sum, cut))
}

/// Whoever has more values than the cut keeps the least of them.
fn distinct(rows: &[Row]) -> Option<i64> {
    let mut values: BTreeMap<u64, BTreeSet<i64>> = BTreeMap::new();
    for row in rows {
        values.entry(row.1).or_default().insert(row.2);
    }
    let size = |number: usize| i64::try_from(number).unwrap();
    let counts = values.iter().map(|(who, own)| (*who, size(own.len())));
    let cut = power(&counts.collect());
    let least = values.values().flat_map(|own| (0..cut).zip(own));
    let kept: BTreeSet<i64> = least.map(|(_, value)| *value).collect();
    let kept = size(kept.len());
    (values.len() >= K as usize).then(|| on_grid(kept, cut))
}

/// What is left of rows of several people once nobody of them adds more than the cut: of whoever does, each addition the same share.
fn of_everybody(rows: &[Household], added: impl Fn(i64) -> i64) -> Option<i64> {
    let mut households: BTreeMap<&BTreeSet<u64>, i64> = BTreeMap::new();
    for (people, amount) in rows {
        *households.entry(people).or_insert(0) += added(*amount);
    }
    let (mut net, mut gross) = (BTreeMap::new(), BTreeMap::new());
    for (who, amount) in households
        .iter()
        .flat_map(|(people, amount)| people.iter().map(move |who| (*who, *amount)))
    {
        *net.entry(who).or_insert(0) += amount;
        *gross.entry(who).or_insert(0) += amount.abs();
    }
    net.retain(|_, total: &mut i64| *total != 0);
    let cut = power(&net);
    let kept = households.iter().map(|(people, amount)| {
        let most = people.iter().map(|who| gross[who]).max().unwrap_or(0);
        if most > cut {
            amount * cut / most
        } else {
            *amount
        }
    });
    (net.len() >= K as usize).then(|| on_grid(kept.sum(), cut))
}

/// Thirty pairs of whom one person has a million: it was in the value as it was, and the noise is of four times one.
#[test]
fn nobody_among_several_behind_a_row_adds_more_than_the_cut() {
    let mut rows: Vec<Household> = (0..30).map(|at| ([at, at + 1].into(), 1)).collect();
    assert_eq!(silent(None).of_households(SUM, &rows), Some(30));
    rows.push(([1, 50].into(), 1_000_000));
    assert!(silent(None).of_households(SUM, &rows).unwrap() <= 32);
}

/// What another owner lets people add to its sums says nothing of ours.
#[test]
fn another_owners_cut_is_not_ours() {
    let rows: Vec<Row> = (0..30).map(|at| ("g", at, 100)).collect();
    let asked = |party| {
        let mut bank = silent(Some(5));
        bank.owner = bank.owner.map(|cut| OwnerCut { party, ..cut });
        bank.one(SUM, &rows)
    };
    assert_eq!([0, 1].map(asked), [Some(150), Some(3000)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_told_is_cut_as_it_is_said(
        rows in proptest::collection::vec((0..24_u64, -40_i64..60), 0..120),
        rich in proptest::option::of((0..30_u64, -5_000_i64..5_000)),
        owner in proptest::option::of(1..400_u16),
    ) {
        let rows: Vec<Row> = rows.into_iter().chain(rich).map(|(e, x)| ("g", e, x)).collect();
        let enough = totals(&rows, |_| 1).len() >= K as usize;
        let counts = totals(&rows, |_| 1);
        prop_assert_eq!(silent(owner).one(COUNT, &rows), added_up(&counts, power(&counts)));
        prop_assert_eq!(silent(owner).one(DISTINCT, &rows), distinct(&rows));
        let sums = totals(&rows, |row| row.2);
        let cut = owner.map_or_else(|| power(&sums), i64::from);
        let expected = added_up(&sums, cut).filter(|_| enough);
        prop_assert_eq!(silent(owner).one(SUM, &rows), expected);
    }

    #[test]
    fn everybody_behind_a_row_is_cut_as_it_is_said(
        rows in proptest::collection::vec((proptest::collection::btree_set(0..24_u64, 1..4), -40_i64..60), 0..120),
        rich in proptest::option::of((proptest::collection::btree_set(0..24_u64, 1..4), -5_000_i64..5_000)),
    ) {
        let rows: Vec<Household> = rows.into_iter().chain(rich).collect();
        let people: BTreeSet<u64> = rows.iter().flat_map(|(people, _)| people).copied().collect();
        let enough = people.len() >= K as usize;
        prop_assert_eq!(silent(None).of_households(COUNT, &rows), of_everybody(&rows, |_| 1));
        let sums = of_everybody(&rows, |amount| amount).filter(|_| enough);
        prop_assert_eq!(silent(None).of_households(SUM, &rows), sums);
    }
}
