//! Who stands behind one part in one respect: for each of the part's needs, the entities that count towards it.

use std::collections::hash_map::Entry;

use crate::dominance::undominated;
use crate::hash::{NumberMap, NumberSet};
use crate::need::{Need, SlotRules};
use crate::paired::{Joint, Paired, Together};
use crate::part::Kind;
use crate::support::Entities;
use crate::track::{Tracks, entity, party_bit};
use crate::vector::Vector;

/// The entities behind one part in one respect.
#[derive(Debug)]
pub(crate) struct Tally {
    /// One a need of the part, in the same order.
    groups: Vec<Group>,
    /// What is asked about who stands together.
    together: Together,
    /// Who stands behind rows together.
    paired: Paired,
    /// The same by distinct value, where values are told apart.
    of_values: NumberMap<u32, Paired>,
    /// An entity was named whose party is not behind the part: the plan is not what we think it is.
    stray: bool,
    /// Another row can still change something.
    open: bool,
}

/// The entities that count towards one need.
#[derive(Debug)]
pub(crate) enum Group {
    /// Only how many there are matters.
    Entities(Entities),
    /// What each of them adds matters.
    Vector(Vector),
    /// Which distinct values each of them has matters.
    Pairs(NumberSet<(u64, u32)>),
    /// Who stands behind each distinct value matters, up to so many entities a value.
    Values(NumberMap<u32, Entities>, usize),
    /// Nobody asks.
    Unasked,
}

/// What a row adds in this respect.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Credit {
    /// An amount.
    Amount(i128),
    /// A distinct value by its number.
    Value(u32),
}

impl Tally {
    /// A tally for a part with these needs, of which each has a group.
    pub(crate) fn new(groups: Vec<Group>, needs: &[Need], together: Together) -> Self {
        let paired = Paired::new(together, needs);
        let open = is_open(&groups, &paired);
        Self {
            groups,
            together,
            paired,
            of_values: NumberMap::default(),
            stray: false,
            open,
        }
    }

    /// True if an entity was named whose party is not behind the part.
    pub(crate) fn is_stray(&self) -> bool {
        self.stray
    }

    /// What each entity adds towards a need, sorted by entity; `None` if that is not known.
    pub(crate) fn entries(&self, need: usize) -> Option<Vec<(u64, i128)>> {
        let mut entries = match self.groups.get(need)? {
            Group::Vector(vector) => vector.entries()?,
            Group::Pairs(pairs) => each(pairs).into_iter().collect(),
            Group::Entities(_) | Group::Values(..) | Group::Unasked => return None,
        };
        entries.retain(|(_, amount)| *amount != 0);
        entries.sort_unstable_by_key(|(entity, _)| *entity);
        Some(entries)
    }

    /// Which distinct values each entity has towards a need; `None` if that is not known.
    pub(crate) fn pairs(&self, need: usize) -> Option<&NumberSet<(u64, u32)>> {
        match self.groups.get(need)? {
            Group::Pairs(pairs) => Some(pairs),
            Group::Entities(_) | Group::Vector(_) | Group::Values(..) | Group::Unasked => None,
        }
    }

