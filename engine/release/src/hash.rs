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
