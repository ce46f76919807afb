//! Sums over rows of two entities that meet any number of each other.

use std::collections::{BTreeMap, HashMap};

use super::added::Added;
use super::base::Base;
use super::flow::most;
use super::rows::PrivateRelease;
use super::sums::GroupSums;
use super::terms::DpGroups;
use crate::track::party_bit;
use crate::{ReleaseError, Result};

/// The numbers of the two entities of a row.
type Pair = (usize, usize);

impl PrivateRelease {
    /// Only what adds up row by row can be kept in parts, and only so many groups that nobody can be in more.
    pub(super) fn can_be_between(&self) -> Result<()> {
        let adds = |base: &Base| match base {
            Base::Rows { .. } | Base::Present { .. } | Base::Sum { .. } => true,
            Base::Distinct { .. }
            | Base::Values { .. }
            | Base::Total { .. }
            | Base::Squares { .. } => false,
        };
        if self.terms.sides.is_none() || self.bases.list.iter().all(adds) {
            return Ok(());
        }
        Err(ReleaseError::Spec(
            "a statistic that cannot be bounded for two entities at once".into(),
        ))
    }

    /// By cell the most that can be kept with every entity within its bounds.
    pub(super) fn between(&self, sides: (u64, u64)) -> Result<BTreeMap<u32, GroupSums>> {
        let most_groups = usize::try_from(self.terms.max_groups).unwrap_or(usize::MAX);
        if self.listed.len() > most_groups {
            return Err(ReleaseError::Overflow);
        }
        let pairs = self.pairs(sides);
        let mut cells: BTreeMap<u32, Vec<(Pair, &Added)>> = BTreeMap::new();
        for ((bearer, cell), added) in &self.added {
            let told = self.terms.groups == DpGroups::Whole || self.listed.contains(cell);
            if let Some(pair) = pairs.get(bearer).filter(|_| told) {
                cells.entry(*cell).or_default().push((*pair, added));
            }
        }
        let sums = cells.into_iter().map(|(cell, rows)| {
            let bases = self.bases.list.iter();
            let values = bases.map(|base| kept(&rows, *base)).collect();
            (cell, GroupSums { bearers: 0, values })
        });
        Ok(sums.collect())
    }

    /// By bearer its entities, numbered on each side.
    fn pairs(&self, sides: (u64, u64)) -> HashMap<u32, Pair> {
        let mut numbers: [HashMap<Vec<u64>, usize>; 2] = Default::default();
        let [ones, others] = &mut numbers;
        let number = |known: &mut HashMap<Vec<u64>, usize>, entities: &[u64], side: u64| {
            let own = entities
                .iter()
                .filter(|track| party_bit(**track) & side != 0);
            let next = known.len();
            *known.entry(own.copied().collect()).or_insert(next)
        };
        let mut pairs = HashMap::new();
        for (entities, bearer) in &self.bearers {
            let one = number(ones, entities, sides.0);
            pairs.insert(*bearer, (one, number(others, entities, sides.1)));
        }
        pairs
    }
}

/// What of some rows can be kept for a base statistic; amounts below 0 are kept for themselves.
fn kept(rows: &[(Pair, &Added)], base: Base) -> i128 {
    let (low, high) = match base {
        Base::Sum { low, high, .. } => (low.unsigned_abs(), high.unsigned_abs()),
        other => (0, other.sensitivity()),
    };
    let amounts = rows
        .iter()
        .map(|((one, other), added)| (*one, *other, added.whole(base)));
    let (above, below): (Vec<_>, Vec<_>) = amounts.partition(|(_, _, amount)| *amount > 0);
    let size = |(one, other, amount): (usize, usize, i128)| (one, other, amount.unsigned_abs());
    let above: Vec<_> = above.into_iter().map(size).collect();
    let below: Vec<_> = below
        .into_iter()
        .map(size)
        .filter(|(_, _, size)| *size > 0)
        .collect();
    let whole = |kept: u128| i128::try_from(kept).unwrap_or(i128::MAX);
    whole(most(&above, high)).saturating_sub(whole(most(&below, low)))
}
