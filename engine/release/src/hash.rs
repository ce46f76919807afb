//! A quick hasher for tracks and for numbers made here.
//!
//! Tracks are keyed hashes already and the other keys are counters, so nobody outside can choose them to collide;
//! bytes that come from data use the standard library's hasher instead.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map whose keys nobody can choose.
pub(crate) type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;
/// A set whose members nobody can choose.
pub(crate) type NumberSet<K> = HashSet<K, BuildHasherDefault<Mix>>;

/// A multiply-and-shift hasher over 64-bit words.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Mix(u64);

/// Spreads the bits of a word over all of it.
pub(crate) fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word ^ (word >> 32)
}

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        for byte in rest {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = mix(self.0.rotate_left(23) ^ word);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::mix;

    /// Two people in one bucket are one person to history: nobody's number may put many into few.
    #[test]
    fn numbers_spread_over_buckets_wherever_they_differ() {
        for shift in [0, 3, 7, 17, 30, 31, 33, 45, 54] {
            let spread = |bucket: &dyn Fn(u64) -> u64| {
                let buckets: BTreeSet<u64> = (0..1024).map(|n| bucket(mix(n << shift))).collect();
                buckets.len()
            };
            // As many as chance gives are 647.
            let (low, high) = (spread(&|word| word & 1023), spread(&|word| word >> 54));
            assert!(low > 580, "{low} by the lowest bits, from bit {shift}");
            assert!(high > 580, "{high} by the highest bits, from bit {shift}");
        }
    }

    /// Numbers of which one is within the other, before and after the first step.
    #[test]
    fn no_two_numbers_become_one() {
        const BACK: u64 = 0xf1de_83e1_9937_733d;
        let full = |low: u64| 0xffff_ffff_0000_0000 | low;
        let before = |word: u64| {
            let word = word.wrapping_mul(BACK);
            word ^ (word >> 32)
        };
        let first: BTreeSet<u64> = (0..1024).map(|low| mix(full(low))).collect();
        let second: BTreeSet<u64> = (0..1024).map(|low| mix(before(full(low)))).collect();
        assert_eq!((first.len(), second.len()), (1024, 1024));
    }
}
