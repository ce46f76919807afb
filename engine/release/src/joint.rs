//! What the entities of several views, and several of one, add together: rows by all whom the needs see behind them.
//!
//! A cut in one view leaves an entity of another whole, if it adds a little through each of many, and what a row adds
//! is all of theirs who stand behind it. To cut each of them, it must be known which of their additions are the same.

use arrow::datatypes::i256;

use crate::hash::NumberMap;
use crate::need::Need;
use crate::track::{Tracks, entity, party_bit};

/// A need by its place, and an entity that it sees.
type Seen = (usize, u64);

/// Amounts by who adds them, sorted.
#[derive(Debug, Default)]
pub(crate) struct Joint {
    amounts: NumberMap<Box<[Seen]>, i128>,
}

impl Joint {
    /// Whether more than one entity may be seen behind a row.
    pub(crate) fn is_needed(needs: &[Need], tracks: &[Tracks<'_>]) -> bool {
        let most = needs.iter().map(|need| match tracks.get(need.slot) {
            Some(Tracks::Scalar { .. }) => 1,
            Some(Tracks::Set { .. }) => 2,
            None => 0,
        });
        most.sum::<usize>() > 1
    }

    /// Adds a row; returns how many are seen behind it, if nobody added in this combination before.
    pub(crate) fn credit(
        &mut self,
        needs: &[Need],
        tracks: &[Tracks<'_>],
        row: usize,
        amount: i128,
    ) -> usize {
        self.add(seen(needs, tracks, row), amount)
    }

    fn add(&mut self, key: Box<[Seen]>, amount: i128) -> usize {
        let (before, size) = (self.amounts.len(), key.len().max(1));
        let sum = self.amounts.entry(key).or_insert(0);
        *sum = sum.saturating_add(amount);
        if self.amounts.len() > before { size } else { 0 }
    }

    /// Nobody was seen, or only one a row.
    pub(crate) fn is_empty(&self) -> bool {
        self.amounts.is_empty()
    }

    /// Adds what was seen elsewhere; returns how many are seen behind what is new.
    pub(crate) fn merge(&mut self, other: Self) -> usize {
        let theirs = other.amounts.into_iter();
        theirs.map(|(key, amount)| self.add(key, amount)).sum()
    }

    /// The sum once nobody adds more than the cut of its view: what anybody adds beyond is taken from all of its
    /// additions alike, each rounded towards 0.
    pub(crate) fn cut(&self, cuts: &[i128]) -> i256 {
        let mut totals: NumberMap<Seen, i256> = NumberMap::default();
        for (key, amount) in &self.amounts {
            for seen in key {
                let total = totals.entry(*seen).or_insert(i256::ZERO);
                *total = total.wrapping_add(i256::from_i128(amount.saturating_abs()));
            }
        }
        let strictest = |key: &[Seen]| {
            let shares = key.iter().filter_map(|seen| {
                let (total, cut) = (totals.get(seen)?, cuts.get(seen.0)?);
                let cut = i256::from_i128(*cut);
                (*total > cut).then_some((cut, *total))
            });
            shares.reduce(|a, b| if is_less(a, b) { a } else { b })
        };
        let kept = self.amounts.iter().map(|(key, amount)| {
            let amount = i256::from_i128(*amount);
            match strictest(key) {
                Some((cut, total)) => part(amount, (cut, total)),
                None => amount,
            }
        });
        kept.fold(i256::ZERO, i256::wrapping_add)
    }
}

/// Whom the needs see behind a row, each once.
fn seen(needs: &[Need], tracks: &[Tracks<'_>], row: usize) -> Box<[Seen]> {
    let mut all = Vec::new();
    for (number, need) in needs.iter().enumerate() {
        let members = tracks.get(need.slot).map(|tracks| tracks.members(row));
        let members = members.into_iter().flatten();
        let theirs = members.filter(|track| party_bit(**track) & need.parties != 0);
        all.extend(theirs.map(|track| (number, entity(*track))));
    }
    all.sort_unstable();
    all.dedup();
    all.into()
}

/// Whether one share is smaller than another. Cuts and totals have 127 bits and a few, products fit 256.
fn is_less((a, of_a): (i256, i256), (b, of_b): (i256, i256)) -> bool {
    match (a.checked_mul(of_b), b.checked_mul(of_a)) {
        (Some(left), Some(right)) => left < right,
        (None, _) | (_, None) => false,
    }
}

/// `amount · cut / total`, rounded towards 0; what cannot be computed adds nothing.
fn part(amount: i256, (cut, total): (i256, i256)) -> i256 {
    let product = amount.checked_mul(cut);
    let share = product.and_then(|product| product.checked_div(total));
    share.unwrap_or(i256::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joint(rows: &[([u64; 2], i128)]) -> Joint {
        let mut joint = Joint::default();
        for ([one, other], amount) in rows {
            joint.add(Box::new([(0, *one), (1, *other)]), *amount);
        }
        joint
    }

    fn number(value: i256) -> i128 {
        value.to_i128().unwrap_or(i128::MAX)
    }

    #[test]
    fn nobody_adds_more_than_the_cut_of_any_view() {
        // One of the first view pays ten of the second a little each, and once much.
        let mut rows: Vec<([u64; 2], i128)> = (0..10).map(|to| ([1, to], 5)).collect();
        rows.push(([1, 3], 1_000_000));
        rows.extend((2..20).map(|from| ([from, from % 7], 4)));
        let both = joint(&rows);
        assert_eq!(
            number(both.cut(&[i128::MAX, i128::MAX])),
            50 + 1_000_000 + 18 * 4
        );
        let others = 18 * 4;
        let cut = number(both.cut(&[8, 1 << 40]));
        assert!((others..=others + 8).contains(&cut), "{cut}");
        // In the second view the payee of the million is cut, and with it whoever else pays it.
        let cut = number(both.cut(&[1 << 40, 16]));
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
            assert_eq!(whole.cut(&cuts), merged.cut(&cuts));
        }
    }

    #[test]
    fn of_two_views_the_one_that_keeps_less_decides() {
        let one = joint(&[([1, 2], 100)]);
        assert_eq!(number(one.cut(&[50, 25])), 25);
        assert_eq!(number(one.cut(&[25, 50])), 25);
        assert_eq!(number(one.cut(&[40, 40])), 40);
        assert_eq!(number(one.cut(&[100, 100])), 100);
        assert_eq!(number(one.cut(&[100, 99])), 99);
        assert_eq!(number(one.cut(&[30, 200])), 30);
        let shares = joint(&[([1, 2], 90), ([1, 3], 10), ([4, 3], 90)]);
        // The second view leaves a ninth of what 2 has and a tenth of what 3 has, less than the first of anybody.
        assert_eq!(number(shares.cut(&[50, 10])), 10 + 1 + 9);
    }

    #[test]
    fn who_is_not_seen_is_not_cut() {
        let mut unseen = joint(&[([1, 5], 40)]);
        unseen.add(Box::new([]), 100);
        unseen.add(Box::new([(0, 1)]), 60);
        assert_eq!(number(unseen.cut(&[50, 1000])), 100 + 30 + 20);
        assert_eq!(number(unseen.cut(&[1000, 10])), 100 + 60 + 10);
    }

    #[test]
    fn everybody_behind_a_row_is_cut() {
        let mut pairs = Joint::default();
        for (one, other, amount) in [(1, 2, 30), (2, 3, 60), (4, 5, 7)] {
            pairs.add(Box::new([(0, one), (0, other)]), amount);
        }
        // 2 has 90 and 3 has 60; a third of 2's is kept, and half of 3's would be.
        assert_eq!(number(pairs.cut(&[30])), 10 + 20 + 7);
        assert_eq!(number(pairs.cut(&[90])), 97);
    }

    #[test]
    fn what_is_new_is_counted() {
        let mut joint = Joint::default();
        assert!(joint.is_empty());
        assert_eq!(joint.add(Box::new([(0, 1), (1, 2), (1, 3)]), 5), 3);
        assert_eq!(joint.add(Box::new([(0, 1), (1, 2), (1, 3)]), 5), 0);
        assert_eq!(joint.add(Box::new([]), 5), 1);
        assert!(!joint.is_empty());
        let mut other = Joint::default();
        other.add(Box::new([(0, 1), (1, 2), (1, 3)]), 1);
        other.add(Box::new([(0, 1), (1, 3)]), 1);
        other.add(Box::new([(1, 4)]), 1);
        assert_eq!(joint.merge(other), 3);
    }

    #[test]
    fn all_whom_needs_see_are_seen_once_and_only_of_their_own_parties() {
        use arrow::array::{ListArray, UInt64Array};
        use arrow::datatypes::UInt64Type;
        let theirs = |entity: u64| (1 << 56) | entity;
        let one = UInt64Array::from(vec![Some(7), Some(theirs(7)), None]);
        let sets = [vec![9, 8, 9, theirs(3)], vec![theirs(9)], vec![9]];
        let sets = sets.map(|set| Some(set.into_iter().map(Some)));
        let sets = ListArray::from_iter_primitive::<UInt64Type, _, _>(sets);
        let tracks: Vec<Tracks<'_>> = [Tracks::read(&one), Tracks::read(&one), Tracks::read(&sets)]
            .into_iter()
            .filter_map(Result::ok)
            .collect();
        let need = |slot| Need {
            slot,
            parties: 1,
            k: 3,
            dominance: 0,
        };
        let needed = |slots: &[usize]| {
            let needs: Vec<Need> = slots.iter().map(|slot| need(*slot)).collect();
            Joint::is_needed(&needs, &tracks)
        };
        assert!(needed(&[0, 1]) && needed(&[2]) && needed(&[0, 2]));
        assert!(!needed(&[]) && !needed(&[0]) && !needed(&[0, 3]));
        let both = [need(0), need(2), need(3)];
        let seen = |row| seen(&both, &tracks, row).into_vec();
        assert_eq!(seen(0), [(0, 7), (1, 8), (1, 9)]);
        assert_eq!(seen(1), []);
        assert_eq!(seen(2), [(1, 9)]);
        let mut joint = Joint::default();
        assert_eq!(joint.credit(&both, &tracks, 0, 10), 3);
        assert_eq!(joint.credit(&both, &tracks, 0, 10), 0);
        assert_eq!(joint.credit(&both, &tracks, 2, 10), 1);
    }
}
