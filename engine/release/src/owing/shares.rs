//! What is left of everybody's additions once nobody adds more than the cut of its view.
//!
//! Whatever an entity adds beyond its cut is taken from all of its additions alike; of several of one view behind a row the
//! one that keeps least decides. What an entity is cut to is counted of what the *other* views leave of its additions: else a shop
//! would be cut for what somebody pays there who is cut herself, and everybody else who pays there with it.

use arrow::datatypes::i256;

use crate::paired::Places;

/// Amounts are counted in so many parts of one: somebody who adds a little many times keeps more than nothing.
const PARTS: i128 = 1 << 20;

/// All of it: shares are counted in so many.
const ALL: u128 = 1 << 64;

/// Additions by the places of those who add them, and the share that each of them keeps.
pub(crate) struct Shares<'p> {
    rows: Vec<Row<'p>>,
    /// By view and place.
    kept: Vec<Vec<u128>>,
}

struct Row<'p> {
    /// By view: the places of those of it who are seen.
    seen: &'p [Vec<usize>],
    parts: i256,
}

/// What the entities of a view add, in parts, by place.
struct Left {
    net: Vec<i256>,
    /// Irrespective of signs.
    gross: Vec<i256>,
}

impl<'p> Shares<'p> {
    /// Everybody keeps everything.
    pub(crate) fn of(places: &'p Places, views: usize) -> Self {
        let rows = places.rows.iter().map(|(seen, amount)| {
            let parts = i256::from_i128(*amount).wrapping_mul(i256::from_i128(PARTS));
            Row { seen, parts }
        });
        let kept = (0..views).map(|view| vec![ALL; places.size(view)]);
        Self {
            rows: rows.collect(),
            kept: kept.collect(),
        }
    }

    /// What each entity of a view adds once those of all others are cut.
    pub(crate) fn left(&self, view: usize) -> Vec<u128> {
        let net = self.beside(view).net.into_iter();
        net.map(|parts| whole(parts).to_i128().map_or(u128::MAX, i128::unsigned_abs))
            .collect()
    }

    /// Cuts a view to what is left of it by the others; whether anybody of it keeps another share now than before.
    pub(crate) fn cut(&mut self, view: usize, cut: i128) -> bool {
        let gross = self.beside(view).gross.into_iter();
        let shares: Vec<u128> = gross.map(|gross| share(cut, gross)).collect();
        let Some(kept) = self.kept.get_mut(view) else {
            return false;
        };
        let moved = *kept != shares;
        *kept = shares;
        moved
    }

    /// The sum of what is kept, rounded towards 0, once no view keeps more than its cut, whatever the others have left since it was cut.
    pub(crate) fn sum(mut self, cuts: &[i128]) -> i256 {
        for (view, cut) in cuts.iter().enumerate() {
            let all = self.added(view, |_| true).gross;
            let Some(kept) = self.kept.get_mut(view) else {
                continue;
            };
            for (kept, gross) in kept.iter_mut().zip(all) {
                *kept = of_parts(
                    i256::from_i128(i128::try_from(*kept).unwrap_or(0)),
                    share(*cut, gross),
                )
                .to_i128()
                .map_or(0, i128::unsigned_abs);
            }
        }
        let rows = self.rows.iter();
        whole(
            rows.map(|row| self.of_row(row, |_| true))
                .fold(i256::ZERO, i256::wrapping_add),
        )
    }

    fn beside(&self, view: usize) -> Left {
        self.added(view, |other| other != view)
    }

    /// What the entities of a view add, once those of some views are cut.
    fn added(&self, view: usize, is_cut: impl Fn(usize) -> bool) -> Left {
        let size = self.kept.get(view).map_or(0, Vec::len);
        let mut left = Left {
            net: vec![i256::ZERO; size],
            gross: vec![i256::ZERO; size],
        };
        for row in &self.rows {
            let parts = self.of_row(row, &is_cut);
            for place in row.seen.get(view).into_iter().flatten() {
                add(&mut left.net, *place, parts);
                add(&mut left.gross, *place, parts.wrapping_abs());
            }
        }
        left
    }

