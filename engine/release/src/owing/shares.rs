//! What is left of everybody's additions once nobody adds more than the cut of its view.
//!
//! Whatever an entity adds beyond its cut is taken from all of its additions alike; of a row of several entities the one
//! that keeps least decides.

use arrow::datatypes::i256;

use crate::hash::NumberMap;
use crate::joint::{Joint, Seen};

/// Amounts are counted in parts of one: somebody who adds a little many times keeps more than nothing.
const PARTS: i128 = 1 << 20;

/// A cut and what it is a cut of, the larger of the two.
type Share = (i256, i256);

/// Additions by who adds them, and what each entity adds in all, irrespective of signs.
pub(crate) struct Shares<'j> {
    joint: &'j Joint,
    totals: NumberMap<Seen, i256>,
}

impl<'j> Shares<'j> {
    pub(crate) fn of(joint: &'j Joint) -> Self {
        let mut totals: NumberMap<Seen, i256> = NumberMap::default();
        for (key, amount) in joint.additions() {
            for seen in key {
                let total = totals.entry(*seen).or_insert(i256::ZERO);
                *total = total.wrapping_add(i256::from_i128(amount.saturating_abs()));
            }
        }
        Self { joint, totals }
    }

    /// The sum once everybody is cut, each view at its own cut; rounded towards 0.
    pub(crate) fn kept(&self, cuts: &[i128]) -> i256 {
        let kept = self.joint.additions().map(|(key, amount)| {
            let shares = key.iter().filter_map(|seen| self.share(*seen, cuts));
            part(amount, shares.reduce(stricter))
        });
        whole(kept.fold(i256::ZERO, i256::wrapping_add))
    }

    /// By view, how much each entity adds once all others are cut who stand behind the same rows.
    pub(crate) fn beside_others(&self, cuts: &[i128]) -> Vec<Vec<u128>> {
        let mut left = vec![NumberMap::<u64, i256>::default(); cuts.len()];
        for (key, amount) in self.joint.additions() {
            let strictest = self.strictest(key, cuts);
            for seen in key {
                let of_others = strictest.iter().find(|(whose, _)| whose != seen);
                let kept = part(amount, of_others.map(|(_, share)| *share));
                if let Some(view) = left.get_mut(seen.0) {
                    let sum = view.entry(seen.1).or_insert(i256::ZERO);
                    *sum = sum.wrapping_add(kept);
                }
            }
        }
        let size = |sum| whole(sum).to_i128().map_or(u128::MAX, i128::unsigned_abs);
        let views = left.into_iter();
        views
            .map(|view| view.into_values().map(size).collect())
            .collect()
    }

    /// The two who keep least of an addition, the one who keeps less first; whoever is not cut is none of them.
    fn strictest(&self, key: &[Seen], cuts: &[i128]) -> Vec<(Seen, Share)> {
        let mut two: Vec<(Seen, Share)> = Vec::with_capacity(3);
        for seen in key {
            let Some(share) = self.share(*seen, cuts) else {
                continue;
            };
            let at = two.iter().take_while(|(_, kept)| !is_less(share, *kept));
            two.insert(at.count(), (*seen, share));
            two.truncate(2);
        }
        two
    }

    /// What an entity keeps of each of its additions, if it is cut.
    fn share(&self, seen: Seen, cuts: &[i128]) -> Option<Share> {
        let (total, cut) = (self.totals.get(&seen)?, cuts.get(seen.0)?);
        let cut = i256::from_i128(*cut);
        (*total > cut).then_some((cut, *total))
    }
}

fn stricter(one: Share, other: Share) -> Share {
    if is_less(one, other) { one } else { other }
}

/// Whether one share is smaller than another. Cuts and totals have 127 bits and a few, products fit 256.
fn is_less((a, of_a): Share, (b, of_b): Share) -> bool {
    match (a.checked_mul(of_b), b.checked_mul(of_a)) {
        (Some(left), Some(right)) => left < right,
        (None, _) | (_, None) => false,
    }
}

/// A share of an amount, or all of it, in parts and rounded towards 0.
fn part(amount: i128, share: Option<Share>) -> i256 {
    let parts = i256::from_i128(PARTS);
    let amount = i256::from_i128(amount);
    let Some((cut, total)) = share else {
        return amount.wrapping_mul(parts);
    };
    let product = amount.wrapping_mul(cut);
    let of = |number: i256| number.checked_div(total).unwrap_or(i256::ZERO);
    match product.checked_mul(parts) {
        Some(fine) => of(fine),
        None => of(product).wrapping_mul(parts),
    }
}

