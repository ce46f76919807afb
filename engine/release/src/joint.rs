//! What the entities of several views add together: rows by the entity that each need sees behind them.
//!
//! A cut in one view leaves an entity of another whole, if it adds a little through each of many. To cut all of them, it
//! must be known which of their additions are the same.

use arrow::datatypes::i256;

use crate::hash::NumberMap;
use crate::need::Need;
use crate::track::{Tracks, entity, party_bit};

/// Nobody, in a view that does not see a row or does not part it.
const NOBODY: u64 = u64::MAX;

/// Amounts by who adds them, in the order of the needs.
#[derive(Debug, Default)]
pub(crate) struct Joint {
    amounts: NumberMap<Box<[u64]>, i128>,
}

impl Joint {
    /// Whether more than one need sees one entity a row.
    pub(crate) fn is_needed(needs: &[Need], tracks: &[Tracks<'_>]) -> bool {
        let scalar = |need: &&Need| matches!(tracks.get(need.slot), Some(Tracks::Scalar { .. }));
        needs.iter().filter(scalar).count() > 1
    }

    /// Adds a row; true if nobody added in this combination before.
    pub(crate) fn credit(
        &mut self,
        needs: &[Need],
        tracks: &[Tracks<'_>],
        row: usize,
        amount: i128,
    ) -> bool {
        let key: Box<[u64]> = needs.iter().map(|need| seen(need, tracks, row)).collect();
        self.add(key, amount)
    }

    fn add(&mut self, key: Box<[u64]>, amount: i128) -> bool {
        let before = self.amounts.len();
        let sum = self.amounts.entry(key).or_insert(0);
        *sum = sum.saturating_add(amount);
        self.amounts.len() > before
    }

    /// Nobody was seen, or nobody by several needs.
    pub(crate) fn is_empty(&self) -> bool {
        self.amounts.is_empty()
    }

    /// Adds what was seen elsewhere; returns by how many combinations it grew.
    pub(crate) fn merge(&mut self, other: Self) -> usize {
        let theirs = other.amounts.into_iter();
        theirs
            .map(|(key, amount)| usize::from(self.add(key, amount)))
            .sum()
    }

    /// The sum once nobody adds more than the cut of its view: what anybody adds beyond is taken from all of its
    /// additions alike, each rounded towards 0.
    pub(crate) fn cut(&self, cuts: &[i128]) -> i256 {
        let mut totals: NumberMap<(usize, u64), i256> = NumberMap::default();
        for (key, amount) in &self.amounts {
            for (view, entity) in key.iter().enumerate().filter(|(_, e)| **e != NOBODY) {
                let total = totals.entry((view, *entity)).or_insert(i256::ZERO);
                *total = total.wrapping_add(i256::from_i128(amount.saturating_abs()));
            }
        }
        let strictest = |key: &[u64]| {
            let each = key.iter().zip(cuts).enumerate();
            let shares = each.filter_map(|(view, (entity, cut))| {
                let total = totals.get(&(view, *entity))?;
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

fn seen(need: &Need, tracks: &[Tracks<'_>], row: usize) -> u64 {
    match tracks.get(need.slot) {
        Some(tracks @ Tracks::Scalar { .. }) => tracks
            .members(row)
            .iter()
            .find(|track| party_bit(**track) & need.parties != 0)
            .map_or(NOBODY, |track| entity(*track)),
        Some(Tracks::Set { .. }) | None => NOBODY,
    }
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
        for (key, amount) in rows {
            joint.add(Box::new(*key), *amount);
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
        let unseen = joint(&[([NOBODY, NOBODY], 100), ([1, NOBODY], 60), ([1, 5], 40)]);
        assert_eq!(number(unseen.cut(&[50, 1000])), 100 + 30 + 20);
        assert_eq!(number(unseen.cut(&[1000, 10])), 100 + 60 + 10);
    }

    #[test]
    fn what_is_new_is_counted() {
        let mut joint = Joint::default();
        assert!(joint.is_empty());
        assert!(joint.add(Box::new([1, 2]), 5));
        assert!(!joint.add(Box::new([1, 2]), 5));
        assert!(!joint.is_empty());
        let mut other = Joint::default();
        for key in [[1, 2], [1, 3], [4, 4]] {
            other.add(Box::new(key), 1);
        }
        assert_eq!(joint.merge(other), 2);
    }

    #[test]
    fn two_views_of_one_entity_a_row_are_joined_and_only_of_their_own_parties() {
        use arrow::array::UInt64Array;
        let ours = |entity: u64| entity;
        let theirs = |entity: u64| (1 << 56) | entity;
        let columns = [
            UInt64Array::from(vec![Some(ours(7)), Some(theirs(7)), None]),
            UInt64Array::from(vec![Some(ours(9)), Some(ours(9)), Some(ours(9))]),
        ];
        let tracks: Vec<Tracks<'_>> = columns
            .iter()
            .filter_map(|column| Tracks::read(column).ok())
            .collect();
        let need = |slot| Need {
            slot,
            parties: 1,
            k: 3,
            dominance: 0,
        };
        let both = [need(0), need(1)];
        assert!(Joint::is_needed(&both, &tracks));
        assert!(!Joint::is_needed(&both[..1], &tracks));
        assert!(!Joint::is_needed(&[need(0), need(2)], &tracks));
        let mut joint = Joint::default();
        assert!(joint.credit(&both, &tracks, 0, 10));
        assert!(!joint.credit(&both, &tracks, 0, 10));
        assert!(joint.credit(&both, &tracks, 1, 10));
        assert!(!joint.credit(&both, &tracks, 2, 10));
        assert_eq!(seen(&both[0], &tracks, 0), 7);
        assert_eq!(seen(&both[0], &tracks, 1), NOBODY);
        assert_eq!(seen(&both[0], &tracks, 2), NOBODY);
        assert_eq!(seen(&need(2), &tracks, 0), NOBODY);
    }
}
