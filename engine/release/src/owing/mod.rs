//! The long way out: for values to which jitter, history or noise is owed.
//!
//! A statistic is told in *base statistics* (counts and sums), part by part. For each of them:
//!
//! 1. What every entity of every party adds is compared with all that was told and withheld before; the earliest
//!    outcome that is near stands.
//! 2. Else support is tested, with jitter if it is owed; what fails is remembered.
//! 3. Else, if earlier values can be put together to this one, they are.
//! 4. Else what an entity adds is cut, noise is added, and the value is remembered.
//!
//! Averages, variances and deviations are computed from what was told.

mod adding;
mod base;
mod compose;
mod cut;
mod digest;
mod judge;
mod level;
mod noised;
mod respect;
mod rows;
mod shares;
mod support;
mod totals;
mod traces;

use arrow::datatypes::Schema;

use crate::duties::Duties;
use crate::memory::{Entry, History};
use crate::noise::Ratio;
use crate::plan::Plan;
use crate::release::Release;
use crate::released::Released;
use crate::secrets::Secrets;
use crate::spec::{ReleaseSpec, Statistic, StatisticKind};
use crate::{ReleaseError, Result};

use base::Base;

/// What is owed, compiled.
#[derive(Debug, PartialEq)]
pub(crate) struct Owed {
    pub(crate) duties: Duties,
    pub(crate) variance: Option<Ratio>,
    /// By statistic: the base statistics it is computed from.
    pub(crate) bases: Vec<Vec<Base>>,
}

/// What a release that owes more than support is finished with.
#[derive(Debug)]
pub struct Memory<'m> {
    /// All earlier outcomes; this release's are added.
    pub history: &'m mut History,
    /// The parties' secrets.
    pub secrets: &'m Secrets,
}

/// An answer, and what must be remembered before it leaves.
#[derive(Debug)]
pub struct Finished {
    /// The answer.
    pub released: Released,
    /// What was added to the history.
    pub remembered: Vec<Entry>,
}

impl Release {
    /// An empty release that owes what `duties` say.
    ///
    /// # Errors
    /// If the spec does not fit the schema, or the duties the spec; the message says where.
    pub fn owing(spec: ReleaseSpec, schema: &Schema, duties: Duties) -> Result<Self> {
        if !duties.any() {
            return Self::new(spec, schema);
        }
        duties.check(&spec)?;
        let by_value = |statistic: &Statistic| {
            matches!(statistic.kind, StatisticKind::CountDistinctSupported { .. })
        };
        if let Some(statistic) = spec.statistics.iter().find(|statistic| by_value(statistic)) {
            let message = format!(
                "statistic {}: supported values are not counted where more is owed",
                statistic.name
            );
            return Err(ReleaseError::Spec(message));
        }
        let mut plan = Plan::new(&spec, schema)?;
        let bases = base::bases(&mut plan);
        let variance = duties.variance()?;
        for plan in &mut plan.witnesses {
            plan.exact = true;
            plan.jointly = variance.is_some() && plan.witness.is_amount();
        }
        let owed = Owed {
            duties,
            variance,
            bases,
        };
        Self::planned(spec, schema, plan, Some(owed))
    }

    /// Decides what may leave, remembers it, and lets it out.
    ///
    /// The history is as it was before, should this fail.
    ///
    /// # Errors
    /// If a party's secret is missing or an array cannot be built; the message says nothing about values.
    pub fn finish_with(self, memory: Memory<'_>) -> Result<Finished> {
        let Some(owed) = &self.owed else {
            let released = self.finish()?;
            return Ok(Finished {
                released,
                remembered: Vec::new(),
            });
        };
        let Memory { history, secrets } = memory;
        let mark = history.mark();
        match rows::finish(&self, owed, history, secrets) {
            Ok(released) => Ok(Finished {
                released,
                remembered: history.since(mark),
            }),
            Err(error) => {
                history.forget(mark);
                Err(error)
            }
        }
    }
}

/// The error that numbers made here do not agree.
fn mismatch() -> ReleaseError {
    ReleaseError::Mismatch
}
