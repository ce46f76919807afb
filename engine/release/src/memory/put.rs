//! Earlier values put together, until what is left over is few.

use std::borrow::Cow;

use arrow::datatypes::i256;

use super::history::Record;
use super::print::{Distance, EXACT, Entries, combined};
use super::trace::{Factor, Trace, times};
use super::within::{ONE, by_factor, missing};

/// An earlier value of which values are put together, in terms of what is asked for.
pub(super) struct Part<'h> {
    record: &'h Record,
    value: i256,
    raw: i256,
    entries: Cow<'h, [(u64, i128)]>,
    /// What so many add does not divide by the factor.
    cut_off: usize,
    /// From how many differing entities on it is not in what is put together.
    reach: usize,
    /// Its value is the sum of what its entities add.
    additive: bool,
}

/// Values put together.
pub(super) struct Combination<'h> {
    pub(super) value: i256,
    raw: i256,
    records: Vec<&'h Record>,
    /// The largest reach of all that it is made of.
    reach: usize,
    /// All values that it is made of, and the one that is asked for, are sums of what their entities add.
    additive: bool,
    /// What entities add to what is asked for.
    asked: &'h [(u64, i128)],
    /// What is left over.
    rest: Entries,
    /// Of so many others what they add is not known exactly.
    cut_off: usize,
}

impl<'h> Part<'h> {
    /// A value by a factor; `None` if it is too large.
    pub(super) fn of(
        record: &'h Record,
        trace: &Trace,
        entries: &'h [(u64, i128)],
        factor: Factor,
        reach: usize,
    ) -> Option<Self> {
        let (entries, cut_off) = by_factor(entries, factor);
        Some(Self {
            record,
            value: times(record.value, factor)?,
            raw: times(record.raw, factor)?,
            entries,
            cut_off,
            reach,
            additive: trace.additive,
        })
    }
}

impl<'h> Combination<'h> {
    /// Nothing yet of these, of whom so many add what is not known exactly.
    pub(super) fn of(
        (entities, cut_off): (Entries, usize),
        reach: usize,
        additive: bool,
        asked: &'h [(u64, i128)],
    ) -> Self {
        Self {
            value: i256::ZERO,
            raw: i256::ZERO,
            records: Vec::new(),
            reach,
            additive,
            asked,
            rest: entities,
            cut_off,
        }
    }

    /// Of how many values it is made.
    pub(super) fn terms(&self) -> usize {
        self.records.len()
    }

    /// With one more, taken from what is left over.
    fn with(&self, part: &Part<'h>) -> Self {
        Self {
            value: self.value.wrapping_add(part.value),
            raw: self.raw.wrapping_add(part.raw),
            records: self.records.iter().copied().chain([part.record]).collect(),
            reach: self.reach.max(part.reach),
            additive: self.additive && part.additive,
            asked: self.asked,
            rest: combined(&self.rest, &part.entries, -1),
            cut_off: self.cut_off + part.cut_off,
        }
    }

    /// Whether a value is one of those that it is made of, in another view perhaps.
    fn has(&self, part: &Part<'_>) -> bool {
        let same = |record: &&Record| std::ptr::eq(*record, part.record);
        self.records.iter().any(same)
    }

    /// With some of these that have no entities in common, in their order, so that it is `done`.
    pub(super) fn completed(
        self,
        parts: &[Part<'h>],
        done: &dyn Fn(&Self) -> bool,
        steps: &mut usize,
    ) -> Option<Self> {
        if done(&self) {
            return Some(self);
        }
        for (at, part) in parts.iter().enumerate() {
            *steps = steps.checked_sub(1 + self.rest.len() / EXACT)?;
            if !self.has(part) && missing(&part.entries, &self.rest, ONE, part.reach).is_some() {
                let others = parts.get(at + 1..).unwrap_or_default();
                if let Some(found) = self.with(part).completed(others, done, steps) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// Few enough entities are left over, and explain what is left of the value.
    pub(super) fn fits(&self, raw: i256) -> bool {
        let others = Distance {
            differing: self.rest.len() + self.cut_off,
            amount: self.rest.iter().fold(0, |sum: i128, (_, amount)| {
                sum.saturating_add(amount.saturating_abs())
            }),
        };
        let left = raw.wrapping_sub(self.raw);
        others.differing < self.reach
            && (self.additive || others.explains(left, self.asked, self.reach))
    }
}
