//! The outcome of one base statistic in one part.

use std::collections::BTreeMap;

use arrow::datatypes::i256;

use super::adding::Adding;
use super::base::{Base, Kind};
use super::cut::Cut;
use super::level::level;
use super::noised::noised;
use super::respect::{Respect, Support};
use super::support::{enough, enough_again, slack};
use super::totals::Totals;
use super::traces::{Company, Set, counted};
use super::{Owed, mismatch};
use crate::Result;
use crate::memory::{Factor, Fresh, History, Record, Trace, UNCUT, times};
use crate::release::Release;
use crate::secrets::Secrets;

/// Judges the parts of one release.
pub(crate) struct Judge<'r> {
    pub(crate) release: &'r Release,
    pub(crate) owed: &'r Owed,
    pub(crate) history: &'r mut History,
    pub(crate) secrets: &'r Secrets,
    pub(crate) totals: Totals,
    /// The part that is being judged, and by witness which entities it saw there.
    seen: (u32, BTreeMap<usize, Vec<Set>>),
}

/// What is told of a base statistic in a part.
pub(crate) struct Told {
    part: u32,
    pub(crate) kind: Kind,
    /// Whose it is; nobody's where nothing is owed.
    pub(crate) traces: Vec<Fresh>,
    pub(crate) raw: i256,
    pub(crate) value: i256,
    /// An earlier value is told in its place, of so many entities more or less.
    pub(crate) off: usize,
}

/// An earlier outcome that stands.
enum Earlier {
    /// A value by a factor, and whose it is.
    Told(i256, Factor, Vec<Trace>),
    /// Nothing.
    Withheld,
}

impl<'r> Judge<'r> {
    pub(crate) fn new(
        release: &'r Release,
        owed: &'r Owed,
        history: &'r mut History,
        secrets: &'r Secrets,
    ) -> Self {
        Self {
            release,
            owed,
            history,
            secrets,
            totals: Totals::default(),
            seen: (u32::MAX, BTreeMap::new()),
        }
    }

    /// What may be told of a base statistic in a part; `statistic` is its place in the spec. It is remembered, but not among the totals.
    pub(crate) fn outcome(
        &mut self,
        part: u32,
        statistic: usize,
        base: Base,
        support: &Support,
    ) -> Result<Option<Told>> {
        let Some(raw) = base.kind.raw(&self.release.values, part) else {
            return Ok(None);
        };
        let told = |value, traces, off| Told {
            part,
            kind: base.kind,
            traces,
            raw,
            value,
            off,
        };
        if self.release.kind_of(part)?.needs.is_empty() {
            let known = self.everybody(part, support, &mut |_, _, _| Ok(true))?;
            return Ok(known.then(|| told(raw, Vec::new(), 0)));
        }
        let mut traces = self.release.traces(part, base, raw)?;
        if traces.iter().any(|fresh| fresh.entries.is_empty()) {
            return Ok(None);
        }
        let cut = self.cut(part, statistic, base, raw, &mut traces)?;
        let (value, off) = match self.earlier(part, &traces, raw, support)? {
            // An earlier value is about others too; of fewer than k nothing is told, not even that they are there.
            Some(Earlier::Told(value, factor, near)) => {
                let again = again(&traces, &near, factor);
                let stands = self.still_stands(part, support, &again)?;
                (stands.then_some(value), apart(&again))
            }
            Some(Earlier::Withheld) => (None, 0),
            None if !self.supported(part, support)? => (None, 0),
            None => (
                Some(self.fresh(part, statistic, base, raw, cut, &traces)?),
                0,
            ),
        };
        Ok(value.map(|value| told(value, traces, off)))
    }

    /// Adds what is told to the totals of its statistic.
    pub(crate) fn total(&mut self, statistic: usize, told: &Told) -> Result<()> {
        if !told.traces.is_empty() {
            let kind = self.release.kind_of(told.part)?;
            self.totals.add(kind, statistic, told);
        }
        Ok(())
    }

