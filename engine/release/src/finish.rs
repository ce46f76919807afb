//! The decision: which parts of which cells may be told, and what they add up to.
//!
//! A statistic of a cell is taken over the parts in which it is allowed. A cell without any is no row, so an answer in
//! which everything failed is the answer for no data.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{DataType, Field, Schema, i256};

use crate::hash::NumberSet;
use crate::measure::{power_of_ten, to_f64};
use crate::need::Need;
use crate::output::{Datum, column, fit, plain, rebuild};
use crate::part::{index, next};
use crate::plan::{Recipe, Source};
use crate::release::Release;
use crate::released::Released;
use crate::tally::Tally;
use crate::{ReleaseError, Result};

/// Rows of the answer, column by column.
pub(crate) struct Rows<'a> {
    pub(crate) keys: Vec<&'a [u8]>,
    pub(crate) statistics: Vec<Vec<Option<Datum>>>,
}

/// Makes the answer.
pub(crate) fn finish(release: &Release) -> Result<Released> {
    build(release, &release.rows()?)
}

/// The answer of these rows.
pub(crate) fn build(release: &Release, rows: &Rows<'_>) -> Result<Released> {
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (key, array) in release
        .spec
        .keys
        .iter()
        .zip(release.cells.arrays(&rows.keys)?)
    {
        let to = release
            .types
            .get(key.column)
            .and_then(plain)
            .ok_or(ReleaseError::Mismatch)?;
        columns.push(rebuild(&array, &to)?);
        fields.push(Field::new(&key.name, to, true));
    }
    for (statistic, values) in release.spec.statistics.iter().zip(&rows.statistics) {
        columns.push(column(values, &statistic.output)?);
        fields.push(Field::new(&statistic.name, statistic.output.clone(), true));
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows.keys.len()));
    let schema = Arc::new(Schema::new(fields));
    RecordBatch::try_new_with_options(schema, columns, &options)
        .map(Released::new)
        .map_err(ReleaseError::hide)
}

impl Release {
    /// The parts of each cell.
    pub(crate) fn parts_of_cells(&self) -> Result<Vec<Vec<u32>>> {
        let mut parts = vec![Vec::new(); self.cells.len()];
        for (number, (cell, _)) in self.parts.list().iter().enumerate() {
            parts
                .get_mut(index(*cell))
                .ok_or(ReleaseError::Mismatch)?
                .push(next(number)?);
        }
        Ok(parts)
    }

