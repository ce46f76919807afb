//! What the witnesses saw of a part, party by party.

use std::sync::Arc;

use arrow::datatypes::i256;

use super::base::{Base, Kind};
use super::mismatch;
use crate::Result;
use crate::hash::NumberMap;
use crate::memory::{Fresh, UNCUT, Whose};
use crate::need::Need;
use crate::paired::{Joint, Partners, Places};
use crate::part::{self, index};
use crate::release::Release;
use crate::spec::TrackForm;
use crate::tally::Tally;
use crate::witness::Witness;

/// Entities that count towards a need, which is known by its place. What is remembered and decided of them changes no more where one
/// entity of one other view comes or goes than where one of them does; an entity of two others may change more.
pub(crate) type Set = (usize, Fresh);

/// Who stands behind rows together, in all views.
#[derive(Debug)]
pub(crate) struct Company {
    pub(super) places: Places,
    pub(super) partners: Vec<Partners>,
}

/// Of so many times k and more who can be paired all count: no threshold is as high.
const MANY: usize = 4;

impl Company {
    /// That of a part, if it is kept who stands there.
    pub(crate) fn of(joint: Option<&Joint>, needs: &[Need]) -> Option<Self> {
        let places = Places::of(joint?, needs.len());
        let partners = (0..needs.len()).map(|need| Partners::of(&places, needs, need));
        Some(Self {
            partners: partners.collect(),
            places,
        })
    }

    /// By place, what those of a view add, by these entries.
    pub(crate) fn amounts(&self, need: usize, entries: &[(u64, i128)]) -> Vec<u128> {
        let mut amounts = vec![0; self.places.size(need)];
        for (entity, amount) in entries {
            let place = self.places.place(need, *entity);
            if let Some(own) = place.and_then(|place| amounts.get_mut(place)) {
                *own = amount.unsigned_abs();
            }
        }
        amounts
    }

    /// Those of a set who count: who can be paired, in their order.
    pub(crate) fn counted(&self, need: usize, set: Fresh) -> Fresh {
        let Some(partners) = self.partners.get(need) else {
            return set;
        };
        let place = |(entity, _): &(u64, i128)| self.places.place(need, *entity);
        let entries = set.entries.iter();
        let at = entries.filter_map(|entry| Some((place(entry)?, *entry)));
        let at: NumberMap<usize, (u64, i128)> = at.collect();
        let places: Vec<usize> = set.entries.iter().filter_map(place).collect();
        let k = usize::try_from(set.k.max(1)).unwrap_or(usize::MAX);
        let counted = partners
            .counted(&places, k.saturating_mul(MANY))
            .into_iter();
        Fresh {
            entries: counted
                .filter_map(|place| at.get(&place).copied())
                .collect(),
            ..set
        }
    }
}

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

    /// Who stands with whom behind the rows that a base statistic is of.
    pub(crate) fn company(&self, part: u32, base: Base) -> Result<Option<Company>> {
        let witness = match base.kind {
            Kind::Distinct(argument) => self.presence(argument).ok_or_else(mismatch)?,
            Kind::Rows | Kind::Present(_) | Kind::Sum(_) | Kind::Squares(_) => base.witness,
        };
        let joint = self.tally_of(part, witness)?.joint();
        Ok(Company::of(joint, &self.kind_of(part)?.needs))
    }

    /// The witness of the rows that have a value of what is counted by value.
    fn presence(&self, argument: usize) -> Option<usize> {
        let (column, _) = self.plan.distinct.get(argument)?;
        let present = self.plan.present.iter().position(|other| other == column)?;
        let mut witnesses = self.plan.witnesses.iter();
        witnesses.position(|plan| plan.witness == Witness::Present(present))
    }

    /// By need, and by value where values are told apart: which entities a witness saw.
    pub(crate) fn sets(&self, part: u32, witness: usize) -> Result<Vec<Set>> {
        let plan = self.plan.witnesses.get(witness).ok_or_else(mismatch)?;
        if let Witness::Each(..) = plan.witness {
            return self.sets_of_values(part, witness);
        }
        let tally = self.tally_of(part, witness)?;
        let needs = &self.kind_of(part)?.needs;
        let company = Company::of(tally.joint().filter(|_| needs.len() > 1), needs);
        let mut sets = Vec::new();
        for (need, mut fresh) in self.entries_of(part, tally)?.into_iter().enumerate() {
            fresh.entries.iter_mut().for_each(|(_, amount)| *amount = 1);
            sets.push((need, counted(company.as_ref(), need, fresh)));
        }
        Ok(sets)
    }

    fn sets_of_values(&self, part: u32, witness: usize) -> Result<Vec<Set>> {
        let tally = self.tally_of(part, witness)?;
        let needs = &self.kind_of(part)?.needs;
        let companies = tally.joints_of_values().into_iter();
        let companies: Vec<_> = companies.map(|joint| Company::of(joint, needs)).collect();
        let mut sets = Vec::new();
        for (number, need) in needs.iter().enumerate() {
            let whose = Arc::new(self.whose(need)?);
            let values = tally.of_values(number).ok_or_else(mismatch)?;
            for (at, entities) in values.into_iter().enumerate() {
                let fresh = Fresh {
                    whose: Arc::clone(&whose),
                    k: u32::try_from(need.k).unwrap_or(u32::MAX),
                    cut: UNCUT,
                    additive: true,
                    entries: entities.into_iter().map(|entity| (entity, 1)).collect(),
                };
                let company = companies.get(at).and_then(Option::as_ref);
                sets.push((number, counted(company, number, fresh)));
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

/// Those of a set who count in some company.
pub(crate) fn counted(company: Option<&Company>, need: usize, set: Fresh) -> Fresh {
    match company {
        Some(company) => company.counted(need, set),
        None => set,
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
