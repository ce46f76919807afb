//! How large the world is at a scale.

use super::Options;
use crate::Error;

/// Numbers of things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// Background payments.
    pub(crate) payments: u64,
    /// Accounts at the banks.
    pub(crate) accounts: u64,
    /// Accounts elsewhere, numbered after those.
    pub(crate) external: u64,
    /// The first accounts: those with everyday payments. The others at the banks are dormant.
    pub(crate) members: u64,
    /// Schemes of each kind.
    pub(crate) instances: u64,
}

impl Size {
    pub(crate) fn new(options: &Options) -> Result<Self, Error> {
        if !(0.01..=1000.0).contains(&options.scale) {
            return Err(Error::Option {
                option: "scale",
                value: options.scale.to_string(),
                expected: "between 0.01 and 1000",
            });
        }
        let accounts = times(25_000.0, options.scale);
        let instances = options
            .patterns
            .map_or_else(|| times(5.0, options.scale).max(2), u64::from);
        // Each dormant scheme wakes an account of its own. By default there are more of them than schemes at every scale.
        let reserved = (accounts / 200).max(24).max(instances);
        if reserved * 2 > accounts {
            let expected = "at most half the number of accounts (25 000 times the scale)";
            return Err(Error::Option {
                option: "patterns",
                value: instances.to_string(),
                expected,
            });
        }
        Ok(Self {
            payments: times(1_000_000.0, options.scale),
            accounts,
            external: accounts / 2,
            members: accounts - reserved,
            instances,
        })
    }

    /// All accounts, here and elsewhere.
    pub(crate) fn all(&self) -> u64 {
        self.accounts + self.external
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "scales are positive and at most 1000"
)]
fn times(count: f64, scale: f64) -> u64 {
    (count * scale) as u64
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn size(scale: f64, patterns: Option<u32>) -> Result<Size, Error> {
        Size::new(&Options {
            scale,
            seed: 42,
            patterns,
        })
    }

    #[test]
    fn sizes_follow_the_scale() {
        let small = size(0.01, None).unwrap();
        assert_eq!(
            (
                small.payments,
                small.accounts,
                small.members,
                small.instances
            ),
            (10_000, 250, 226, 2)
        );
        let large = size(1.0, None).unwrap();
        assert_eq!(
            (
                large.payments,
                large.accounts,
                large.members,
                large.instances
            ),
            (1_000_000, 25_000, 24_875, 5)
        );
    }

    #[test]
    fn as_many_patterns_as_by_default_change_nothing() {
        assert_eq!(size(0.1, Some(2)).unwrap(), size(0.1, None).unwrap());
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert!(
            size(0.001, None).is_err()
                && size(f64::NAN, None).is_err()
                && size(0.01, Some(200)).is_err()
        );
    }
}
