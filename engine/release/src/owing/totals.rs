//! What the groups of one answer come to together, which an earlier or a later total must not contradict.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::i256;

use super::base::Kind;
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
}

impl Totals {
    /// Adds a group's outcome.
    pub(crate) fn add(
        &mut self,
        kind: &part::Kind,
        statistic: usize,
        base: Kind,
        traces: &[Fresh],
        raw: i256,
        value: i256,
    ) {
        let key = (kind.masks.clone(), statistic, base);
        if let Some(total) = self.0.get_mut(&key) {
            total.traces = sums(&total.traces, traces);
            total.raw = total.raw.wrapping_add(raw);
            total.value = total.value.wrapping_add(value);
            total.groups += 1;
        } else {
            let total = Total {
                traces: traces.to_vec(),
                raw,
                value,
                groups: 1,
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
        if whole.iter().any(|fresh| !fresh.additive) {
            return None;
        }
        let raw = total.raw.wrapping_add(raw);
        let told = history.near_told(&whole, raw);
        let told = told.map(|(_, record, factor)| times(record.value, factor));
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
        for (_, total) in self.0 {
            let additive = total.traces.iter().all(|fresh| fresh.additive);
            if total.groups < 2
                || !additive
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
