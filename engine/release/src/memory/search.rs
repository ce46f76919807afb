//! Parts that are near a union of earlier parts, or near what one earlier part leaves of another.
//!
//! Three sets that are far from each other pair by pair can still tell about one person: A with her, B, and A and B
//! together. So a part that is near the union of earlier parts without common entities is answered with their sum,
//! and one that is near the difference of an earlier part and earlier parts within it with the difference. Neither
//! says anything that was not said before.

use arrow::datatypes::i256;

use super::history::{History, Record};
use super::print::{Entries, Print, buckets, buckets_apart, combined};
use super::trace::{Fresh, Trace, Whose};

/// So many of the latest values are looked at.
const LATEST: usize = 512;
/// So many of the latest values that hold the part are looked at.
const HOLDING: usize = 64;
/// So many steps are taken to put the values of one part together.
const STEPS: usize = 4096;

/// Values put together.
struct Combination {
    value: i256,
    raw: i256,
    terms: usize,
    /// What is left over.
    rest: Entries,
}

impl History {
    /// The value of a part, put together from earlier ones; at most `terms` are taken from another.
    pub(crate) fn derived(&self, traces: &[Fresh], raw: i256, terms: usize) -> Option<i256> {
        traces.iter().find_map(|fresh| {
            let mut steps = STEPS;
            self.union(fresh, raw, &mut steps)
                .or_else(|| self.difference(fresh, raw, terms, &mut steps))
                .or_else(|| self.pair(fresh))
        })
    }

    /// The sum of at least two earlier values whose entities make up all but a few of these.
    fn union(&self, fresh: &Fresh, raw: i256, steps: &mut usize) -> Option<i256> {
        let done = |found: &Combination| found.terms > 1 && found.fits(fresh, raw);
        let parts = self.inside(&fresh.whose, &fresh.entries, few(fresh), &|_| true);
        let found = covered(&fresh.entries, &parts, few(fresh), &done, steps)?;
        Some(found.value)
    }

    /// What earlier values within an earlier one leave of it, if these are all but a few of the entities left.
    fn difference(
        &self,
        fresh: &Fresh,
        raw: i256,
        terms: usize,
        steps: &mut usize,
    ) -> Option<i256> {
        let whole = self
            .fresh_of(&fresh.whose)
            .take(LATEST)
            .filter_map(|(record, trace)| match &trace.print {
                Print::Exact(entries) if within(&fresh.entries, entries, few(fresh)) => {
                    Some((record, trace, entries))
                }
                Print::Exact(_) | Print::Buckets(_) => None,
            });
        whole.take(HOLDING).find_map(|(whole, trace, entries)| {
            let rest = combined(entries, &fresh.entries, -1);
            let done = |found: &Combination| {
                let fits = found.fits(fresh, whole.raw.wrapping_sub(raw));
                found.terms > 0 && found.terms <= terms && fits
            };
            let others = |other: &Record| !std::ptr::eq(other, whole);
            let parts = self.inside(&trace.whose, &rest, few(fresh), &others);
            let found = covered(&rest, &parts, few(fresh), &done, steps)?;
            Some(whole.value.wrapping_sub(found.value))
        })
    }

