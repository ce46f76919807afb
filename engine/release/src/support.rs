//! Sets of entities that know when they are large enough.
//!
//! Support asks only whether n ≥ k, so a set stops growing at k: memory stays bounded however many rows there are, and
//! a full set costs a row nothing. Which entities were kept depends on the order of the rows; whether it is full does
//! not.

use crate::hash::NumberSet;

/// Up to here a set is a list: shorter than a hash table is quick.
const FEW: usize = 24;

/// Distinct entities, up to a cap.
#[derive(Debug)]
pub(crate) struct Entities {
    cap: usize,
    kept: Kept,
}

#[derive(Debug)]
enum Kept {
    Few(Vec<u64>),
    Many(NumberSet<u64>),
}

impl Entities {
    /// An empty set that is full with `cap` entities.
    pub(crate) fn new(cap: usize) -> Self {
        Self {
            cap,
            kept: Kept::Few(Vec::new()),
        }
    }

    /// Adds an entity unless the set is full; true if it grew.
    pub(crate) fn add(&mut self, entity: u64) -> bool {
        if self.is_full() {
            return false;
        }
        match &mut self.kept {
            Kept::Few(list) if list.contains(&entity) => false,
            Kept::Few(list) if list.len() < FEW => {
                list.push(entity);
                true
            }
            Kept::Few(list) => {
                let mut many: NumberSet<u64> = list.drain(..).collect();
                many.insert(entity);
                self.kept = Kept::Many(many);
                true
            }
            Kept::Many(set) => set.insert(entity),
        }
    }

    /// How many entities there are, at most the cap.
    pub(crate) fn len(&self) -> usize {
        match &self.kept {
            Kept::Few(list) => list.len(),
            Kept::Many(set) => set.len(),
        }
    }

    /// The entities, in no order.
    pub(crate) fn members(&self) -> Vec<u64> {
        match &self.kept {
            Kept::Few(list) => list.clone(),
            Kept::Many(set) => set.iter().copied().collect(),
        }
    }

    /// True if no entity more would be counted.
    pub(crate) fn is_full(&self) -> bool {
        self.len() >= self.cap
    }

    /// Adds the entities of another set; returns by how many it grew.
    pub(crate) fn merge(&mut self, other: Self) -> usize {
        let before = self.len();
        match other.kept {
            Kept::Few(list) => list.into_iter().for_each(|entity| _ = self.add(entity)),
            Kept::Many(set) => set.into_iter().for_each(|entity| _ = self.add(entity)),
        }
        self.len().saturating_sub(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_members_are_those_who_were_added() {
        for size in [3, 100] {
            let mut entities = Entities::new(usize::MAX);
            (7..7 + size).for_each(|entity| assert!(entities.add(entity)));
            let mut members = entities.members();
            members.sort_unstable();
            assert_eq!(members, (7..7 + size).collect::<Vec<u64>>());
        }
    }
}
