//! Budgets of questions: how many fresh statistics of a table a party may ask for.
//!
//! Charged when a question is admitted, whatever data says, and failures are not given back. The same question over
//! the same versions of its tables is charged once a period: its answer is the same.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Utc};
use release::{ReleaseSpec, StatisticKind};
use serde::{Deserialize, Serialize};

/// A charge to one budget.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Charge {
    /// The table.
    pub(crate) table: String,
    /// The party that asks.
    pub(crate) party: String,
    /// The period, as [`Period`] writes it.
    pub(crate) period: String,
    /// Digest of the question and the versions of its tables.
    pub(crate) question: String,
    /// Statistics.
    pub(crate) statistics: u32,
}

/// The period of a budget that holds at some time.
#[derive(Debug)]
pub(crate) struct Period;

impl Period {
    /// Its name: of the day, week, month or year.
    pub(crate) fn name(per: &str, now: DateTime<Utc>) -> String {
        match per {
            "day" => now.format("%Y-%m-%d").to_string(),
            "week" => format!("{}-W{:02}", now.iso_week().year(), now.iso_week().week()),
            "month" => now.format("%Y-%m").to_string(),
            _year => now.format("%Y").to_string(),
        }
    }
}

/// What was spent.
#[derive(Debug, Default)]
pub(crate) struct Budgets {
    spent: BTreeMap<(String, String, String), u64>,
    questions: BTreeSet<(String, String, String, String)>,
}

impl Budgets {
    pub(super) fn charge(&mut self, charge: Charge) {
        let spent = self.spent.entry(of(&charge)).or_insert(0);
        *spent = spent.saturating_add(u64::from(charge.statistics));
        let Charge {
            table,
            party,
            period,
            question,
            ..
        } = charge;
        self.questions.insert((table, party, period, question));
    }

    pub(super) fn spent(&self, charge: &Charge) -> u64 {
        self.spent.get(&of(charge)).copied().unwrap_or(0)
    }

    pub(super) fn knows(&self, charge: &Charge) -> bool {
        let Charge {
            table,
            party,
            period,
            question,
            ..
        } = charge.clone();
        self.questions.contains(&(table, party, period, question))
    }
}

fn of(charge: &Charge) -> (String, String, String) {
    (
        charge.table.clone(),
        charge.party.clone(),
        charge.period.clone(),
    )
}

/// How many base statistics a release asks for; groups are data and do not count.
pub(crate) fn statistics(spec: &ReleaseSpec) -> u32 {
    let mut bases = BTreeSet::new();
    for statistic in &spec.statistics {
        let column = statistic.kind.column();
        let kinds: &[&str] = match statistic.kind {
            StatisticKind::CountRows => &["rows"],
            StatisticKind::Count { .. } => &["count"],
            StatisticKind::CountDistinct { .. } | StatisticKind::CountDistinctSupported { .. } => {
                &["distinct"]
            }
            StatisticKind::Sum { .. } => &["sum"],
            StatisticKind::Avg { .. } => &["sum", "count"],
            StatisticKind::VarPop { .. }
            | StatisticKind::VarSamp { .. }
            | StatisticKind::StddevPop { .. }
            | StatisticKind::StddevSamp { .. } => &["sum", "count", "squares"],
        };
        bases.extend(kinds.iter().map(|kind| (*kind, column)));
    }
    u32::try_from(bases.len()).unwrap_or(u32::MAX).max(1)
}
