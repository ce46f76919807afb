//! Parts that are near a union of earlier parts, or near what one earlier part leaves of another.
//!
//! Three sets that are far from each other pair by pair can still tell about one person: A with her, B, and A and B
//! together. So a part that is near the union of earlier parts without common entities is answered with their sum,
//! and one that is near the difference of an earlier part and earlier parts within it with the difference, each by the
//! factor that it was asked with. Neither says anything that was not said before.

use std::borrow::Cow;

use arrow::datatypes::i256;

use super::history::{History, Record};
use super::print::{Entries, Print, buckets, buckets_apart, combined};
use super::put::{Combination, Part};
use super::trace::{Factor, Fresh, Trace, Whose, times};
use super::within::{ONE, are_many, by_factor, factor_within};

/// So many of the latest values are looked at.
const LATEST: usize = 512;
/// So many of the latest values that hold the part are looked at.
const HOLDING: usize = 64;
/// So many steps are taken to put the values of one part together; where it is about many, one counts for more.
const STEPS: usize = 4096;

/// Whose entities something is about, in one view.
struct View<'v> {
    whose: &'v Whose,
    k: u32,
    entries: Cow<'v, [(u64, i128)]>,
}

/// What is looked for: a part, in one of its views.
struct Search<'h> {
    history: &'h History,
    fresh: &'h Fresh,
    views: &'h [Fresh],
    raw: i256,
    /// So many values may be taken from another.
    terms: usize,
}

impl History {
    /// The value of a part, put together from earlier ones; at most `terms` are taken from another. Where it is any number, there is no noise
    /// that adds up, and what was put together itself is used, too.
    pub(crate) fn derived(&self, traces: &[Fresh], raw: i256, terms: usize) -> Option<i256> {
        traces.iter().find_map(|fresh| {
            let search = Search {
                history: self,
                fresh,
                views: traces,
                raw,
                terms,
            };
            let mut steps = STEPS;
            search
                .union(&mut steps)
                .or_else(|| search.difference(&mut steps))
                .or_else(|| search.pair())
        })
    }
}

impl<'h> Search<'h> {
    /// The latest values about the same entities.
    fn latest(&self, whose: &'h Whose) -> impl Iterator<Item = (&'h Record, &'h Trace)> + 'h {
        let from_rows = self.terms != usize::MAX;
        self.history.told_of(whose, from_rows).take(LATEST)
    }

    /// Nothing yet of these entities.
    fn nothing(&self, entities: (Entries, usize), reach: usize, additive: bool) -> Combination<'h> {
        Combination::of(entities, reach, additive, &self.fresh.entries)
    }

    /// The sum of at least two earlier values whose entities make up all but a few of these.
    fn union(&self, steps: &mut usize) -> Option<i256> {
        let fresh = self.fresh;
        let done = |found: &Combination<'_>| found.terms() > 1 && found.fits(self.raw);
        let views: Vec<View<'_>> = self.views.iter().map(View::of).collect();
        let parts = self.inside(&fresh.whose, &fresh.entries, &views, None);
        let nothing = self.nothing((fresh.entries.clone(), 0), few(fresh), fresh.additive);
        let found = nothing.completed(&parts, &done, steps)?;
        Some(found.value)
    }