    fn cut(
        &self,
        part: u32,
        statistic: usize,
        base: Base,
        raw: i256,
        traces: &mut [Fresh],
    ) -> Result<(Cut, Option<Company>)> {
        if self.owed.variance.is_none() {
            let (value, cover) = (raw, UNCUT);
            return Ok((Cut { value, cover }, self.release.company(part, base)?));
        }
        let owner = self
            .owed
            .duties
            .cut(&self.release.spec, &self.release.types, statistic);
        let jitter = self.owed.duties.jitter;
        let level = |fresh: &Fresh, adding: &Adding<'_>, among| {
            level(fresh, adding, among, jitter, self.secrets)
        };
        self.release.cut(part, base, raw, owner, traces, &level)
    }

    /// The earliest outcome that is near, be it a value or a withholding.
    fn earlier(
        &mut self,
        part: u32,
        traces: &[Fresh],
        raw: i256,
        support: &Support,
    ) -> Result<Option<Earlier>> {
        if !self.owed.duties.history {
            return Ok(None);
        }
        let mut withheld = None;
        for respect in &support.respects {
            for (_, set) in self
                .sets(part, respect.witness)?
                .into_iter()
                .filter(|(_, set)| !set.entries.is_empty())
            {
                let near = self.history.near_withheld(&set);
                withheld = [withheld, near].into_iter().flatten().min();
            }
        }
        let told = self.history.near_told(traces, raw);
        Ok(match (told, withheld) {
            (Some((at, ..)), Some(before)) if before < at => Some(Earlier::Withheld),
            (Some((_, record, factor)), _) => {
                let value = times(record.value, factor);
                let told = |value| Earlier::Told(value, factor, record.traces.clone());
                Some(value.map_or(Earlier::Withheld, told))
            }
            (None, Some(_)) => Some(Earlier::Withheld),
            (None, None) => None,
        })
    }

    /// Whether enough stand behind it in every respect; what fails is remembered.
    fn supported(&mut self, part: u32, support: &Support) -> Result<bool> {
        let jitter = self.owed.duties.jitter;
        let enough = self.everybody(part, support, &mut |judge, respect, (_, set)| {
            if respect.is_nobodys(set) || enough(set, jitter, judge.secrets)? {
                return Ok(true);
            }
            judge.withhold(set)?;
            Ok(false)
        })?;
        if !enough {
            return Ok(false);
        }
        let Some(dominated) = self.dominated(part, support)? else {
            return Ok(true);
        };
        for (_, set) in &self.release.sets(part, dominated)? {
            self.withhold(set)?;
        }
        Ok(false)
    }

    /// Whether enough stand behind the rows of a part, of whom nobody at all adds anything in some respect. Nothing is remembered of it.
    pub(crate) fn idle(&mut self, part: u32, support: &Support) -> Result<bool> {
        let stand = self.everybody(part, support, &mut |judge, respect, (_, set)| {
            let nobody = respect.witness != 0 && set.entries.is_empty();
            Ok(nobody || judge.stands(set)?)
        })?;
        Ok(stand && self.dominated(part, support)?.is_none())
    }

    /// Whether enough stand behind what an earlier value is told of. Of those whose value it is there must be k, with jitter so many as nobody
    /// knows; of others, who took an arm or are another party's, as many as ever.
    fn still_stands(&mut self, part: u32, support: &Support, near: &[Again<'_>]) -> Result<bool> {
        self.everybody(part, support, &mut |judge, respect, (need, set)| {
            if respect.is_nobodys(set) {
                return Ok(true);
            }
            let own = near.iter().filter(|again| again.need == *need);
            let theirs = own.filter_map(|again| Some((again.old.stand, again.old.those_of(set)?)));
            let stands = match theirs.min_by_key(|(before, _)| *before) {
                Some((before, those)) if judge.owed.duties.jitter => {
                    enough_again(&those, before, judge.secrets)?
                }
                Some(_) => set.is_of_k(),
                None => judge.stands(set)?,
            };
            if !stands {
                judge.withhold(set)?;
            }
            Ok(stands)
        })
    }

    /// Whether all sets of entities in every respect pass a test, and no row is a stray one. Ends with the first that does not.
    fn everybody(
        &mut self,
        part: u32,
        support: &Support,
        test: &mut dyn FnMut(&mut Self, &Respect, &Set) -> Result<bool>,
    ) -> Result<bool> {
        for respect in &support.respects {
            if self.release.tally_of(part, respect.witness)?.is_stray() {
                return Ok(false);
            }
            for set in self.sets(part, respect.witness)? {
                if !test(self, respect, &set)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// The first witness in which somebody dominates who may not.
    fn dominated(&self, part: u32, support: &Support) -> Result<Option<usize>> {
        let needs = &self.release.kind_of(part)?.needs;
        for witness in &support.balance {
            if !self.release.tally_of(part, *witness)?.undominated(needs) {
                return Ok(Some(*witness));
            }
        }
        Ok(None)
    }

    fn stands(&self, set: &Fresh) -> Result<bool> {
        let before = self.owed.duties.history && self.history.near_withheld(set).is_some();
        Ok(!before && enough(set, self.owed.duties.jitter, self.secrets)?)
    }

    /// Remembers a set that was withheld, so that it is not walked over the threshold. Where the threshold is exact there is nothing to walk,
    /// and what is known to be near fewer than k would tell who they are by being withheld.
    fn withhold(&mut self, set: &Fresh) -> Result<()> {
        let jitter = self.owed.duties.jitter;
        let remembered = if jitter {
            !set.entries.is_empty()
        } else {
            set.is_of_k()
        };
        if self.owed.duties.history && remembered {
            let slack = slack(set, jitter, self.secrets)?;
            self.history.withhold(set.keep(slack));
        }
        Ok(())
    }

    /// A value that has not been told: put together from others, or computed; it is remembered.
    fn fresh(
        &mut self,
        part: u32,
        statistic: usize,
        base: Base,
        raw: i256,
        (cut, company): (Cut, Option<Company>),
        traces: &[Fresh],
    ) -> Result<i256> {
        let derived = self.derived(part, statistic, base, raw, traces)?;
        let value = match (derived, self.owed.variance) {
            (Some(value), _) => value,
            (None, Some(variance)) => noised(traces, cut, variance, self.secrets)?,
            (None, None) => raw,
        };
        if self.owed.duties.history {
            let mut kept = Vec::new();
            for (need, fresh) in traces.iter().enumerate() {
                let trace = fresh.keep(slack(fresh, self.owed.duties.jitter, self.secrets)?);
                let counted = counted(company.as_ref(), need, fresh.clone());
                kept.push(trace.standing(counted.entries.len()));
            }
            self.history.tell(Record {
                traces: kept,
                raw,
                value,
                fresh: derived.is_none(),
            });
        }
        Ok(value)
    }

    /// The value as others tell it already. Noise adds up, so with noise no more than one value is taken from another.
    fn derived(
        &self,
        part: u32,
        statistic: usize,
        base: Base,
        raw: i256,
        traces: &[Fresh],
    ) -> Result<Option<i256>> {
        if !self.owed.duties.history {
            return Ok(None);
        }
        let exact = self.owed.variance.is_none();
        let rest = if exact {
            self.totals.completed(
                self.release.kind_of(part)?,
                statistic,
                base.kind,
                traces,
                raw,
                self.history,
            )
        } else {
            None
        };
        let terms = if exact { usize::MAX } else { 1 };
        Ok(rest.or_else(|| self.history.derived(traces, raw, terms)))
    }

    fn sets(&mut self, part: u32, witness: usize) -> Result<Vec<Set>> {
        if self.seen.0 != part {
            self.seen = (part, BTreeMap::new());
        }
        if !self.seen.1.contains_key(&witness) {
            self.seen
                .1
                .insert(witness, self.release.sets(part, witness)?);
        }
        self.seen.1.get(&witness).cloned().ok_or_else(mismatch)
    }
}

/// A view of a part, by its need, that is near one of an earlier value.
struct Again<'t> {
    need: usize,
    old: &'t Trace,
    /// How many entities differ.
    differing: usize,
}

/// The views of a part that are near those of an earlier value by a factor. Another column's people are another view, whoever they are.
fn again<'t>(traces: &[Fresh], near: &'t [Trace], factor: Factor) -> Vec<Again<'t>> {
    let mut all = Vec::new();
    for (need, fresh) in traces.iter().enumerate() {
        for old in near.iter().filter(|old| old.whose.meets(&fresh.whose)) {
            if let Some(distance) = fresh.distance(old, factor, old.reach(fresh.k)) {
                let differing = distance.differing;
                all.push(Again {
                    need,
                    old,
                    differing,
                });
            }
        }
    }
    all
}

/// By how many entities something is not what an earlier value was told of, in the view in which they are most.
fn apart(near: &[Again<'_>]) -> usize {
    let differing = near.iter().map(|again| again.differing);
    differing.max().unwrap_or(0)
}
