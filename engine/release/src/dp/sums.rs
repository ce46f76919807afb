//! What all bearers add, each within its bounds: exact, and before noise.

use std::collections::BTreeMap;

use hmac::Mac;

use super::added::Added;
use super::base::Base;
use super::rows::PrivateRelease;
use super::terms::DpGroups;
use crate::hash::{NumberSet, mix};
use crate::noise::keyed;

/// The numbers of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupSums {
    /// How many bearers add to it.
    pub(super) bearers: i128,
    /// By base statistic.
    pub(super) values: Vec<i128>,
}

impl PrivateRelease {
    /// By cell what its bearers add. Which groups of a bearer count depends on the key, the bearer and the names of its
    /// groups, and on nobody else.
    pub(super) fn sums(&self, key: &[u8; 32]) -> BTreeMap<u32, GroupSums> {
        let cells = Order::of(key, "cells", self.cells.sorted().into_iter());
        let distinct = self.distinct.iter();
        let distinct = distinct.map(|all| Order::of(key, "values", all.sorted().into_iter()));
        let distinct: Vec<Order<'_>> = distinct.collect();
        let mut values: BTreeMap<u32, Vec<NumberSet<u32>>> = BTreeMap::new();
        let mut sums: BTreeMap<u32, GroupSums> = BTreeMap::new();
        for (own, kept) in self.kept(&cells) {
            for (cell, added) in kept {
                let sum = sums.entry(cell).or_insert_with(|| self.nothing());
                sum.bearers = sum.bearers.saturating_add(1);
                for (value, base) in sum.values.iter_mut().zip(&self.bases.list) {
                    *value = value.saturating_add(added.bounded(*base));
                }
                let sets = values.entry(cell).or_default();
                sets.resize(self.bases.list.len(), NumberSet::default());
                for (set, base) in sets.iter_mut().zip(&self.bases.list) {
                    set.extend(chosen(&distinct, own, added, *base));
                }
            }
        }
        for (cell, sets) in values {
            let Some(sum) = sums.get_mut(&cell) else {
                continue;
            };
            let each = sum.values.iter_mut().zip(sets).zip(&self.bases.list);
            for ((value, set), base) in each {
                if let Base::Distinct { .. } = base {
                    *value = i128::try_from(set.len()).unwrap_or(i128::MAX);
                }
            }
        }
        sums
    }

    /// What nobody adds.
    pub(super) fn nothing(&self) -> GroupSums {
        GroupSums {
            bearers: 0,
            values: vec![0; self.bases.list.len()],
        }
    }

    /// Of each bearer the groups that count, with the bearer's own share of the order.
    fn kept(&self, order: &Order<'_>) -> Vec<(u64, Vec<(u32, &Added)>)> {
        let mut names: Vec<u64> = vec![0; self.bearers.len()];
        for (entities, number) in &self.bearers {
            if let Some(name) = names.get_mut(crate::part::index(*number)) {
                *name = entities.iter().fold(0, |name, entity| mix(name ^ entity));
            }
        }
        let mut groups: Vec<Vec<(u32, &Added)>> = vec![Vec::new(); self.bearers.len()];
        for ((bearer, cell), added) in &self.added {
            let told = self.terms.groups != DpGroups::Listed || self.listed.contains(cell);
            if let Some(groups) = groups.get_mut(crate::part::index(*bearer)).filter(|_| told) {
                groups.push((*cell, added));
            }
        }
        let most = usize::try_from(self.terms.max_groups).unwrap_or(usize::MAX);
        let mut kept: Vec<_> = names.into_iter().zip(groups).collect();
        for (own, groups) in &mut kept {
            groups.sort_by_key(|(cell, _)| order.place(*own, *cell));
            groups.truncate(most);
        }
        kept
    }
}

/// The distinct values of a bearer that count.
fn chosen(orders: &[Order<'_>], own: u64, added: &Added, base: Base) -> Vec<u32> {
    let Base::Distinct { at, most } = base else {
        return Vec::new();
    };
    let Some(order) = orders.get(at) else {
        return Vec::new();
    };
    let mut values: Vec<u32> = added.distinct(at).collect();
    values.sort_by_key(|value| order.place(own, *value));
    values.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    values
}

/// An order of names that is another one for every bearer. It goes by what a name is, never by when it came.
struct Order<'n> {
    names: BTreeMap<u32, (u64, &'n [u8])>,
}

impl<'n> Order<'n> {
    fn of(key: &[u8; 32], label: &str, names: impl Iterator<Item = (&'n [u8], u32)>) -> Self {
        let digest = |name: &[u8]| {
            let mut mac = keyed(key);
            mac.update(label.as_bytes());
            mac.update(&[0]);
            mac.update(name);
            let bytes: [u8; 32] = mac.finalize().into_bytes().into();
            bytes
                .first_chunk::<8>()
                .map_or(0, |first| u64::from_be_bytes(*first))
        };
        let names = names.map(|(name, number)| (number, (digest(name), name)));
        Self {
            names: names.collect(),
        }
    }

    fn place(&self, own: u64, number: u32) -> (u64, &'n [u8]) {
        let (digest, name) = self.names.get(&number).copied().unwrap_or((0, &[]));
        (mix(digest ^ own), name)
    }
}