    /// What earlier values within an earlier one leave of it, if these are all but a few of the entities left.
    fn difference(&self, steps: &mut usize) -> Option<i256> {
        let whole = self.latest(&self.fresh.whose);
        let mut whole = whole
            .filter_map(|(record, trace)| self.holding(record, trace))
            .take(HOLDING);
        whole.find_map(|(record, trace, factor)| {
            let Print::Exact(entries) = &trace.print else {
                return None;
            };
            let (entries, cut_off) = by_factor(entries, factor);
            let rest = combined(&entries, &self.fresh.entries, -1);
            let raw = times(record.raw, factor)?.wrapping_sub(self.raw);
            let done = |found: &Combination<'_>| {
                (1..=self.terms).contains(&found.terms()) && found.fits(raw)
            };
            let views = record.traces.iter();
            let views: Vec<View<'_>> = views.map(|trace| View::kept(trace, factor)).collect();
            let parts = self.inside(&trace.whose, &rest, &views, Some(record));
            let additive = self.fresh.additive && trace.additive;
            let nothing = self.nothing((rest, cut_off), limit(self.fresh, trace), additive);
            let found = nothing.completed(&parts, &done, steps)?;
            Some(times(record.value, factor)?.wrapping_sub(found.value))
        })
    }

    /// A value of which all but a few of the part's entities are a part, and by which factor what it says is in the part's terms.
    fn holding(
        &self,
        record: &'h Record,
        trace: &'h Trace,
    ) -> Option<(&'h Record, &'h Trace, Factor)> {
        let Print::Exact(entries) = &trace.print else {
            return None;
        };
        let fresh = self.fresh;
        let additive = fresh.additive && trace.additive;
        let factor = factor_within(&fresh.entries, entries, limit(fresh, trace), additive)?;
        let held = |fresh: &Fresh| {
            record.any_view(&fresh.whose, |old| match &old.print {
                Print::Exact(entries) => {
                    let (limit, k) = (limit(fresh, old), fresh.k.max(old.k));
                    are_many(&fresh.entries, entries, factor, limit, k)
                }
                Print::Buckets(_) => false,
            })
        };
        if factor != ONE && !self.views.iter().all(held) {
            return None;
        }
        let inverse = (
            factor.1.saturating_mul(factor.0.signum()),
            factor.0.saturating_abs(),
        );
        Some((record, trace, inverse))
    }

    /// The latest values that are all but a few among these entities of somebody; the largest first, for what overlaps may be in the
    /// way of what does not.
    fn inside(
        &self,
        whose: &'h Whose,
        entries: &[(u64, i128)],
        views: &[View<'_>],
        but: Option<&Record>,
    ) -> Vec<Part<'h>> {
        let other = |record: &Record| !but.is_some_and(|but| std::ptr::eq(record, but));
        let mut inside: Vec<(u64, Part<'h>)> = self
            .latest(whose)
            .filter(|(record, _)| other(record))
            .filter_map(|(record, trace)| {
                let Print::Exact(theirs) = &trace.print else {
                    return None;
                };
                let reach = limit(self.fresh, trace);
                let additive = self.fresh.additive && trace.additive;
                let factor = factor_within(theirs, entries, reach, additive)?;
                let had = factor == ONE || views.iter().all(|view| view.has(record, factor));
                let part = Part::of(record, trace, theirs, factor, reach)?;
                had.then_some((trace.entities, part))
            })
            .collect();
        inside.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
        inside.into_iter().map(|(_, part)| part).collect()
    }

    /// The same for two values of which one is about too many entities to list them.
    fn pair(&self) -> Option<i256> {
        let fresh = self.fresh;
        let size = u64::try_from(fresh.entries.len()).unwrap_or(u64::MAX);
        let mut large =
            self.latest(&fresh.whose)
                .filter_map(|(record, trace)| match &trace.print {
                    Print::Buckets(sums) => Some((record, trace, sums)),
                    Print::Exact(_) => None,
                });
        large.find_map(|(record, trace, sums)| {
            let ours = buckets(&fresh.entries);
            let union = trace.entities <= size;
            let wanted = if union {
                less(&ours, sums)
            } else {
                less(sums, &ours)
            };
            let reach = u64::try_from(limit(fresh, trace)).unwrap_or(u64::MAX);
            let left = size.abs_diff(trace.entities);
            let others = self.history.fresh_sized(
                &fresh.whose,
                left.saturating_sub(reach)..=left.saturating_add(reach),
            );
            let mut others = others.filter(|(other, _)| !std::ptr::eq(*other, record));
            others.find_map(|(other, theirs)| {
                let sums = sums_of(&theirs.print);
                let limit = limit(fresh, theirs);
                let apart = buckets_apart(&wanted, &sums, ONE, limit)?;
                let put = |one: i256, other: i256| {
                    if union {
                        one.wrapping_add(other)
                    } else {
                        one.wrapping_sub(other)
                    }
                };
                let left = self.raw.wrapping_sub(put(record.raw, other.raw));
                let additive = fresh.additive && trace.additive && theirs.additive;
                let told = additive || apart.explains(left, &fresh.entries, limit);
                told.then(|| put(record.value, other.value))
            })
        })
    }
}

impl<'v> View<'v> {
    fn of(fresh: &'v Fresh) -> Self {
        Self {
            whose: &fresh.whose,
            k: fresh.k,
            entries: Cow::Borrowed(&fresh.entries),
        }
    }

    /// One that was kept, by a factor. Of too many entities to list them nothing is known.
    fn kept(trace: &'v Trace, factor: Factor) -> Self {
        let entries = match &trace.print {
            Print::Exact(entries) => by_factor(entries, factor).0,
            Print::Buckets(_) => Cow::Borrowed(&[][..]),
        };
        Self {
            whose: &trace.whose,
            k: trace.k,
            entries,
        }
    }

    /// Whether at least k of a value's entities are in this view by a factor, and all but a few: one that a few have is theirs.
    fn has(&self, record: &Record, factor: Factor) -> bool {
        record.any_view(self.whose, |old| match &old.print {
            Print::Exact(entries) => {
                let (limit, k) = (old.reach(self.k), self.k.max(old.k));
                are_many(entries, &self.entries, factor, limit, k)
            }
            Print::Buckets(_) => false,
        })
    }
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
