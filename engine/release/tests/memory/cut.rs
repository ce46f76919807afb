//! The cut beside its definition: with a variance of nothing what is told is the cut value on its grid, exactly.

use std::collections::{BTreeMap, BTreeSet};

use policy::number::Decimal;
use proptest::prelude::*;
use release::{Duties, OwnerCut, StatisticKind};

use crate::bank::{Bank, COUNT, Household, K, Row, SUM, duties};
use crate::paired::{Pairs, paired};

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
    power_of(totals, BTreeSet::len)
}

/// The same where not all count.
fn power_of(totals: &BTreeMap<u64, i64>, count: impl Fn(&BTreeSet<u64>) -> usize) -> i64 {
    let over = |power| {
        let over = totals.iter().filter(|(_, total)| total.abs() > power);
        over.map(|(who, _)| *who).collect()
    };
    let mut power = 1;
    while count(&over(power)) >= K as usize {
        power *= 2;
    }
    power
}

/// Of those in a view as many count as can have somebody of the other view who adds something with them, if there is one.
fn counted(rows: &Together, views: usize, view: usize) -> impl Fn(&BTreeSet<u64>) -> usize {
    let mut pairs = Pairs::new();
    for (who, _) in rows.iter().filter(|(_, amount)| **amount != 0) {
        for one in who.iter().filter(|seen| seen.0 == view) {
            let others = who.iter().filter(|seen| seen.0 != view);
            pairs.extend(others.map(|other| (one.1, other.1)));
        }
    }
    move |among| {
        if views == 1 {
            among.len()
        } else {
            paired(&pairs, among)
        }
    }
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

/// Somebody in one of the views, by its number.
type Seen = (usize, u64);

/// Rows by all who stand behind them.
type Together = BTreeMap<BTreeSet<Seen>, i64>;

/// Added up by who stands behind them.
fn together(rows: impl Iterator<Item = (BTreeSet<Seen>, i64)>) -> Together {
    let mut all = Together::new();
    rows.for_each(|(who, amount)| *all.entry(who).or_insert(0) += amount);
    all
}

/// Amounts are counted in so many parts of one, and shares in so many parts of all.
const PARTS: i128 = 1 << 20;
const ALL: i128 = 1 << 64;

/// What everybody keeps of all of its additions.
type Kept = BTreeMap<Seen, i128>;

/// What is kept of a row in parts: in each view as much as the one keeps who keeps least; one view may be left out.
fn of_row(who: &BTreeSet<Seen>, amount: i64, kept: &Kept, but: Option<usize>) -> i128 {
    let mut parts = i128::from(amount) * PARTS;
    for view in (0..2).filter(|view| Some(*view) != but) {
        let theirs = who.iter().filter(|seen| seen.0 == view);
        let least = theirs.map(|seen| kept[seen]).min().unwrap_or(ALL);
        parts = parts * least / ALL;
    }
    parts
}

/// By who of a view adds it, what is left of it by the others (or by all), with signs and without.
fn left(rows: &Together, kept: &Kept, view: usize, but: Option<usize>) -> BTreeMap<u64, [i128; 2]> {
    let mut left = BTreeMap::new();
    for (who, amount) in rows {
        let parts = of_row(who, *amount, kept, but);
        for seen in who.iter().filter(|seen| seen.0 == view) {
            let sums = left.entry(seen.1).or_insert([0; 2]);
            *sums = [sums[0] + parts, sums[1] + parts.abs()];
        }
    }
    left
}

fn share(cut: i64, gross: i128) -> i128 {
    let cut = i128::from(cut) * PARTS;
    if gross <= cut { ALL } else { cut * ALL / gross }
}

/// What is left of rows of several once nobody adds more than the cut of its view: of whoever does, each addition the same share. The
/// cut of a view is what so many exceed once the other views are cut, looked for until nothing moves, or it is found again ten times, or 128 times.
fn of_everybody(rows: &Together, views: usize) -> Option<i64> {
    let everybody = rows.keys().flatten();
    let mut kept: Kept = everybody.map(|seen| (*seen, ALL)).collect();
    let all: Vec<_> = (0..views)
        .map(|view| left(rows, &kept, view, None))
        .collect();
    let count: Vec<_> = (0..views).map(|view| counted(rows, views, view)).collect();
    let enough = all.iter().zip(&count).all(|(view, count)| {
        let adding = view.iter().filter(|(_, [net, _])| *net != 0);
        count(&adding.map(|(who, _)| *who).collect()) >= K as usize
    });
    let mut cuts = vec![0; views];
    let mut steady = 0;
    for _ in 0..128 {
        let before = (cuts.clone(), kept.clone());
        for (view, cut) in cuts.iter_mut().enumerate() {
            let left = left(rows, &kept, view, Some(view));
            let whole = |net| i64::try_from(net / PARTS).unwrap();
            let totals = left.iter().map(|(who, [net, _])| (*who, whole(net)));
            *cut = power_of(&totals.collect(), &count[view]);
            let each = left.into_iter();
            kept.extend(each.map(|(who, [_, gross])| ((view, who), share(*cut, gross))));
        }
        steady = if cuts == before.0 { steady + 1 } else { 0 };
        if kept == before.1 || steady == 10 {
            break;
        }
    }
    for (view, cut) in cuts.iter().enumerate() {
        for (who, [_, gross]) in left(rows, &kept, view, None) {
            let once_more = share(*cut, gross);
            let kept = kept.get_mut(&(view, who)).unwrap();
            if once_more < ALL {
                let product = u128::try_from(*kept).unwrap() * u128::try_from(once_more).unwrap();
                *kept = i128::try_from(product >> 64).unwrap();
            }
        }
    }
    let sum: i128 = rows
        .iter()
        .map(|(who, amount)| of_row(who, *amount, &kept, None))
        .sum();
    let sum = i64::try_from(sum / PARTS).unwrap();
    enough.then(|| on_grid(sum, cuts.into_iter().max().unwrap()))
}

/// Thirty pairs of whom one person has a million: it was in the value as it was, and the noise is of four times one.
#[test]
fn nobody_among_several_behind_a_row_adds_more_than_the_cut() {
    let mut rows: Vec<Household> = (0..30).map(|at| ([at, at + 1].into(), 1)).collect();
    assert_eq!(silent(None).of_households(SUM, &rows), Some(30));
    rows.push(([1, 50].into(), 1_000_000));
    assert!(silent(None).of_households(SUM, &rows).unwrap() <= 32);
}

/// Forty people of 100 each at twenty shops, and one who pays twelve shops of her own: what she pays was the level of the shops, and showed.
#[test]
fn the_level_of_another_unit_is_nobodys_who_stands_behind_many() {
    let told = |hers: i64| {
        let mut bank = silent(None);
        bank.slots = 2;
        bank.partner = Some(|at, person| if person < 40 { person / 2 } else { at });
        let crowd = (0..40).map(|person| ("g", person, 100));
        let rows = crowd.chain([("g", 99, hers); 12]);
        bank.one(SUM, &rows.collect::<Vec<Row>>())
    };
    assert_eq!([3_000, 300_000, 1 << 40].map(told), [Some(4100); 3]);
}

/// The same with all of the defaults: neither is noise as large as what she pays, nor is the answer absurd.
#[test]
fn noise_follows_nobody_who_stands_behind_many_of_another_unit() {
    for seed in 0..40 {
        for hers in [3_000, 300_000, 1 << 40] {
            let mut bank = Bank::careful(seed);
            bank.slots = 2;
            bank.partner = Some(|at, person| if person < 60 { person / 2 } else { at });
            let crowd = (0..60).map(|person| ("g", person, 100));
            let rows = crowd.chain([("g", 99, hers); 12]);
            let told = bank.one(SUM, &rows.collect::<Vec<Row>>()).unwrap();
            assert!(told.abs() < 10_000, "{seed} {hers} {told}");
        }
    }
}

/// Two hundred people of whom each pays 100 at two of forty shops, and two who pay half a million at each of the shops: these are cut, and
/// no shop is for their sake, nor who else pays there.
#[test]
fn whoever_pays_much_everywhere_leaves_others_what_they_pay() {
    let mut bank = silent(None);
    bank.slots = 2;
    bank.partner = Some(|at, _| 500 + at % 40);
    let crowd = (0..400).map(|at| ("g", at % 200, 100));
    let both = (0..80).map(|at| ("g", 900 + at / 40, 500_000));
    let told = bank.one(SUM, &crowd.chain(both).collect::<Vec<Row>>());
    // At most so much as two people and their cuts of 256.
    let told = told.unwrap();
    assert!((39_000..=42_000).contains(&told), "{told}");
}

/// Forty shops of which the n-th has an n-th of what the first has, and a sum for each: hubs are cut, and nothing falls with them.
#[test]
fn rows_of_a_few_hubs_and_many_others_do_not_come_to_nothing() {
    let mut bank = silent(None);
    bank.slots = 2;
    bank.partner = Some(|at, _| 500 + at);
    let shops = (1..=40_u64).map(|shop| {
        let people = (0..100 / shop + 2).map(|at| (at * 7 + shop * 13) % 200);
        (people.collect(), i64::try_from(20_000 / shop).unwrap())
    });
    let told = bank.of_households(SUM, &shops.collect::<Vec<Household>>());
    // The ten largest come to 58 000 of 85 000, of which nine are cut to what the tenth has, 2 048 at most.
    let told = told.unwrap();
    assert!((30_000..=60_000).contains(&told), "{told}");
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
        let added = |added: &dyn Fn(i64) -> i64| {
            let rows = rows.iter().map(|(people, amount)| {
                (people.iter().map(|person| (0, *person)).collect(), added(*amount))
            });
            of_everybody(&together(rows), 1)
        };
        let people: BTreeSet<u64> = rows.iter().flat_map(|(people, _)| people).copied().collect();
        let enough = people.len() >= K as usize;
        prop_assert_eq!(silent(None).of_households(COUNT, &rows), added(&|_| 1));
        let sums = added(&|amount| amount).filter(|_| enough);
        prop_assert_eq!(silent(None).of_households(SUM, &rows), sums);
    }

    #[test]
    fn everybody_of_two_units_is_cut_as_it_is_said(
        rows in proptest::collection::vec((0..24_u64, -40_i64..60), 0..120),
        rich in proptest::collection::vec((0..30_u64, -5_000_i64..5_000), 0..20),
    ) {
        let shop = |at: u64, person: u64| (at * 7 + person * 3) % 23;
        let rows: Vec<Row> = rows.into_iter().chain(rich).map(|(e, x)| ("g", e, x)).collect();
        let added = |added: &dyn Fn(i64) -> i64| {
            let rows = (0..).zip(&rows);
            let rows = rows.map(|(at, row)| {
                ([(0, row.1), (1, shop(at, row.1))].into(), added(row.2))
            });
            of_everybody(&together(rows), 2)
        };
        let bank = || Bank { slots: 2, partner: Some(shop), ..silent(None) };
        let count = added(&|_| 1);
        prop_assert_eq!(bank().one(COUNT, &rows), count);
        let sums = added(&|amount| amount).filter(|_| count.is_some());
        prop_assert_eq!(bank().one(SUM, &rows), sums);
    }
}
