//! What the entities of several views, and several of one, add together: rows by all whom the needs see behind them.
//!
//! A cut in one view leaves an entity of another whole, if it adds a little through each of many, and what a row adds
//! is all of theirs who stand behind it. To cut each of them, it must be known which of their additions are the same.

use crate::hash::NumberMap;
use crate::need::Need;
use crate::track::{Tracks, entity, party_bit};

/// A need by its place, and an entity that it sees.
pub(crate) type Seen = (usize, u64);

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

    /// Who adds together, and how much.
    pub(crate) fn additions(&self) -> impl Iterator<Item = (&[Seen], i128)> {
        self.amounts.iter().map(|(key, amount)| (&**key, *amount))
    }

    /// Of additions by who adds them, sorted.
    #[cfg(test)]
    pub(crate) fn of(additions: impl IntoIterator<Item = (Vec<Seen>, i128)>) -> Self {
        let mut joint = Self::default();
        for (key, amount) in additions {
            joint.add(key.into(), amount);
        }
        joint
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

#[cfg(test)]
mod tests {
    use super::*;

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