    /// True if another row can still change something.
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// Credits a row to its entities; returns how many entries were added.
    pub(crate) fn credit(
        &mut self,
        needs: &[Need],
        tracks: &[Tracks<'_>],
        row: usize,
        credit: Credit,
    ) -> usize {
        let mut grown = 0;
        for (group, need) in self.groups.iter_mut().zip(needs) {
            let members = tracks
                .get(need.slot)
                .map_or(&[][..], |tracks| tracks.members(row));
            let counted = members
                .iter()
                .filter(|track| party_bit(**track) & need.parties != 0);
            // Who is named by two parties that count together adds what the row adds once.
            let together = need.parties.count_ones() > 1 && members.len() > 1;
            let mut named = NumberSet::default();
            for entity in counted.map(|track| entity(*track)) {
                if !together || named.insert(entity) {
                    grown += usize::from(group.credit(entity, credit));
                }
            }
        }
        grown += self.pair(needs, tracks, row, credit);
        self.open = is_open(&self.groups, &self.paired);
        grown
    }

    fn pair(&mut self, needs: &[Need], tracks: &[Tracks<'_>], row: usize, credit: Credit) -> usize {
        match credit {
            Credit::Amount(amount) => self.paired.credit(needs, tracks, row, amount),
            Credit::Value(value) if needs.len() > 1 && self.together != Together::Nothing => {
                let paired = self.of_values.entry(value);
                let paired = paired.or_insert_with(|| Paired::new(self.together, needs));
                paired.credit(needs, tracks, row, 1)
            }
            Credit::Value(_) => 0,
        }
    }

    /// Who stands behind rows together, and what they add, if anybody asks.
    pub(crate) fn joint(&self) -> Option<&Joint> {
        self.paired.joint()
    }

    /// By distinct value, in order, who stands behind its rows together.
    pub(crate) fn joints_of_values(&self) -> Vec<Option<&Joint>> {
        let mut values: Vec<_> = self.of_values.iter().collect();
        values.sort_unstable_by_key(|(value, _)| **value);
        values
            .into_iter()
            .map(|(_, paired)| paired.joint())
            .collect()
    }

    /// Notes whether the tracks of a row name a party that is not behind the part.
    pub(crate) fn look_for_strays(
        &mut self,
        slots: &[SlotRules],
        kind: &Kind,
        tracks: &[Tracks<'_>],
        row: usize,
    ) {
        for ((slot, mask), tracks) in slots.iter().zip(&kind.masks).zip(tracks) {
            let outside = |track: &u64| slot.stand_in(*track).is_none_or(|bit| bit & mask == 0);
            self.stray |= tracks.members(row).iter().any(outside);
        }
    }

    /// Adds what another tally of the same part has; returns by how many entries it grew.
    pub(crate) fn merge(&mut self, other: Self) -> usize {
        self.stray |= other.stray;
        let mut jointly = self.paired.merge(other.paired);
        for (value, theirs) in other.of_values {
            match self.of_values.entry(value) {
                Entry::Occupied(ours) => jointly += ours.into_mut().merge(theirs),
                Entry::Vacant(none) => _ = none.insert(theirs),
            }
        }
        let grown: usize = self
            .groups
            .iter_mut()
            .zip(other.groups)
            .map(|(ours, theirs)| ours.merge(theirs))
            .sum();
        self.open = is_open(&self.groups, &self.paired);
        grown.saturating_add(jointly)
    }

    /// Renumbers distinct values.
    pub(crate) fn renumber(&mut self, numbers: &[u32]) {
        let number = |value: u32| numbers.get(usize::try_from(value).ok()?).copied();
        let paired = self.of_values.drain();
        let paired = paired.filter_map(|(value, paired)| Some((number(value)?, paired)));
        self.of_values = paired.collect::<Vec<_>>().into_iter().collect();
        for group in &mut self.groups {
            if let Group::Values(values, _) = group {
                let renumbered = values.drain();
                let renumbered =
                    renumbered.filter_map(|(value, entities)| Some((number(value)?, entities)));
                *values = renumbered.collect::<Vec<_>>().into_iter().collect();
            }
            if let Group::Pairs(pairs) = group {
                let renumbered = pairs.drain();
                let renumbered =
                    renumbered.filter_map(|(entity, value)| Some((entity, number(value)?)));
                *group = Group::Pairs(renumbered.collect());
            }
        }
    }

    /// By distinct value, the entities that have it, sorted; `None` if that is not known.
    pub(crate) fn of_values(&self, need: usize) -> Option<Vec<Vec<u64>>> {
        let Group::Values(values, _) = self.groups.get(need)? else {
            return None;
        };
        let mut numbers: Vec<&u32> = values.keys().collect();
        numbers.sort_unstable();
        let members = numbers.into_iter().filter_map(|number| {
            let mut members = values.get(number)?.members();
            members.sort_unstable();
            Some(members)
        });
        Some(members.collect())
    }

    /// Every need is met, by those behind each value where values are told apart. With `zero_ok`, a need for which there
    /// is nobody at all is met too.
    pub(crate) fn supported(&self, needs: &[Need], zero_ok: bool) -> bool {
        let enough = |(at, (group, need)): (usize, (&Group, &Need))| {
            let k = need.k.max(1);
            if let Group::Values(values, _) = group {
                let mut values = values.iter();
                return values.all(|(value, all)| self.are_enough(*value, all, needs, at));
            }
            let count = group.count();
            (count >= k && self.paired.most(at) >= k) || (zero_ok && count == 0)
        };
        self.all_needs(needs, enough)
    }

    /// Every need is met by those behind one distinct value.
    pub(crate) fn supports(&self, needs: &[Need], value: u32) -> bool {
        self.all_needs(needs, |(at, (group, _))| match group {
            Group::Values(values, _) => values
                .get(&value)
                .is_some_and(|all| self.are_enough(value, all, needs, at)),
            Group::Entities(_) | Group::Vector(_) | Group::Pairs(_) | Group::Unasked => false,
        })
    }

    fn all_needs(
        &self,
        needs: &[Need],
        enough: impl FnMut((usize, (&Group, &Need))) -> bool,
    ) -> bool {
        let mut each = self.groups.iter().zip(needs).enumerate();
        !self.stray && self.groups.len() == needs.len() && each.all(enough)
    }

    /// Whether those who have a value are enough for a need.
    fn are_enough(&self, value: u32, all: &Entities, needs: &[Need], at: usize) -> bool {
        let k = needs.get(at).map_or(1, |need| need.k.max(1));
        let paired = self.of_values.get(&value);
        all.len() >= k && paired.is_none_or(|paired| paired.most(at) >= k)
    }

    /// In no need does one entity stand out more than its party permits.
    pub(crate) fn undominated(&self, needs: &[Need]) -> bool {
        self.groups
            .iter()
            .zip(needs)
            .all(|(group, need)| need.dominance == 0 || group.undominated(need.dominance))
    }
}

impl Group {
    fn is_full(&self) -> bool {
        match self {
            Self::Entities(entities) => entities.is_full(),
            Self::Vector(_) | Self::Pairs(_) | Self::Values(..) => false,
            Self::Unasked => true,
        }
    }

    fn credit(&mut self, key: u64, credit: Credit) -> bool {
        match (self, credit) {
            (Self::Entities(entities), _) => entities.add(key),
            (Self::Vector(vector), Credit::Amount(amount)) => vector.add(key, amount),
            (Self::Pairs(pairs), Credit::Value(value)) => pairs.insert((key, value)),
            (Self::Values(values, cap), Credit::Value(value)) => {
                let entities = values.entry(value).or_insert_with(|| Entities::new(*cap));
                entities.add(key)
            }
            (Self::Vector(_), Credit::Value(_))
            | (Self::Pairs(_) | Self::Values(..), Credit::Amount(_))
            | (Self::Unasked, _) => false,
        }
    }

    fn merge(&mut self, other: Self) -> usize {
        match (self, other) {
            (Self::Entities(ours), Self::Entities(theirs)) => ours.merge(theirs),
            (Self::Vector(ours), Self::Vector(theirs)) => ours.merge(theirs),
            (Self::Pairs(ours), Self::Pairs(theirs)) => {
                let before = ours.len();
                ours.extend(theirs);
                ours.len().saturating_sub(before)
            }
            (Self::Values(ours, cap), Self::Values(theirs, _)) => theirs
                .into_iter()
                .map(|(value, entities)| {
                    let known = ours.entry(value).or_insert_with(|| Entities::new(*cap));
                    known.merge(entities)
                })
                .sum(),
            (
                Self::Entities(_)
                | Self::Vector(_)
                | Self::Pairs(_)
                | Self::Values(..)
                | Self::Unasked,
                _,
            ) => 0,
        }
    }

    fn count(&self) -> usize {
        match self {
            Self::Entities(entities) => entities.len(),
            Self::Vector(vector) => vector.support(),
            Self::Pairs(_) | Self::Values(..) | Self::Unasked => 0,
        }
    }

    /// A group that does not know what its entities add is not known to be undominated.
    fn undominated(&self, percent: u8) -> bool {
        match self {
            Self::Vector(vector) => undominated(vector.amounts(), percent),
            Self::Pairs(pairs) => undominated(each(pairs).into_values(), percent),
            Self::Entities(_) | Self::Values(..) | Self::Unasked => false,
        }
    }
}

/// Whether another row can still change something.
fn is_open(groups: &[Group], paired: &Paired) -> bool {
    !paired.is_full() || groups.iter().any(|group| !group.is_full())
}

/// How many distinct values each entity has.
fn each(pairs: &NumberSet<(u64, u32)>) -> NumberMap<u64, i128> {
    let mut each: NumberMap<u64, i128> = NumberMap::default();
    for (entity, _) in pairs {
        *each.entry(*entity).or_insert(0) += 1;
    }
    each
}

#[cfg(test)]
mod tests;