    /// What is kept of a row by views that are cut.
    fn of_row(&self, row: &Row<'_>, is_cut: impl Fn(usize) -> bool) -> i256 {
        let views = row.seen.iter().zip(&self.kept).enumerate();
        let cut = views.filter(|(view, _)| is_cut(*view));
        cut.fold(row.parts, |parts, (_, (seen, kept))| {
            let shares = seen.iter().filter_map(|place| kept.get(*place));
            of_parts(parts, shares.min().copied().unwrap_or(ALL))
        })
    }
}

fn add(sums: &mut [i256], place: usize, parts: i256) {
    if let Some(sum) = sums.get_mut(place) {
        *sum = sum.wrapping_add(parts);
    }
}

/// What share a cut is of an amount in parts.
fn share(cut: i128, gross: i256) -> u128 {
    let cut = i256::from_i128(cut).wrapping_mul(i256::from_i128(PARTS));
    if gross <= cut {
        return ALL;
    }
    let share = cut.wrapping_mul(all()).checked_div(gross);
    share.and_then(i256::to_i128).map_or(0, i128::unsigned_abs)
}

/// A share of an amount, rounded towards 0. Amounts have 147 bits and shares 65.
fn of_parts(parts: i256, share: u128) -> i256 {
    if share >= ALL {
        return parts;
    }
    let share = i256::from_i128(i128::try_from(share).unwrap_or(0));
    let product = parts.wrapping_mul(share);
    product.checked_div(all()).unwrap_or(i256::ZERO)
}

fn all() -> i256 {
    i256::from_i128(i128::try_from(ALL).unwrap_or(0))
}

