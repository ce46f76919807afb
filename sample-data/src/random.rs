//! Randomness by counter: every draw is a pure function of seed, domain, index and position.
//!
//! Any part of the data can be made on its own, in any order, on any number of threads, and comes out the same.

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
const STRIDE: u64 = 0xD1B5_4A32_D192_ED03;

/// What a draw is for; draws of different domains are independent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Domain {
    Account = 1,
    Entity = 2,
    Payment = 3,
    Payee = 4,
    Pattern = 5,
    Device = 6,
    Flag = 7,
    Address = 8,
}

/// Scrambles 64 bits.
pub(crate) const fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A seeded source of draws.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rng {
    seed: u64,
}

impl Rng {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed }
    }

    pub(crate) const fn key(self, domain: Domain, index: u64) -> u64 {
        let domain = mix(self.seed.wrapping_add((domain as u64).wrapping_mul(GAMMA)));
        mix(domain.wrapping_add(index.wrapping_mul(STRIDE)))
    }

    pub(crate) const fn draw(self, domain: Domain, index: u64, position: u64) -> u64 {
        mix(self
            .key(domain, index)
            .wrapping_add(position.wrapping_add(1).wrapping_mul(GAMMA)))
    }

    /// A draw below `n`.
    pub(crate) const fn below(self, domain: Domain, index: u64, position: u64, n: u64) -> u64 {
        below(self.draw(domain, index, position), n)
    }
}

/// Uniform in `0..n`, for `n` below 2³².
pub(crate) const fn below(u: u64, n: u64) -> u64 {
    (u >> 32).wrapping_mul(n) >> 32
}

/// In `0..n`, the small ones more often: a product of two uniforms.
pub(crate) const fn skew2(u: u64, n: u64) -> u64 {
    ((u >> 32).wrapping_mul(u & 0xFFFF_FFFF) >> 32).wrapping_mul(n) >> 32
}

/// In `0..n`, the small ones much more often: a product of three uniforms.
pub(crate) const fn skew3(u: u64, n: u64) -> u64 {
    let product = (u >> 43) * ((u >> 22) & 0x1F_FFFF) * ((u >> 1) & 0x1F_FFFF);
    (product >> 31).wrapping_mul(n) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mix_is_the_published_one() {
        assert_eq!(mix(1), 0x5692_161d_100b_05e5);
        assert_eq!(mix(0xdead_beef), 0x4e06_2702_ec92_9eea);
    }

    #[test]
    fn draws_of_seed_42_are_the_published_ones() {
        let rng = Rng::new(42);
        assert_eq!(rng.draw(Domain::Account, 0, 0), 0xc5a5_7e81_72f0_a9d2);
        assert_eq!(rng.draw(Domain::Account, 0, 1), 0x61b3_e514_f002_fd8b);
        assert_eq!(rng.draw(Domain::Payment, 12_345, 2), 0x1a7b_7b9d_d91c_4b53);
        assert_eq!(rng.draw(Domain::Pattern, 1, 1), 0x6127_c340_2cae_5910);
        assert_eq!(skew2(rng.draw(Domain::Payment, 7, 10), 1000), 15);
    }

    #[test]
    fn draws_stay_below_their_bound() {
        let rng = Rng::new(7);
        for index in 0..10_000 {
            let u = rng.draw(Domain::Flag, index, 0);
            assert!(
                below(u, 10) < 10 && skew2(u, 10) < 10 && skew3(u, 10) < 10,
                "draw {index}"
            );
        }
        assert_eq!(below(u64::MAX, 10), 9);
        assert_eq!(skew3(u64::MAX, 10), 9);
    }
}