    /// The latest values that are all but a few among these entities of somebody; the largest first, for what overlaps may be in the
    /// way of what does not.
    fn inside<'h>(
        &'h self,
        whose: &Whose,
        entries: &Entries,
        few: usize,
        usable: &dyn Fn(&Record) -> bool,
    ) -> Vec<(&'h Record, &'h Entries)> {
        let mut inside: Vec<(&Record, &Trace, &Entries)> = self
            .fresh_of(whose)
            .take(LATEST)
            .filter(|(record, _)| usable(record))
            .filter_map(|(record, trace)| match &trace.print {
                Print::Exact(theirs) if within(theirs, entries, few) => {
                    Some((record, trace, theirs))
                }
                Print::Exact(_) | Print::Buckets(_) => None,
            })
            .collect();
        inside.sort_by_key(|(_, trace, _)| std::cmp::Reverse(trace.entities));
        let largest = inside.into_iter();
        largest
            .map(|(record, _, theirs)| (record, theirs))
            .collect()
    }

    /// The same for two values of which one is about too many entities to list them.
    fn pair(&self, fresh: &Fresh) -> Option<i256> {
        let size = u64::try_from(fresh.entries.len()).unwrap_or(u64::MAX);
        let large = self
            .fresh_of(&fresh.whose)
            .take(LATEST)
            .filter_map(|(record, trace)| match &trace.print {
                Print::Buckets(sums) => Some((record, trace, sums)),
                Print::Exact(_) => None,
            });
        large.into_iter().find_map(|(record, trace, sums)| {
            let ours = buckets(&fresh.entries);
            let union = trace.entities <= size;
            let wanted = if union {
                less(&ours, sums)
            } else {
                less(sums, &ours)
            };
            let reach = u64::try_from(limit(fresh, trace)).unwrap_or(u64::MAX);
            let left = size.abs_diff(trace.entities);
            let others = self.fresh_sized(
                &fresh.whose,
                left.saturating_sub(reach)..=left.saturating_add(reach),
            );
            let other = others
                .filter(|(other, _)| !std::ptr::eq(*other, record))
                .find(|(_, other)| {
                    buckets_apart(&wanted, &sums_of(&other.print), limit(fresh, other)).is_some()
                });
            other.map(|(other, _)| {
                if union {
                    record.value.wrapping_add(other.value)
                } else {
                    record.value.wrapping_sub(other.value)
                }
            })
        })
    }
}

/// Earlier values that have no entities in common, put together until they are `done`.
fn covered(
    entries: &Entries,
    parts: &[(&Record, &Entries)],
    few: usize,
    done: &dyn Fn(&Combination) -> bool,
    steps: &mut usize,
) -> Option<Combination> {
    let none = Combination {
        value: i256::ZERO,
        raw: i256::ZERO,
        terms: 0,
        rest: entries.clone(),
    };
    none.completed(parts, few, done, steps)
}

impl Combination {
    /// With some of these, in their order, so that it is `done`.
    fn completed(
        self,
        inside: &[(&Record, &Entries)],
        few: usize,
        done: &dyn Fn(&Self) -> bool,
        steps: &mut usize,
    ) -> Option<Self> {
        if done(&self) {
            return Some(self);
        }
        for (at, (record, theirs)) in inside.iter().enumerate() {
            *steps = steps.checked_sub(1)?;
            if within(theirs, &self.rest, few) {
                let more = Self {
                    value: self.value.wrapping_add(record.value),
                    raw: self.raw.wrapping_add(record.raw),
                    terms: self.terms + 1,
                    rest: combined(&self.rest, theirs, -1),
                };
                let others = inside.get(at + 1..).unwrap_or_default();
                if let Some(found) = more.completed(others, few, done, steps) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// Few enough entities are left over, and what they add explains what is left of the value.
    fn fits(&self, fresh: &Fresh, raw: i256) -> bool {
        let few = self.rest.len() < usize::try_from(fresh.k).unwrap_or(usize::MAX);
        let amount = self.rest.iter().fold(0_i128, |sum, (_, amount)| {
            sum.saturating_add(amount.saturating_abs())
        });
        let left = raw.wrapping_sub(self.raw);
        let amount = i256::from_i128(amount);
        few && (fresh.additive || (left <= amount && left >= amount.wrapping_neg()))
    }
}

/// All but fewer than `limit` of the part's entities add the same to the whole.
fn within(part: &[(u64, i128)], whole: &[(u64, i128)], limit: usize) -> bool {
    let mut missing = 0;
    let mut whole = whole.iter().peekable();
    for (entity, amount) in part {
        while whole.next_if(|(other, _)| other < entity).is_some() {}
        let same = whole
            .peek()
            .is_some_and(|(other, theirs)| other == entity && theirs == amount);
        missing += usize::from(!same);
        if missing >= limit {
            return false;
        }
    }
    missing < part.len()
}

fn limit(fresh: &Fresh, trace: &Trace) -> usize {
    trace.reach(fresh.k)
}

/// So few entities that two parts which otherwise agree may differ in them and still be put together.
fn few(fresh: &Fresh) -> usize {
    usize::try_from(fresh.k).unwrap_or(usize::MAX).max(1)
}

fn less(a: &[i128], b: &[i128]) -> Vec<i128> {
    a.iter().zip(b).map(|(a, b)| a.wrapping_sub(*b)).collect()
}

fn sums_of(print: &Print) -> Vec<i128> {
    match print {
        Print::Exact(entries) => buckets(entries),
        Print::Buckets(sums) => sums.clone(),
    }
}
