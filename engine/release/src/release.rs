//! The operator: one a partition, merged, and finished when the whole result has been seen.

use std::fmt;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Schema};

use crate::cell::Numbering;
use crate::finish;
use crate::measure::{Numbers, square};
use crate::owing::Owed;
use crate::part::{Kind, Kinds, NONE, Parts, index};
use crate::plan::Plan;
use crate::released::Released;
use crate::spec::ReleaseSpec;
use crate::tally::Credit;
use crate::track::Tracks;
use crate::value::{Arguments, Values};
use crate::witness::{Adding, Evidence, Seen, Witness};
use crate::{ReleaseError, Result};

/// Rows on their way out: what they add up to, and who stands behind it.
///
/// Nothing can be read from it but its size; only [`Release::finish`] lets values out.
pub struct Release {
    pub(crate) spec: ReleaseSpec,
    pub(crate) types: Vec<DataType>,
    pub(crate) plan: Plan,
    pub(crate) cells: Numbering,
    pub(crate) kinds: Kinds,
    pub(crate) parts: Parts,
    pub(crate) values: Values,
    pub(crate) evidence: Vec<Evidence>,
    /// What is owed beyond support, and by statistic what it is released as.
    pub(crate) owed: Option<Owed>,
}

impl Release {
    /// An empty release of rows with this schema.
    ///
    /// # Errors
    /// If the spec does not fit the schema; the message says where.
    pub fn new(spec: ReleaseSpec, schema: &Schema) -> Result<Self> {
        let plan = Plan::new(&spec, schema)?;
        Self::planned(spec, schema, plan, None)
    }

    /// An empty release by a plan.
    pub(crate) fn planned(
        spec: ReleaseSpec,
        schema: &Schema,
        plan: Plan,
        owed: Option<Owed>,
    ) -> Result<Self> {
        let types: Vec<DataType> = schema
            .fields()
            .iter()
            .map(|field| field.data_type().clone())
            .collect();
        let keys: Vec<DataType> = spec
            .keys
            .iter()
            .filter_map(|key| types.get(key.column).cloned())
            .collect();
        Ok(Self {
            cells: Numbering::new(&keys)?,
            kinds: Kinds::default(),
            parts: Parts::default(),
            values: Values::new(&plan)?,
            evidence: plan
                .witnesses
                .iter()
                .map(|witness| Evidence::new(witness.clone(), plan.limit))
                .collect(),
            spec,
            types,
            plan,
            owed,
        })
    }

    /// Takes in a batch.
    ///
    /// # Errors
    /// If the batch has another schema or there are too many groups. The release must not be used afterwards.
    pub fn update(&mut self, batch: &RecordBatch) -> Result<()> {
        let types = batch.columns().iter().map(Array::data_type);
        if !types.eq(&self.types) {
            return Err(ReleaseError::Batch);
        }
        let rows = batch.num_rows();
        let columns = self.plan.slots.iter().map(|slot| slot.column);
        let tracks = tracks(batch, columns)?;
        let kind = self.kinds.assign(&self.plan.slots, &tracks, rows)?;
        let keys = self
            .spec
            .keys
            .iter()
            .map(|key| column(batch, key.column))
            .collect::<Result<Vec<_>>>()?;
        let cell = self
            .cells
            .assign(&keys, kind.iter().map(|kind| *kind != NONE))?;
        let part = self.parts.assign(&cell, &kind)?;
        self.grow()?;
        let arguments = self.arguments(batch, &part)?;
        self.values.add(&part, &arguments);
        let seen = Seen {
            slots: &self.plan.slots,
            kinds: &self.kinds,
            kind: &kind,
            part: &part,
        };
        self.evidence
            .iter_mut()
            .try_for_each(|evidence| testify(evidence, &seen, &tracks, &arguments, batch))
    }

