//! A small sorted set of entities, full once it holds enough of every party. Most sets are of one or two, which stand in the set
//! itself and are not allocated.

use smallvec::SmallVec;

/// Entities as tracks: party number in the top byte, keyed hash below.
#[derive(Debug, Clone, Default)]
pub(super) struct EntitySet {
    sorted: SmallVec<[u64; 2]>,
}

pub(super) const PARTY_SHIFT: u32 = 56;

impl EntitySet {
    /// Adds an entity unless its party is already represented `cap` times.
    pub(super) fn insert(&mut self, track: u64, cap: usize) {
        let Err(at) = self.sorted.binary_search(&track) else {
            return;
        };
        if self.sorted.len() >= cap && self.of_party(track) >= cap {
            return;
        }
        self.sorted.insert(at, track);
    }

    fn of_party(&self, track: u64) -> usize {
        let party = track >> PARTY_SHIFT;
        let low = self.sorted.partition_point(|t| t >> PARTY_SHIFT < party);
        let high = self.sorted.partition_point(|t| t >> PARTY_SHIFT <= party);
        high.saturating_sub(low)
    }

    /// The entities, ascending.
    pub(super) fn as_slice(&self) -> &[u64] {
        &self.sorted
    }

    /// Bytes on the heap.
    pub(super) fn size(&self) -> usize {
        if self.sorted.spilled() {
            self.sorted.capacity().saturating_mul(size_of::<u64>())
        } else {
            0
        }
    }
}