fn whole(parts: i256) -> i256 {
    parts
        .checked_div(i256::from_i128(PARTS))
        .unwrap_or(i256::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joint(rows: &[([u64; 2], i128)]) -> Joint {
        let rows = rows
            .iter()
            .map(|([one, other], amount)| (vec![(0, *one), (1, *other)], *amount));
        Joint::of(rows)
    }

    fn kept(joint: &Joint, cuts: &[i128]) -> i128 {
        let kept = Shares::of(joint).kept(cuts);
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
    fn of_two_views_the_one_that_keeps_less_decides() {
        let one = joint(&[([1, 2], 100)]);
        assert_eq!(kept(&one, &[50, 25]), 25);
        assert_eq!(kept(&one, &[25, 50]), 25);
        assert_eq!(kept(&one, &[40, 40]), 40);
        assert_eq!(kept(&one, &[100, 100]), 100);
        assert_eq!(kept(&one, &[100, 99]), 99);
        assert_eq!(kept(&one, &[30, 200]), 30);
        let shares = joint(&[([1, 2], 90), ([1, 3], 10), ([4, 3], 90)]);
        // The second view leaves a ninth of what 2 has and a tenth of what 3 has, less than the first of anybody.
        assert_eq!(kept(&shares, &[50, 10]), 10 + 1 + 9);
    }

    #[test]
    fn who_is_not_seen_is_not_cut() {
        let unseen = Joint::of([
            (vec![(0, 1), (1, 5)], 40),
            (vec![], 100),
            (vec![(0, 1)], 60),
        ]);
        assert_eq!(kept(&unseen, &[50, 1000]), 100 + 30 + 20);
        assert_eq!(kept(&unseen, &[1000, 10]), 100 + 60 + 10);
    }

    #[test]
    fn everybody_behind_a_row_is_cut() {
        let pairs = [(1, 2, 30), (2, 3, 60), (4, 5, 7)];
        let pairs = pairs.map(|(one, other, amount)| (vec![(0, one), (0, other)], amount));
        let pairs = Joint::of(pairs);
        // 2 has 90 and 3 has 60; a third of 2's is kept, and half of 3's would be.
        assert_eq!(kept(&pairs, &[30]), 10 + 20 + 7);
        assert_eq!(kept(&pairs, &[90]), 97);
        // What each leaves of the others.
        let left = |cut| {
            let mut left = Shares::of(&pairs).beside_others(&[cut]).remove(0);
            left.sort_unstable();
            left
        };
        assert_eq!(left(90), [7, 7, 30, 60, 90]);
        // 1 and 3 keep a third beside 2, who keeps 30 alone and half of 60 beside 3.
        assert_eq!(left(30), [7, 7, 10, 20, 60]);
    }

    #[test]
    fn whoever_adds_a_little_many_times_keeps_as_much_as_the_cut() {
        let rows: Vec<([u64; 2], i128)> = (0..12).map(|to| ([1, to], 1)).collect();
        // In parts of one each is rounded towards 0.
        assert_eq!(kept(&joint(&rows), &[8, 100]), 7);
        let left = Shares::of(&joint(&rows)).beside_others(&[8, 100]);
        assert_eq!(left, [vec![12], vec![0; 12]]);
    }

    #[test]
    fn what_is_large_is_cut_as_well() {
        let large = i128::MAX / 3;
        let rows = joint(&[([1, 2], large), ([1, 3], -large), ([4, 3], 5)]);
        let third = 1 << 124;
        // Of 1, who adds both, as much is left of one as of the other.
        assert_eq!(kept(&rows, &[third, i128::MAX]), 5);
        assert_eq!(kept(&joint(&[([1, 2], large)]), &[third, i128::MAX]), third);
        let left = Shares::of(&rows).beside_others(&[third, i128::MAX]);
        let half = (third / 2).unsigned_abs();
        assert_eq!(left[0].iter().sum::<u128>(), 5);
        assert!(
            left[1].iter().all(|left| left.abs_diff(half) < 6),
            "{left:?}"
        );
    }
}
