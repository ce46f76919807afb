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

/// An earlier value of which values are put together.
struct Part<'h> {
    record: &'h Record,
    entries: &'h Entries,
    /// From how many differing entities on it is not in what is put together.
    reach: usize,
    /// Its value is the sum of what its entities add.
    additive: bool,
}

/// Values put together.
struct Combination {
    value: i256,
    raw: i256,
    terms: usize,
    /// The largest reach of all that it is made of.
    reach: usize,
    /// All values that it is made of, and the one that is asked for, are sums of what their entities add.
    additive: bool,
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
                .or_else(|| self.pair(fresh, raw))
        })
    }

    /// The sum of at least two earlier values whose entities make up all but a few of these.
    fn union(&self, fresh: &Fresh, raw: i256, steps: &mut usize) -> Option<i256> {
        let done = |found: &Combination| found.terms > 1 && found.fits(raw);
        let parts = self.inside(fresh, &fresh.whose, &fresh.entries, &|_| true);
        let nothing = Combination::of(fresh.entries.clone(), few(fresh), fresh.additive);
        let found = nothing.completed(&parts, &done, steps)?;
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
                Print::Exact(entries) if within(&fresh.entries, entries, limit(fresh, trace)) => {
                    Some((record, trace, entries))
                }
                Print::Exact(_) | Print::Buckets(_) => None,
            });
        whole.take(HOLDING).find_map(|(whole, trace, entries)| {
            let rest = combined(entries, &fresh.entries, -1);
            let done = |found: &Combination| {
                let fits = found.fits(whole.raw.wrapping_sub(raw));
                found.terms > 0 && found.terms <= terms && fits
            };
            let others = |other: &Record| !std::ptr::eq(other, whole);
            let parts = self.inside(fresh, &trace.whose, &rest, &others);
            let additive = fresh.additive && trace.additive;
            let nothing = Combination::of(rest, limit(fresh, trace), additive);
            let found = nothing.completed(&parts, &done, steps)?;
            Some(whole.value.wrapping_sub(found.value))
        })
    }

    /// The latest values that are all but a few among these entities of somebody; the largest first, for what overlaps may be in the
    /// way of what does not.
    fn inside<'h>(
        &'h self,
        fresh: &Fresh,
        whose: &'h Whose,
        entries: &Entries,
        usable: &dyn Fn(&Record) -> bool,
    ) -> Vec<Part<'h>> {
        let mut inside: Vec<(u64, Part<'_>)> = self
            .fresh_of(whose)
            .take(LATEST)
            .filter(|(record, _)| usable(record))
            .filter_map(|(record, trace)| match &trace.print {
                Print::Exact(theirs) => {
                    let part = Part {
                        record,
                        entries: theirs,
                        reach: limit(fresh, trace),
                        additive: trace.additive,
                    };
                    Some((trace.entities, part))
                }
                Print::Buckets(_) => None,
            })
            .filter(|(_, part)| within(part.entries, entries, part.reach))
            .collect();
        inside.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
        inside.into_iter().map(|(_, part)| part).collect()
    }

    /// The same for two values of which one is about too many entities to list them.
    fn pair(&self, fresh: &Fresh, raw: i256) -> Option<i256> {
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
            let mut others = others.filter(|(other, _)| !std::ptr::eq(*other, record));
            others.find_map(|(other, theirs)| {
                let sums = sums_of(&theirs.print);
                let apart = buckets_apart(&wanted, &sums, limit(fresh, theirs))?;
                let put = |one: i256, other: i256| {
                    if union {
                        one.wrapping_add(other)
                    } else {
                        one.wrapping_sub(other)
                    }
                };
                let left = raw.wrapping_sub(put(record.raw, other.raw));
                let additive = fresh.additive && trace.additive && theirs.additive;
                let told = additive || is_explained(left, apart.amount);
                told.then(|| put(record.value, other.value))
            })
        })
    }
}

impl Combination {
    /// Nothing yet of these.
    fn of(entities: Entries, reach: usize, additive: bool) -> Self {
        Self {
            value: i256::ZERO,
            raw: i256::ZERO,
            terms: 0,
            reach,
            additive,
            rest: entities,
        }
    }

    /// With one more, taken from what is left over.
    fn with(&self, part: &Part<'_>) -> Self {
        Self {
            value: self.value.wrapping_add(part.record.value),
            raw: self.raw.wrapping_add(part.record.raw),
            terms: self.terms + 1,
            reach: self.reach.max(part.reach),
            additive: self.additive && part.additive,
            rest: combined(&self.rest, part.entries, -1),
        }
    }

    /// With some of these that have no entities in common, in their order, so that it is `done`.
    fn completed(
        self,
        parts: &[Part<'_>],
        done: &dyn Fn(&Self) -> bool,
        steps: &mut usize,
    ) -> Option<Self> {
        if done(&self) {
            return Some(self);
        }
        for (at, part) in parts.iter().enumerate() {
            *steps = steps.checked_sub(1)?;
            if within(part.entries, &self.rest, part.reach) {
                let others = parts.get(at + 1..).unwrap_or_default();
                if let Some(found) = self.with(part).completed(others, done, steps) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// Few enough entities are left over, and what they add explains what is left of the value.
    fn fits(&self, raw: i256) -> bool {
        let few = self.rest.len() < self.reach;
        let amount = self.rest.iter().fold(0_i128, |sum, (_, amount)| {
            sum.saturating_add(amount.saturating_abs())
        });
        let left = raw.wrapping_sub(self.raw);
        few && (self.additive || is_explained(left, amount))
    }
}

/// Whether what is left of a value is no more than what entities add that are left over.
fn is_explained(left: i256, amount: i128) -> bool {
    let amount = i256::from_i128(amount);
    left <= amount && left >= amount.wrapping_neg()
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
