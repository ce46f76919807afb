//! What no policy of the contract goes below.

use crate::document::{MinContributors, Mode};
use crate::number::Decimal;
use crate::obligation::Obligations;
use crate::table::TablePolicy;

/// Floors of the contract; what is absent bounds nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Floors {
    /// Least k.
    pub min_contributors: Option<MinContributors>,
    /// Support is tested with sticky noise.
    pub jitter: bool,
    /// Earlier outcomes are remembered.
    pub history: bool,
    /// Values carry sticky noise.
    pub noise: bool,
    /// Least variance.
    pub variance: Option<Decimal>,
    /// Least dominance percentage.
    pub dominance: u8,
}

impl Floors {
    /// Whether they bound nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// As obligations, for the meet.
    #[must_use]
    pub fn obligations(&self) -> Obligations {
        Obligations {
            mode: Mode::Statistical,
            min_contributors: self
                .min_contributors
                .clone()
                .unwrap_or(MinContributors::every(1)),
            jitter: self.jitter,
            history: self.history,
            noise: self.noise,
            variance: self.variance.unwrap_or(Decimal::from(0)),
            dominance: self.dominance,
            ..Obligations::none()
        }
    }

    /// The policy under these floors; a public table is nobody's secret and stays as it is.
    #[must_use]
    pub fn apply(&self, mut policy: TablePolicy) -> TablePolicy {
        if !policy.is_public() {
            policy.disclosure.raise(&self.obligations());
        }
        policy
    }
}
