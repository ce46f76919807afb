//! All earlier outcomes, found by whose entities they are about and how many.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use arrow::datatypes::i256;

use super::encode::{Entry, Outcome};
use super::trace::{Factor, Fresh, Trace, Whose};

/// A value that was released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) traces: Vec<Trace>,
    /// The exact value.
    pub(crate) raw: i256,
    /// The value as released, in the units of the first who asked.
    pub(crate) value: i256,
    /// It was computed from rows, not put together from other releases.
    pub(crate) fresh: bool,
}

/// By how many entities: where the outcomes are.
type Sizes<T> = BTreeMap<u64, Vec<T>>;
/// By whose entities: the same.
type Everybody<T> = BTreeMap<Arc<Whose>, Sizes<T>>;
/// Where a trace is: the number of its record, and its own in that.
type Place = (usize, usize);

/// Earlier outcomes of all questions over all tables of a collaboration.
#[derive(Default)]
pub struct History {
    told: Vec<(u64, Record)>,
    withheld: Vec<(u64, Trace)>,
    sizes_told: Everybody<Place>,
    /// By whose entities: all traces, the earliest first.
    order_told: BTreeMap<Arc<Whose>, Vec<Place>>,
    sizes_withheld: Everybody<usize>,
    next: u64,
    bytes: usize,
    /// The largest k of anything remembered.
    k: u32,
}

/// How much there was at some time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    told: usize,
    withheld: usize,
}

impl History {
    /// Nothing so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many outcomes are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.told.len() + self.withheld.len()
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held, estimated.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes
    }

    /// Adds what was remembered elsewhere or before.
    pub fn restore(&mut self, entry: Entry) {
        match entry.0 {
            Outcome::Told(record) => self.tell(record),
            Outcome::Withheld(trace) => self.withhold(trace),
        }
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            told: self.told.len(),
            withheld: self.withheld.len(),
        }
    }

    /// What was added since a mark, in order.
    pub(crate) fn since(&self, mark: Mark) -> Vec<Entry> {
        let told = self
            .told
            .iter()
            .skip(mark.told)
            .map(|(at, record)| (*at, Entry(Outcome::Told(record.clone()))));
        let withheld = self
            .withheld
            .iter()
            .skip(mark.withheld)
            .map(|(at, trace)| (*at, Entry(Outcome::Withheld(trace.clone()))));
        let mut all: Vec<(u64, Entry)> = told.chain(withheld).collect();
        all.sort_unstable_by_key(|(at, _)| *at);
        all.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Forgets what was added since a mark.
    pub(crate) fn forget(&mut self, mark: Mark) {
        for (_, record) in self.told.drain(mark.told..) {
            self.bytes = self.bytes.saturating_sub(record.size());
            for trace in &record.traces {
                let list = places(&mut self.sizes_told, trace);
                list.retain(|(record, _)| *record < mark.told);
                let order = self.order_told.entry(Arc::clone(&trace.whose)).or_default();
                order.truncate(order.partition_point(|(record, _)| *record < mark.told));
            }
        }
        for (_, trace) in self.withheld.drain(mark.withheld..) {
            self.bytes = self.bytes.saturating_sub(trace.size());
            let list = places(&mut self.sizes_withheld, &trace);
            list.retain(|trace| *trace < mark.withheld);
        }
    }

    /// Remembers a value.
    pub(crate) fn tell(&mut self, record: Record) {
        let at = self.told.len();
        for (number, trace) in record.traces.iter().enumerate() {
            places(&mut self.sizes_told, trace).push((at, number));
            let order = self.order_told.entry(Arc::clone(&trace.whose)).or_default();
            order.push((at, number));
            self.k = self.k.max(trace.k);
        }
        self.bytes += record.size();
        self.told.push((self.next, record));
        self.next += 1;
    }

    /// Remembers that too few stood behind something.
    pub(crate) fn withhold(&mut self, trace: Trace) {
        places(&mut self.sizes_withheld, &trace).push(self.withheld.len());
        self.k = self.k.max(trace.k);
        self.bytes += trace.size();
        self.withheld.push((self.next, trace));
        self.next += 1;
    }

    /// The earliest value that is near in the view of one of the parties: when, which, and by which factor.
    pub(crate) fn near_told(&self, traces: &[Fresh], raw: i256) -> Option<(u64, &Record, Factor)> {
        let mut candidates: Vec<(usize, usize, &Fresh)> = Vec::new();
        for fresh in traces {
            for sizes in meeting(&self.sizes_told, &fresh.whose) {
                let found = sizes.range(self.span(fresh)).flat_map(|(_, list)| list);
                candidates.extend(found.map(|(record, trace)| (*record, *trace, fresh)));
            }
        }
        candidates.sort_unstable_by_key(|(record, trace, _)| (*record, *trace));
        candidates.into_iter().find_map(|(record, trace, fresh)| {
            let (at, record) = self.told.get(record)?;
            let factor = fresh.near(record.traces.get(trace)?, (raw, record.raw))?;
            let in_every_view = factor == (1, 1) || record.has_factor(traces, factor);
            in_every_view.then_some((*at, record, factor))
        })
    }

    /// When too few stood behind something near this, first.
    pub(crate) fn near_withheld(&self, fresh: &Fresh) -> Option<u64> {
        let mut candidates: Vec<usize> = meeting(&self.sizes_withheld, &fresh.whose)
            .flat_map(|sizes| sizes.range(self.span(fresh)))
            .flat_map(|(_, list)| list)
            .copied()
            .collect();
        candidates.sort_unstable();
        candidates.into_iter().find_map(|at| {
            let (at, trace) = self.withheld.get(at)?;
            fresh
                .distance(trace, (1, 1), trace.reach(fresh.k))
                .map(|_| *at)
        })
    }

    /// Numbers of entities within reach, at the widest.
    fn span(&self, fresh: &Fresh) -> std::ops::RangeInclusive<u64> {
        let size = u64::try_from(fresh.entries.len()).unwrap_or(u64::MAX);
        let reach = u64::from(self.k.max(fresh.k)).saturating_mul(2);
        size.saturating_sub(reach)..=size.saturating_add(reach)
    }

    /// Values from rows about these entities, with so many of them.
    pub(crate) fn fresh_sized<'h>(
        &'h self,
        whose: &'h Whose,
        sizes: std::ops::RangeInclusive<u64>,
    ) -> impl Iterator<Item = (&'h Record, &'h Trace)> {
        let lists = meeting(&self.sizes_told, whose).flat_map(move |all| all.range(sizes.clone()));
        lists
            .flat_map(|(_, list)| list)
            .filter_map(|(record, trace)| {
                let (_, record) = self.told.get(*record)?;
                Some((record, record.traces.get(*trace)?)).filter(|_| record.fresh)
            })
    }

    /// The values that are about these entities, the latest first, each as often as it has views of them: those from rows, or all.
    pub(crate) fn told_of<'h>(
        &'h self,
        whose: &Whose,
        from_rows: bool,
    ) -> impl Iterator<Item = (&'h Record, &'h Trace)> {
        let orders = self.order_told.iter();
        let orders = orders.filter(|(other, _)| other.meets(whose));
        let mut left: Vec<&[Place]> = orders.map(|(_, order)| order.as_slice()).collect();
        let latest = std::iter::from_fn(move || {
            let order = left.iter_mut().max_by_key(|order| order.last().copied())?;
            let (place, earlier) = order.split_last()?;
            *order = earlier;
            Some(*place)
        });
        latest.filter_map(move |(record, trace)| {
            let (_, record) = self.told.get(record)?;
            let wanted = record.fresh || !from_rows;
            Some((record, record.traces.get(trace)?)).filter(|_| wanted)
        })
    }
}