    /// Takes in what another release of the same spec has seen.
    ///
    /// # Errors
    /// If the other has another spec or schema, or there are too many groups. Neither must be used afterwards.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        if self.spec != other.spec || self.types != other.types || self.owed != other.owed {
            return Err(ReleaseError::Mismatch);
        }
        let cells = self.cells.merge(other.cells)?;
        let number = |kind: &Kind| self.kinds.number(&self.plan.slots, &kind.masks);
        let kinds = other.kinds.iter().map(number).collect::<Result<Vec<_>>>()?;
        let ours = |numbers: &[u32], theirs| {
            numbers
                .get(index(theirs))
                .copied()
                .ok_or(ReleaseError::Mismatch)
        };
        let number = |(cell, kind): &(u32, u32)| {
            self.parts
                .number(ours(&cells, *cell)?, ours(&kinds, *kind)?)
        };
        let parts = other
            .parts
            .list()
            .iter()
            .map(number)
            .collect::<Result<Vec<_>>>()?;
        self.grow()?;
        let values = self.values.merge(other.values, &parts)?;
        let pairs = self.evidence.iter_mut().zip(other.evidence);
        pairs
            .into_iter()
            .try_for_each(|(ours, theirs)| ours.merge(theirs, &parts, &values))
    }

    /// Bytes held, estimated.
    #[must_use]
    pub fn size(&self) -> usize {
        let evidence: usize = self.evidence.iter().map(Evidence::size).sum();
        self.cells.size() + self.parts.list().len() * 24 + self.values.size() + evidence
    }

    /// Decides what may leave, and lets it out.
    ///
    /// # Errors
    /// If an array cannot be built, or more than support is owed; the message says nothing about values.
    pub fn finish(self) -> Result<Released> {
        if self.owed.is_some() {
            return Err(ReleaseError::Owed);
        }
        finish::finish(&self)
    }

    /// Makes room for all parts.
    fn grow(&mut self) -> Result<()> {
        self.values.grow(self.parts.list().len());
        self.evidence
            .iter_mut()
            .try_for_each(|evidence| evidence.grow(&self.kinds, self.parts.list()))
    }

    /// Reads the arguments of all statistics.
    fn arguments(&mut self, batch: &RecordBatch, part: &[u32]) -> Result<Arguments> {
        let present = self
            .plan
            .present
            .iter()
            .map(|at| Ok(column(batch, *at)?.logical_nulls()));
        let numbers = self
            .plan
            .measures
            .iter()
            .map(|measure| Numbers::read(&column(batch, measure.column)?));
        let distinct =
            self.values
                .distinct_mut()
                .zip(&self.plan.distinct)
                .map(|(distinct, (at, _))| {
                    let array = column(batch, *at)?;
                    let nulls = array.logical_nulls();
                    let valid = |row| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
                    let wanted = part
                        .iter()
                        .enumerate()
                        .map(|(row, part)| *part != NONE && valid(row));
                    distinct.values.assign(std::slice::from_ref(&array), wanted)
                });
        Ok(Arguments {
            present: present.collect::<Result<_>>()?,
            numbers: numbers.collect::<Result<_>>()?,
            distinct: distinct.collect::<Result<_>>()?,
        })
    }
}

impl fmt::Debug for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Release").finish_non_exhaustive()
    }
}