fn whole(parts: i256) -> i256 {
    parts
        .checked_div(i256::from_i128(PARTS))
        .unwrap_or(i256::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paired::Joint;

    fn joint(rows: &[([u64; 2], i128)]) -> Joint {
        let rows = rows
            .iter()
            .map(|([one, other], amount)| (vec![(0, *one), (1, *other)], *amount));
        Joint::of(rows)
    }

    fn places(joint: &Joint) -> Places {
        Places::of(joint, 2)
    }

    /// The views cut one after the other.
    fn cut<'p>(places: &'p Places, cuts: &[i128]) -> Shares<'p> {
        let mut shares = Shares::of(places, cuts.len());
        for (view, cut) in cuts.iter().enumerate() {
            shares.cut(view, *cut);
        }
        shares
    }

    fn kept(joint: &Joint, cuts: &[i128]) -> i128 {
        let kept = cut(&places(joint), cuts).sum(cuts);
        kept.to_i128().unwrap_or(i128::MAX)
    }

    #[test]
    fn nobody_adds_more_than_the_cut_of_any_view() {
        // One of the first view pays ten of the second a little each, and once much.
        let mut rows: Vec<([u64; 2], i128)> = (0..10).map(|to| ([1, to], 5)).collect();
        rows.push(([1, 3], 1_000_000));
        rows.extend((2..20).map(|from| ([from, from % 7], 4)));
        let both = joint(&rows);
        assert_eq!(
            kept(&both, &[i128::MAX, i128::MAX]),
            50 + 1_000_000 + 18 * 4
        );
        let others = 18 * 4;
        let cut = kept(&both, &[8, 1 << 40]);
        assert!((others..=others + 8).contains(&cut), "{cut}");
        // In the second view the payee of the million is cut, and with it whoever else pays it.
        let cut = kept(&both, &[1 << 40, 16]);
        assert!(cut <= 10 * 16, "{cut}");
    }

    #[test]
    fn the_order_of_rows_and_merging_change_nothing() {
        let rows: Vec<([u64; 2], i128)> = (0..60_u64)
            .map(|n| ([n % 7, n % 11], i128::from(n * n) - 500))
            .collect();
        let whole = joint(&rows);
        let (front, back) = rows.split_at(23);
        let mut merged = joint(back);
        merged.merge(joint(front));
        for cuts in [[64, 128], [1 << 20, 8], [1, 1]] {
            assert_eq!(kept(&whole, &cuts), kept(&merged, &cuts));
        }
    }

    #[test]
    fn nobody_is_cut_for_what_others_are_cut_of() {
        // One pays a million at each of ten shops where ten others pay ten each.
        let shops = || (0..10_u64).map(|shop| ([500, shop], 1_000_000));
        let crowd = (0..100_u64).map(|person| ([person, person % 10], 10));
        let rows: Vec<([u64; 2], i128)> = crowd.chain(shops()).collect();
        assert_eq!(kept(&joint(&rows), &[20, 200]), 1000 + 19);
        // Shops first: what was cut of them for her comes back when she is.
        let turned = rows.iter().map(|([a, b], amount)| ([*b, *a], *amount));
        let turned = joint(&turned.collect::<Vec<_>>());
        let turned = places(&turned);
        let mut shares = Shares::of(&turned, 2);
        for _ in 0..8 {
            shares.cut(0, 200);
            shares.cut(1, 20);
        }
        assert_eq!(shares.left(0), vec![101; 10], "rounded towards 0");
        assert_eq!(shares.sum(&[200, 20]).to_i128(), Some(1000 + 19));
    }

    #[test]
    fn who_is_not_seen_is_not_cut() {
        let unseen = Joint::of([
            (vec![(0, 1), (1, 5)], 40),
            (vec![], 100),
            (vec![(0, 1)], 60),
        ]);
        assert_eq!(kept(&unseen, &[50, 1000]), 100 + 50);
        assert_eq!(kept(&unseen, &[1000, 10]), 100 + 60 + 10);
    }

    #[test]
    fn everybody_behind_a_row_is_cut() {
        let pairs = [(1, 2, 30), (2, 3, 60), (4, 5, 7)];
        let pairs = pairs.map(|(one, other, amount)| (vec![(0, one), (0, other)], amount));
        let pairs = Joint::of(pairs);
        // 2 has 90 and 3 has 60; a third of 2's is kept, and half of 3's would be.
        assert_eq!(kept(&pairs, &[30]), 10 + 20 + 7 - 1, "rounded towards 0");
        assert_eq!(kept(&pairs, &[90]), 97);
        let pairs = Places::of(&pairs, 1);
        let mut left = cut(&pairs, &[30]).left(0);
        left.sort_unstable();
        assert_eq!(left, [7, 7, 30, 60, 90], "there is no other view");
    }

    #[test]
    fn whoever_adds_a_little_many_times_keeps_as_much_as_the_cut() {
        let rows: Vec<([u64; 2], i128)> = (0..12).map(|to| ([1, to], 1)).collect();
        // In parts of one each is rounded towards 0.
        assert_eq!(kept(&joint(&rows), &[8, 100]), 7);
        let rows = places(&joint(&rows));
        let shares = cut(&rows, &[8, 100]);
        assert_eq!((shares.left(0), shares.left(1)), (vec![12], vec![0; 12]));
    }

    #[test]
    fn what_is_large_is_cut_as_well() {
        let large = i128::MAX / 3;
        let rows = joint(&[([1, 2], large), ([1, 3], -large), ([4, 3], 5)]);
        let third = 1 << 124;
        // Of 1, who adds both, as much is left of one as of the other.
        assert_eq!(kept(&rows, &[third, i128::MAX]), 5);
        let one = kept(&joint(&[([1, 2], large)]), &[third, i128::MAX]);
        assert!((third - one) < third >> 60, "{one}");
        let left = cut(&places(&rows), &[third, i128::MAX]).left(1);
        let half = (third / 2).unsigned_abs();
        let off = left.iter().map(|left| left.abs_diff(half));
        assert!(off.max() < Some(half >> 60), "{left:?}");
    }

    #[test]
    fn what_one_view_takes_back_of_another_is_taken_again() {
        // The first view was cut while the second left nothing of it.
        let rows = joint(&[([1, 1], 100), ([1, 2], 100), ([2, 1], 1)]);
        let rows = places(&rows);
        let mut shares = Shares::of(&rows, 2);
        shares.cut(1, 1);
        shares.cut(0, 50);
        shares.cut(1, 1000);
        assert_eq!(shares.sum(&[50, 1000]).to_i128(), Some(50 + 1));
    }
}
