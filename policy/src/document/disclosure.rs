//! `[disclosure]`: how much stands behind what leaves, and what is done to it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Placed;
use crate::ident::{PartyId, UnitSpace};
use crate::number::Decimal;

/// `[disclosure] mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Only approved questions.
    Template,
    /// Thresholds, history and noise.
    #[default]
    Statistical,
    /// Differential privacy.
    Dp,
}

/// k, for every unit or by unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinContributors {
    /// For units not named.
    pub default: u32,
    /// By unit space.
    pub by_unit: BTreeMap<UnitSpace, u32>,
}

/// A public budget of questions or runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Budget {
    /// How many.
    pub count: u32,
    /// Per `day`, `week`, `month` or `year`.
    pub per: String,
}

/// `[disclosure]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// The section's header, or the line of `table` where there is none: where defaults stand.
    pub header: Range<usize>,
    /// The mode.
    pub mode: Placed<Mode>,
    /// k.
    pub min_contributors: Placed<MinContributors>,
    /// Nobody, not even an approval, goes below this k.
    pub floor: Option<Placed<u32>>,
    /// Whether support is tested with sticky noise.
    pub jitter: Placed<bool>,
    /// Parties that count their entities together with this one where rows are merged.
    pub pool: Placed<Vec<PartyId>>,
    /// `history = "snap"`.
    pub history: Placed<bool>,
    /// `noise = "sticky"`.
    pub noise: Placed<bool>,
    /// Variance of the noise in units of the cut.
    pub variance: Placed<Decimal>,
    /// Budget of fresh statistics.
    pub questions: Option<Placed<Budget>>,
    /// Dominance rule in percent, 0: off.
    pub dominance: Placed<u8>,
    /// `[disclosure.dp]`.
    pub dp: Option<Placed<Dp>>,
}

impl Disclosure {
    /// What stands where nothing is written: k 10, jitter, snap, sticky noise of variance 16.
    #[must_use]
    pub fn defaults(header: &Range<usize>) -> Self {
        fn at<T>(value: T, span: &Range<usize>) -> Placed<T> {
            Placed {
                value,
                span: span.clone(),
            }
        }
        Self {
            header: header.clone(),
            mode: at(Mode::Statistical, header),
            min_contributors: at(MinContributors::every(DEFAULT_K), header),
            floor: None,
            jitter: at(true, header),
            pool: at(Vec::new(), header),
            history: at(true, header),
            noise: at(true, header),
            variance: at(Decimal::from(16), header),
            questions: None,
            dominance: at(0, header),
            dp: None,
        }
    }

    /// Whether a value was not written but is the default.
    #[must_use]
    pub fn is_default<T>(&self, value: &Placed<T>) -> bool {
        value.span == self.header
    }
}

/// k where nothing is written.
pub const DEFAULT_K: u32 = 10;

impl MinContributors {
    /// The same k for every unit.
    #[must_use]
    pub fn every(k: u32) -> Self {
        Self {
            default: k,
            by_unit: BTreeMap::new(),
        }
    }

    /// k for one unit space.
    #[must_use]
    pub fn of(&self, unit: &UnitSpace) -> u32 {
        self.by_unit.get(unit).copied().unwrap_or(self.default)
    }

    /// The largest k.
    #[must_use]
    pub fn largest(&self) -> u32 {
        self.by_unit.values().copied().fold(self.default, u32::max)
    }

    /// The smallest k.
    #[must_use]
    pub fn smallest(&self) -> u32 {
        self.by_unit.values().copied().fold(self.default, u32::min)
    }
}

/// `[disclosure.dp]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dp {
    /// The unit protected.
    pub unit: UnitSpace,
    /// Spent by one query.
    pub epsilon: Decimal,
    /// Spent by all queries.
    pub total_epsilon: Decimal,
    /// As written (`1e-6`).
    pub delta: String,
    /// Groups one entity may contribute to.
    pub max_groups: u32,
    /// Rows of one entity that count in a group; where no table of a question says it, one.
    pub max_rows: Option<u32>,
}

impl Dp {
    /// What one query spends, in millionths of epsilon.
    #[must_use]
    pub fn micro_epsilon(&self) -> u64 {
        micro(self.epsilon)
    }

    /// What all queries may spend, in millionths of epsilon.
    #[must_use]
    pub fn micro_total(&self) -> u64 {
        micro(self.total_epsilon)
    }

    /// Delta as a number; 0, which nothing can be promised with, if it is none.
    #[must_use]
    pub fn delta(&self) -> f64 {
        self.delta.parse().unwrap_or(0.0)
    }
}

impl Dp {
    /// In words, a sentence each.
    #[must_use]
    pub fn in_words(&self) -> [String; 3] {
        let unit = &self.unit;
        [
            format!(
                "each question spends ({}, {}) for every {unit}, all together {} of epsilon at most",
                self.epsilon, self.delta, self.total_epsilon
            ),
            format!(
                "one {unit} counts in at most {} groups of an answer",
                self.max_groups
            ),
            match self.max_rows {
                Some(rows) => format!("and with at most {rows} rows in each"),
                None => "and with one row in each, where no other table says `max_rows`".to_owned(),
            },
        ]
    }
}

/// Millionths, rounded down.
fn micro(epsilon: Decimal) -> u64 {
    let unit = 10_i128.checked_pow(u32::from(epsilon.scale()));
    let millionths = epsilon.mantissa().checked_mul(1_000_000);
    let whole = millionths
        .zip(unit)
        .and_then(|(all, unit)| all.checked_div(unit));
    whole
        .and_then(|whole| u64::try_from(whole).ok())
        .unwrap_or(0)
}
