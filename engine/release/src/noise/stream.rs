//! A stream of bytes from a key: HMAC-SHA256 in counter mode.
//!
//! Whoever does not hold the key cannot tell the stream from coin tosses; whoever holds it gets the same tosses again.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

/// Bytes in a block of the stream.
const BLOCK: usize = 32;

/// An endless, reproducible stream of random bytes.
pub struct Stream {
    mac: Hmac<Sha256>,
    counter: u64,
    block: [u8; BLOCK],
    used: usize,
}

impl Stream {
    /// The stream of a key and a label: other labels, other streams.
    #[must_use]
    pub fn new(key: &[u8; 32], label: &str) -> Self {
        let mut mac = keyed(key);
        mac.update(&u64::try_from(label.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(label.as_bytes());
        Self {
            mac,
            counter: 0,
            block: [0; BLOCK],
            used: BLOCK,
        }
    }

    /// The next byte.
    fn byte(&mut self) -> u8 {
        if self.used >= BLOCK {
            let mut mac = self.mac.clone();
            mac.update(&self.counter.to_be_bytes());
            self.block = mac.finalize().into_bytes().into();
            self.counter = self.counter.wrapping_add(1);
            self.used = 0;
        }
        let byte = self.block.get(self.used).copied().unwrap_or(0);
        self.used += 1;
        byte
    }

    /// A uniform number below a bound; 0 if the bound is 0.
    pub fn below(&mut self, bound: u128) -> u128 {
        let Some(last) = bound.checked_sub(1) else {
            return 0;
        };
        let bits = u128::BITS - last.leading_zeros();
        let mask = u128::MAX.checked_shr(last.leading_zeros()).unwrap_or(0);
        loop {
            let drawn =
                (0..bits.div_ceil(8)).fold(0, |drawn, _| drawn << 8 | u128::from(self.byte()));
            let drawn = drawn & mask;
            if drawn <= last {
                return drawn;
            }
        }
    }

    /// A fair coin.
    pub fn coin(&mut self) -> bool {
        self.below(2) == 1
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.block.zeroize();
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream(..)")
    }
}

/// HMAC-SHA256 under a key of 32 bytes.
pub(crate) fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    // HMAC fills a short key up with zeros to a block of the hash.
    let mut block = Zeroizing::new([0_u8; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    Hmac::new(&(*block).into())
}
