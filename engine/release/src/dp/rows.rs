//! The operator: rows in, added up by group and bearer.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Schema};

use super::added::Added;
use super::base::Bases;
use super::terms::{DpGroups, DpTerms};
use crate::cell::Numbering;
use crate::hash::NumberMap;
use crate::measure::Numbers;
use crate::part::{NONE, index, next};
use crate::plan::Plan;
use crate::spec::ReleaseSpec;
use crate::track::{Tracks, party_bit};
use crate::value::Arguments;
use crate::{ReleaseError, Result};

/// Rows on their way out under differential privacy. Nothing can be read from it but its size.
pub struct PrivateRelease {
    pub(super) spec: ReleaseSpec,
    pub(super) terms: DpTerms,
    pub(super) types: Vec<DataType>,
    pub(super) plan: Plan,
    pub(super) bases: Bases,
    pub(super) cells: Numbering,
    pub(super) distinct: Vec<Numbering>,
    /// The entities that stand behind rows together.
    pub(super) bearers: HashMap<Box<[u64]>, u32>,
    /// By bearer and cell.
    pub(super) added: NumberMap<(u32, u32), Added>,
    /// Distinct values in all of these.
    values: usize,
    /// The cells that a public table lists.
    pub(super) listed: BTreeSet<u32>,
}

impl PrivateRelease {
    /// An empty release of rows with this schema.
    ///
    /// # Errors
    /// If spec or terms do not fit the schema; the message says where.
    pub fn new(spec: ReleaseSpec, terms: DpTerms, schema: &Schema) -> Result<Self> {
        let plan = Plan::new(&spec, schema)?;
        check(&spec, &terms)?;
        let bases = Bases::new(&plan, &spec, &terms, schema)?;
        let types: Vec<DataType> = schema
            .fields()
            .iter()
            .map(|f| f.data_type().clone())
            .collect();
        let keys: Vec<DataType> = spec
            .keys
            .iter()
            .filter_map(|key| types.get(key.column).cloned())
            .collect();
        let distinct = plan
            .distinct
            .iter()
            .map(|(_, kind)| Numbering::new(std::slice::from_ref(kind)));
        let mut cells = Numbering::new(&keys)?;
        if keys.is_empty() {
            cells.assign(&[], std::iter::once(true))?;
        }
        let release = Self {
            cells,
            distinct: distinct.collect::<Result<_>>()?,
            bearers: HashMap::new(),
            added: NumberMap::default(),
            values: 0,
            listed: BTreeSet::new(),
            spec,
            terms,
            types,
            plan,
            bases,
        };
        release.scales()?;
        release.can_be_between()?;
        Ok(release)
    }

    /// The groups that are told, of a public table: its columns are the keys.
    ///
    /// # Errors
    /// If they are not of the keys' types, or not asked for.
    pub fn list(&mut self, keys: &RecordBatch) -> Result<()> {
        if self.terms.groups != DpGroups::Listed || keys.num_columns() != self.spec.keys.len() {
            return Err(ReleaseError::Mismatch);
        }
        let wanted = std::iter::repeat_n(true, keys.num_rows());
        let cells = self.cells.assign(keys.columns(), wanted)?;
        self.listed.extend(cells);
        Ok(())
    }

    /// Takes in a batch.
    ///
    /// # Errors
    /// If the batch has another schema or there are too many groups. The release must not be used afterwards.
    pub fn update(&mut self, batch: &RecordBatch) -> Result<()> {
        if !batch.columns().iter().map(Array::data_type).eq(&self.types) {
            return Err(ReleaseError::Batch);
        }
        let bearers = self.bearers_of(batch)?;
        let wanted = bearers.iter().map(|bearer| *bearer != NONE);
        let keys = self.spec.keys.iter().map(|key| column(batch, key.column));
        let keys = keys.collect::<Result<Vec<_>>>()?;
        let cells = self.cells.assign(&keys, wanted)?;
        let arguments = self.arguments(batch, &bearers)?;
        for (row, (bearer, cell)) in bearers.into_iter().zip(cells).enumerate() {
            if bearer != NONE {
                self.values += self.of(bearer, cell).row(&arguments, row);
            }
        }
        Ok(())
    }