/// Where the outcomes are that are about as many entities of the same.
fn places<'s, T>(all: &'s mut Everybody<T>, trace: &Trace) -> &'s mut Vec<T> {
    let sizes = all.entry(Arc::clone(&trace.whose)).or_default();
    sizes.entry(trace.entities).or_default()
}

/// What is about entities that may be among these.
fn meeting<'s, T>(all: &'s Everybody<T>, whose: &'s Whose) -> impl Iterator<Item = &'s Sizes<T>> {
    let meets = |(other, _): &(&'s Arc<Whose>, &'s Sizes<T>)| other.meets(whose);
    all.iter().filter(meets).map(|(_, sizes)| sizes)
}

impl Record {
    /// Whether everybody's view of it is near by this factor: in one party's, the entities may be many and the people of another few.
    fn has_factor(&self, traces: &[Fresh], factor: Factor) -> bool {
        traces
            .iter()
            .all(|fresh| self.any_view(&fresh.whose, |old| fresh.has_factor(old, factor)))
    }

    /// Whether one of its views of somebody's entities passes a test. A view more, as a join with another table gives, has nothing to say.
    pub(crate) fn any_view(&self, whose: &Whose, test: impl Fn(&Trace) -> bool) -> bool {
        let views = self.traces.iter();
        let mut same = views.filter(|old| old.whose.meets(whose)).peekable();
        same.peek().is_none() || same.any(test)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.traces.iter().map(Trace::size).sum::<usize>()
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History").finish_non_exhaustive()
    }
}
