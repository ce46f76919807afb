//! What the witnesses saw of a part, party by party.

use std::sync::Arc;

use arrow::datatypes::i256;

use super::base::{Base, Kind};
use super::mismatch;
use crate::Result;
use crate::memory::{Fresh, UNCUT, Whose};
use crate::need::Need;
use crate::part::{self, index};
use crate::release::Release;
use crate::spec::TrackForm;
use crate::tally::Tally;
use crate::witness::Witness;

/// Entities that count towards a need, which is known by its place.
pub(crate) type Set = (usize, Fresh);

impl Release {
    /// The parties behind a part and what they are owed.
    pub(crate) fn kind_of(&self, part: u32) -> Result<&part::Kind> {
        let (_, kind) = self.parts.list().get(index(part)).ok_or_else(mismatch)?;
        self.kinds.get(*kind).ok_or_else(mismatch)
    }

    /// What a witness saw of a part.
    pub(crate) fn tally_of(&self, part: u32, witness: usize) -> Result<&Tally> {
        let evidence = self.evidence.get(witness).ok_or_else(mismatch)?;
        evidence.tally(part).ok_or_else(mismatch)
    }

    /// Whose entities count towards a need.
    fn whose(&self, need: &Need) -> Result<Whose> {
        let owed = self.owed.as_ref().ok_or_else(mismatch)?;
        let space = owed.duties.spaces.get(need.slot).ok_or_else(mismatch)?;
        let named = self.spec.parties.iter().enumerate().filter(|(number, _)| {
            u32::try_from(*number)
                .is_ok_and(|number| need.parties.checked_shr(number).unwrap_or(0) & 1 == 1)
        });
        let mut parties: Vec<String> = named.map(|(_, rule)| rule.name.clone()).collect();
        parties.sort_unstable();
        Ok(Whose {
            parties,
            space: space.clone(),
        })
    }

    /// By need: who adds how much to a base statistic.
    pub(crate) fn traces(&self, part: u32, base: Base, raw: i256) -> Result<Vec<Fresh>> {
        let tally = self.tally_of(part, base.witness)?;
        let mut traces = self.entries_of(part, tally)?;
        for (fresh, need) in traces.iter_mut().zip(&self.kind_of(part)?.needs) {
            let scalar = self
                .spec
                .slots
                .get(need.slot)
                .is_some_and(|slot| slot.form == TrackForm::Scalar);
            // Several people may stand behind a row, and one value may be several people's.
            let adds_up = scalar && !matches!(base.kind, Kind::Distinct(_));
            fresh.additive = adds_up || sum(fresh) == raw;
        }
        Ok(traces)
    }

    /// By need, and by value where values are told apart: which entities a witness saw.
    pub(crate) fn sets(&self, part: u32, witness: usize) -> Result<Vec<Set>> {
        let plan = self.plan.witnesses.get(witness).ok_or_else(mismatch)?;
        if let Witness::Each(..) = plan.witness {
            return self.sets_of_values(part, witness);
        }
        let mut sets = self.entries_of(part, self.tally_of(part, witness)?)?;
        for set in &mut sets {
            set.entries.iter_mut().for_each(|(_, amount)| *amount = 1);
        }
        Ok(sets.into_iter().enumerate().collect())
    }

    fn sets_of_values(&self, part: u32, witness: usize) -> Result<Vec<Set>> {
        let tally = self.tally_of(part, witness)?;
        let mut sets = Vec::new();
        for (number, need) in self.kind_of(part)?.needs.iter().enumerate() {
            let whose = Arc::new(self.whose(need)?);
            for entities in tally.of_values(number).ok_or_else(mismatch)? {
                let set = Fresh {
                    whose: Arc::clone(&whose),
                    k: u32::try_from(need.k).unwrap_or(u32::MAX),
                    cut: UNCUT,
                    additive: true,
                    entries: entities.into_iter().map(|entity| (entity, 1)).collect(),
                };
                sets.push((number, set));
            }
        }
        Ok(sets)
    }

    fn entries_of(&self, part: u32, tally: &Tally) -> Result<Vec<Fresh>> {
        let needs = self.kind_of(part)?.needs.iter().enumerate();
        needs
            .map(|(number, need)| {
                Ok(Fresh {
                    whose: Arc::new(self.whose(need)?),
                    k: u32::try_from(need.k).unwrap_or(u32::MAX),
                    cut: UNCUT,
                    additive: true,
                    entries: tally.entries(number).ok_or_else(mismatch)?,
                })
            })
            .collect()
    }
}

/// What all entities add.
fn sum(fresh: &Fresh) -> i256 {
    let amounts = fresh
        .entries
        .iter()
        .map(|(_, amount)| i256::from_i128(*amount));
    amounts.fold(i256::ZERO, i256::wrapping_add)
}