/// Credits the rows of a batch that a witness looks at.
fn testify(
    evidence: &mut Evidence,
    seen: &Seen<'_>,
    tracks: &[Tracks<'_>],
    arguments: &Arguments,
    batch: &RecordBatch,
) -> Result<()> {
    let rows = 0..seen.part.len();
    let one = Credit::Amount(1);
    match evidence.witness().clone() {
        Witness::Rows => evidence.credit(seen, tracks, rows.map(|row| (row, one))),
        Witness::Present(at) => {
            let nulls = arguments
                .present
                .get(at)
                .ok_or(ReleaseError::Mismatch)?
                .as_ref();
            let valid = rows.filter(|row| nulls.is_none_or(|nulls| nulls.is_valid(*row)));
            evidence.credit(seen, tracks, valid.map(|row| (row, one)));
        }
        Witness::Net(at) => {
            let numbers = arguments.numbers.get(at).ok_or(ReleaseError::Mismatch)?;
            let added = numbers
                .values
                .iter()
                .enumerate()
                .filter(|(_, value)| **value != 0);
            evidence.credit(
                seen,
                tracks,
                added.map(|(row, value)| (row, Credit::Amount(*value))),
            );
        }
        Witness::Square(at) => {
            let numbers = arguments.numbers.get(at).ok_or(ReleaseError::Mismatch)?;
            let added = numbers
                .values
                .iter()
                .enumerate()
                .filter(|(_, value)| **value != 0);
            let squared = |value| Credit::Amount(square(value).to_i128().unwrap_or(i128::MAX));
            evidence.credit(
                seen,
                tracks,
                added.map(|(row, value)| (row, squared(*value))),
            );
        }
        Witness::Pairs(at) | Witness::Values(at) => {
            let values = arguments.distinct.get(at).ok_or(ReleaseError::Mismatch)?;
            let added = values
                .iter()
                .enumerate()
                .filter(|(_, value)| **value != NONE);
            evidence.credit(
                seen,
                tracks,
                added.map(|(row, value)| (row, Credit::Value(*value))),
            );
        }
        Witness::Each(at, adding) => {
            let values = arguments.distinct.get(at).ok_or(ReleaseError::Mismatch)?;
            let added = added(adding, arguments)?;
            let taken = values
                .iter()
                .enumerate()
                .filter(|(row, value)| **value != NONE && added(*row).is_some());
            evidence.credit(
                seen,
                tracks,
                taken.map(|(row, value)| (row, Credit::Value(*value))),
            );
        }
        Witness::Flag(at, adding) => {
            let flags = column(batch, at)?;
            let flags = flags.as_boolean_opt().ok_or(ReleaseError::Batch)?;
            let added = added(adding, arguments)?;
            let taken = rows.filter(|row| flags.is_valid(*row) && flags.value(*row));
            evidence.credit(
                seen,
                tracks,
                taken.filter_map(|row| Some((row, added(row)?))),
            );
        }
        Witness::Arm(columns, adding) => {
            let arms = self::tracks(batch, columns.into_iter())?;
            evidence.credit_arm(seen, &arms, added(adding, arguments)?);
        }
    }
    Ok(())
}

/// By row what it adds by an arm; `None` for nothing.
fn added(adding: Adding, arguments: &Arguments) -> Result<impl Fn(usize) -> Option<Credit>> {
    let (mut nulls, mut numbers) = (None, None);
    match adding {
        Adding::Row => {}
        Adding::Present(at) => {
            let present = arguments.present.get(at).ok_or(ReleaseError::Mismatch)?;
            nulls = present.as_ref();
        }
        Adding::Net(at) | Adding::Some(at) => {
            let measure = arguments.numbers.get(at).ok_or(ReleaseError::Mismatch)?;
            numbers = Some(measure.values.as_slice());
        }
    }
    let whole = matches!(adding, Adding::Net(_));
    Ok(move |row| {
        let amount: i128 = numbers.map_or(Some(1), |numbers| numbers.get(row).copied())?;
        let amount = if whole { amount } else { amount.signum().abs() };
        let present = nulls.is_none_or(|nulls| nulls.is_valid(row));
        (present && amount != 0).then_some(Credit::Amount(amount))
    })
}

fn tracks(batch: &RecordBatch, columns: impl Iterator<Item = usize>) -> Result<Vec<Tracks<'_>>> {
    columns
        .map(|at| Tracks::read(batch.columns().get(at).ok_or(ReleaseError::Batch)?))
        .collect()
}

fn column(batch: &RecordBatch, at: usize) -> Result<ArrayRef> {
    batch.columns().get(at).cloned().ok_or(ReleaseError::Batch)
}

#[cfg(test)]
mod tests;
