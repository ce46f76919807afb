//! What the groups of one answer come to together, which an earlier or a later total must not contradict.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::i256;

use super::base::Kind;
use super::judge::Told;
use super::support::slack;
use crate::Result;
use crate::memory::{Fresh, History, Record, UNCUT, combined, times};
use crate::part;
use crate::secrets::Secrets;

/// Sums over the told groups, by the parties behind them, statistic and base statistic.
#[derive(Debug, Default)]
pub(crate) struct Totals(BTreeMap<(Box<[u64]>, usize, Kind), Total>);

#[derive(Debug)]
struct Total {
    traces: Vec<Fresh>,
    raw: i256,
    value: i256,
    groups: usize,
    /// Its groups were told what is of so many entities more or less.
    off: usize,
}

impl Total {
    /// Whether the sum of what was told says what they come to, but for fewer than k.
    fn is_near(&self) -> bool {
        let least = self.traces.iter().map(|fresh| fresh.k.max(1)).min();
        self.off < least.map_or(0, |k| usize::try_from(k).unwrap_or(usize::MAX))
    }
}

impl Totals {
    /// Adds a group's outcome.
    pub(crate) fn add(&mut self, kind: &part::Kind, statistic: usize, told: &Told) {
        let key = (kind.masks.clone(), statistic, told.kind);
        if let Some(total) = self.0.get_mut(&key) {
            total.traces = sums(&total.traces, &told.traces);
            total.raw = total.raw.wrapping_add(told.raw);
            total.value = total.value.wrapping_add(told.value);
            total.groups += 1;
            total.off += told.off;
        } else {
            let total = Total {
                traces: told.traces.clone(),
                raw: told.raw,
                value: told.value,
                groups: 1,
                off: told.off,
            };
            self.0.insert(key, total);
        }
    }

    /// The value of the group that completes the groups so far to something that was told: what is left of it.
    pub(crate) fn completed(
        &self,
        kind: &part::Kind,
        statistic: usize,
        base: Kind,
        traces: &[Fresh],
        raw: i256,
        history: &History,
    ) -> Option<i256> {
        let total = self.0.get(&(kind.masks.clone(), statistic, base))?;
        let whole = sums(&total.traces, traces);
        if !total.is_near() || !adds_up(base, &whole) {
            return None;
        }
        let raw = total.raw.wrapping_add(raw);
        let told = history.near_told(&whole, raw);
        let told = told.and_then(|(_, record, factor)| times(record.value, factor));
        let told = told.or_else(|| history.derived(&whole, raw, usize::MAX));
        Some(told?.wrapping_sub(total.value))
    }

    /// Remembers the totals: whoever asks for one of them next is told this.
    pub(crate) fn remember(
        self,
        history: &mut History,
        jitter: bool,
        secrets: &Secrets,
    ) -> Result<()> {
        for ((_, _, base), total) in self.0 {
            if total.groups < 2
                || !total.is_near()
                || !adds_up(base, &total.traces)
                || history.near_told(&total.traces, total.raw).is_some()
            {
                continue;
            }
            let mut traces = Vec::new();
            for fresh in &total.traces {
                traces.push(fresh.keep(slack(fresh, jitter, secrets)?));
            }
            history.tell(Record {
                traces,
                raw: total.raw,
                value: total.value,
                fresh: false,
            });
        }
        Ok(())
    }
}

/// Whether groups come to the whole. The distinct values of some do only where each is somebody's alone.
fn adds_up(base: Kind, traces: &[Fresh]) -> bool {
    !matches!(base, Kind::Distinct(_)) || traces.iter().all(|fresh| fresh.additive)
}

fn sums(a: &[Fresh], b: &[Fresh]) -> Vec<Fresh> {
    let pairs = a.iter().zip(b);
    pairs
        .map(|(ours, theirs)| Fresh {
            whose: Arc::clone(&ours.whose),
            k: ours.k.max(theirs.k),
            cut: UNCUT,
            additive: ours.additive && theirs.additive,
            entries: combined(&ours.entries, &theirs.entries, 1),
        })
        .collect()
}