    /// The rows of the answer in key order.
    fn rows(&self) -> Result<Rows<'_>> {
        let mut parts = self.parts_of_cells()?;
        let mut rows = Rows {
            keys: Vec::new(),
            statistics: vec![Vec::new(); self.plan.recipes.len()],
        };
        for (key, cell) in self.cells.sorted() {
            let parts = parts
                .get_mut(index(cell))
                .map(std::mem::take)
                .unwrap_or_default();
            if self.telling(&parts, |_, _| true)?.is_empty() {
                continue;
            }
            let recipes = self.plan.recipes.iter();
            let values = recipes
                .map(|recipe| self.statistic(recipe, &parts))
                .collect::<Result<Vec<_>>>()?;
            if values.is_empty() || values.iter().any(Option::is_some) {
                rows.keys.push(key);
                rows.statistics
                    .iter_mut()
                    .zip(values)
                    .for_each(|(column, value)| column.push(value));
            }
        }
        Ok(rows)
    }

    /// A statistic over those of the parts in which it is allowed.
    fn statistic(&self, recipe: &Recipe, parts: &[u32]) -> Result<Option<Datum>> {
        let told = self.telling(parts, |part, nobody| {
            self.allowed(recipe, part, nobody && self.may_be_idle(recipe, part))
        })?;
        if told.is_empty() {
            return Ok(None);
        }
        let value = self.value(recipe, &told, parts);
        Ok(value.and_then(|value| fit(value, &recipe.output)))
    }

    /// Those of the parts of a cell that may be told: their rows have support, they are allowed, and none stands beside one
    /// that would not be even if nobody at all were enough.
    fn telling(&self, parts: &[u32], allowed: impl Fn(u32, bool) -> bool) -> Result<Vec<u32>> {
        let may = |part: &u32, nobody| self.supported(*part, 0, false) && allowed(*part, nobody);
        let told = parts.iter().copied().filter(|part| may(part, false));
        let failed = parts.iter().copied().filter(|part| !may(part, true));
        self.clear_of(told.collect(), &failed.collect::<Vec<_>>())
    }

    /// True if a statistic may be told of a part that has the support of its rows; `nobody`: or if nobody adds anything to it.
    fn allowed(&self, recipe: &Recipe, part: u32, nobody: bool) -> bool {
        recipe
            .support
            .iter()
            .all(|witness| self.supported(part, *witness, nobody))
            && recipe
                .branches
                .iter()
                .all(|(witness, zero_ok)| self.supported(part, *witness, *zero_ok || nobody))
            && recipe
                .balance
                .iter()
                .all(|witness| self.undominated(part, *witness))
    }

    fn supported(&self, part: u32, witness: usize, zero_ok: bool) -> bool {
        self.seen(part, witness, |tally, needs| {
            tally.supported(needs, zero_ok)
        })
    }

    fn undominated(&self, part: u32, witness: usize) -> bool {
        self.seen(part, witness, Tally::undominated)
    }

    /// Asks a witness about a part; what it does not know of is not allowed.
    fn seen(&self, part: u32, witness: usize, ask: impl FnOnce(&Tally, &[Need]) -> bool) -> bool {
        let kind = self
            .parts
            .list()
            .get(index(part))
            .and_then(|(_, kind)| self.kinds.get(*kind));
        let tally = self
            .evidence
            .get(witness)
            .and_then(|evidence| evidence.tally(part));
        kind.zip(tally)
            .is_some_and(|(kind, tally)| ask(tally, &kind.needs))
    }

    /// How many distinct values have enough entities behind them in one of the parts that are told, and stand beside none of these
    /// that too few have in another part of the cell.
    fn supported_values(
        &self,
        (distinct, witness): (usize, usize),
        told: &[u32],
        parts: &[u32],
    ) -> Option<u64> {
        let values = |part| self.values.distinct_in(distinct, part);
        let supported = |part, value: &u32| {
            self.seen(part, witness, |tally, needs| tally.supports(needs, *value))
        };
        let mut found = NumberSet::default();
        for part in told {
            let mut few = NumberSet::default();
            for other in parts {
                if self.is_beside(*part, &[*other]).ok()? {
                    let all = values(*other).into_iter().flatten().copied();
                    few.extend(all.filter(|value| !supported(*other, value)));
                }
            }
            let own = values(*part)?.iter().copied();
            found.extend(own.filter(|value| supported(*part, value) && !few.contains(value)));
        }
        u64::try_from(found.len()).ok()
    }

    /// The value of a statistic over those of a cell's parts that are told.
    fn value(&self, recipe: &Recipe, told: &[u32], parts: &[u32]) -> Option<Datum> {
        let output = &recipe.output;
        let count = |count: u64| Some(Datum::Integer(i256::from_i128(i128::from(count))));
        let moments = |measure| {
            Some(self.values.moments(measure, told)).filter(|moments| moments.count() > 0)
        };
        match recipe.value {
            Source::Rows => count(self.values.rows(told)),
            Source::Present(argument) => count(self.values.present(argument, told)),
            Source::Distinct(argument) => count(self.values.distinct(argument, told)),
            Source::Supported { distinct, witness } => {
                // Nobody adds anything to a count of no values.
                let values = self.supported_values((distinct, witness), told, parts);
                count(values.filter(|values| *values > 0)?)
            }
            Source::Sum { measure, scale } => number(moments(measure)?.sum(), scale, output),
            Source::Mean { measure, scale } => {
                let moments = moments(measure)?;
                if let DataType::Decimal128(_, out) = output {
                    let digits = i16::from(*out) - i16::from(scale);
                    return Some(Datum::Integer(moments.mean(u32::try_from(digits).ok()?)?));
                }
                let count = to_f64(i256::from_i128(i128::from(moments.count())));
                Some(Datum::Float(
                    to_f64(moments.sum()) / power_of_ten(i32::from(scale)) / count,
                ))
            }
            Source::Spread {
                measure,
                scale,
                sample,
                root,
            } => {
                let variance =
                    moments(measure)?.variance(sample)? / power_of_ten(2 * i32::from(scale));
                Some(Datum::Float(if root { variance.sqrt() } else { variance }))
            }
        }
    }
}

/// A sum as the answer's type has it; none of a type that sums do not have.
pub(crate) fn number(sum: i256, scale: i8, output: &DataType) -> Option<Datum> {
    match output {
        DataType::Float64 => Some(Datum::Float(to_f64(sum) / power_of_ten(i32::from(scale)))),
        DataType::Int64 | DataType::UInt64 | DataType::Decimal128(..) => Some(Datum::Integer(sum)),
        _other => None,
    }
}