    /// Takes in what another release of the same spec and terms has seen.
    ///
    /// # Errors
    /// If the other is about something else, or there are too many groups.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        if self.spec != other.spec || self.terms != other.terms || self.types != other.types {
            return Err(ReleaseError::Mismatch);
        }
        let ours = |numbers: &[u32], theirs| {
            numbers
                .get(index(theirs))
                .copied()
                .ok_or(ReleaseError::Mismatch)
        };
        let cells = self.cells.merge(other.cells)?;
        let listed = other.listed.iter().map(|cell| ours(&cells, *cell));
        self.listed.extend(listed.collect::<Result<Vec<_>>>()?);
        let distinct = self.distinct.iter_mut().zip(other.distinct);
        let distinct = distinct.map(|(ours, theirs)| ours.merge(theirs));
        let distinct = distinct.collect::<Result<Vec<_>>>()?;
        let mut bearers = vec![NONE; other.bearers.len()];
        for (entities, number) in other.bearers {
            let place = bearers
                .get_mut(index(number))
                .ok_or(ReleaseError::Mismatch)?;
            *place = numbered(&mut self.bearers, &entities)?;
        }
        for ((bearer, cell), added) in other.added {
            let (bearer, cell) = (ours(&bearers, bearer)?, ours(&cells, cell)?);
            self.values += self.of(bearer, cell).merge(added, &distinct);
        }
        Ok(())
    }

    /// Bytes held, estimated.
    #[must_use]
    pub fn size(&self) -> usize {
        let distinct: usize = self.distinct.iter().map(Numbering::size).sum();
        let plan = &self.plan;
        let arguments = (plan.present.len(), plan.measures.len(), plan.distinct.len());
        let added = Added::size(arguments.0, arguments.1, arguments.2) + 16;
        self.cells.size()
            + distinct
            + self.bearers.len() * 64
            + self.added.len() * added
            + self.values * 8
    }

    fn of(&mut self, bearer: u32, cell: u32) -> &mut Added {
        let new = || {
            Added::new(
                self.plan.present.len(),
                self.plan.measures.len(),
                self.plan.distinct.len(),
            )
        };
        self.added.entry((bearer, cell)).or_insert_with(new)
    }

    /// The bearer of each row: one entity of each party that may stand behind it. Rows of nobody are dropped, and so are
    /// rows that admission has said do not exist.
    fn bearers_of(&mut self, batch: &RecordBatch) -> Result<Vec<u32>> {
        let columns = self.terms.tracks.iter().map(|(slot, parties)| {
            let slot = self.spec.slots.get(*slot).ok_or(ReleaseError::Mismatch)?;
            let array = batch
                .columns()
                .get(slot.column)
                .ok_or(ReleaseError::Batch)?;
            Ok((Tracks::read(array)?, *parties))
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let mut entities: Vec<u64> = Vec::new();
        let bearers = (0..batch.num_rows()).map(|row| {
            entities.clear();
            for (tracks, parties) in &columns {
                let members = tracks.members(row).iter().copied();
                entities.extend(members.filter(|track| party_bit(*track) & parties != 0));
            }
            entities.sort_unstable();
            entities.dedup();
            if self.terms.together.contains(&together(&entities)) {
                numbered(&mut self.bearers, &entities)
            } else {
                Ok(NONE)
            }
        });
        bearers.collect()
    }

    /// Reads the arguments of all statistics.
    fn arguments(&mut self, batch: &RecordBatch, bearers: &[u32]) -> Result<Arguments> {
        let present = self.plan.present.iter();
        let present = present.map(|at| Ok(column(batch, *at)?.logical_nulls()));
        let numbers = self.plan.measures.iter();
        let numbers = numbers.map(|measure| Numbers::read(&column(batch, measure.column)?));
        let distinct = self.distinct.iter_mut().zip(&self.plan.distinct);
        let distinct = distinct.map(|(values, (at, _))| {
            let array = column(batch, *at)?;
            let nulls = array.logical_nulls();
            let valid = |row| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
            let rows = bearers.iter().enumerate();
            let wanted = rows.map(|(row, bearer)| *bearer != NONE && valid(row));
            values.assign(std::slice::from_ref(&array), wanted)
        });
        Ok(Arguments {
            present: present.collect::<Result<_>>()?,
            numbers: numbers.collect::<Result<_>>()?,
            distinct: distinct.collect::<Result<_>>()?,
        })
    }
}

impl fmt::Debug for PrivateRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateRelease").finish_non_exhaustive()
    }
}

/// The parties of some entities as bits; 0 where one has several.
fn together(entities: &[u64]) -> u64 {
    let mut parties = 0;
    for entity in entities {
        let bit = party_bit(*entity);
        if bit == 0 || parties & bit != 0 {
            return 0;
        }
        parties |= bit;
    }
    parties
}

fn numbered(bearers: &mut HashMap<Box<[u64]>, u32>, entities: &[u64]) -> Result<u32> {
    if let Some(number) = bearers.get(entities) {
        return Ok(*number);
    }
    let number = next(bearers.len())?;
    bearers.insert(entities.into(), number);
    Ok(number)
}

fn column(batch: &RecordBatch, at: usize) -> Result<ArrayRef> {
    batch.columns().get(at).cloned().ok_or(ReleaseError::Batch)
}

/// Terms that promise nothing are no terms.
fn check(spec: &ReleaseSpec, terms: &DpTerms) -> Result<()> {
    let mut parties = 0_u64;
    let apart = terms.together.iter().all(|set| {
        let apart = *set != 0 && parties & set == 0;
        parties |= set;
        apart
    });
    let keyed = (terms.groups == DpGroups::Whole) == spec.keys.is_empty();
    let bounded = terms.max_groups > 0 && terms.max_rows > 0 && terms.epsilon > 0;
    let between = match terms.sides {
        None => true,
        Some((one, other)) => {
            let both = terms.together == [one | other] && one & other == 0;
            both && one != 0 && other != 0 && terms.groups != DpGroups::Threshold
        }
    };
    let rare = terms.delta > 0.0 && terms.delta < 1.0;
    if apart && !terms.together.is_empty() && keyed && bounded && rare && between {
        return Ok(());
    }
    Err(ReleaseError::Spec("terms that bound nothing".into()))
}
