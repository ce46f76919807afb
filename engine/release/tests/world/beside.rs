//! Parts of a cell that stand beside one another: some of their people are the same.

use std::collections::{BTreeMap, BTreeSet};

use release::StatisticKind;

use super::numbers::value;
use super::oracle::{Part, Parts};
use super::{Row, World};

impl World {
    /// The parts that may be told, without those whose people stand in rows of one with more owners of which some, but few, add something.
    pub(super) fn telling<'r>(
        &self,
        parts: &'r Parts<'r>,
        may: impl Fn(&Part, &[&Row], bool) -> bool,
    ) -> Vec<(&'r Part, &'r Vec<&'r Row>)> {
        let held: Vec<&Part> = parts
            .iter()
            .filter(|(part, rows)| !may(part, rows, true))
            .map(|(part, _)| part)
            .collect();
        let within = |one: &Part, other: &Part| {
            let mut slots = 0..one.len();
            let fewer = slots.all(|slot| {
                self.spec.slots[slot].displaces
                    || self.seen(one, slot).is_subset(&self.seen(other, slot))
            });
            let somebody = (0..one.len()).any(|slot| {
                let same = &self.spec.slots[slot].same;
                let missing = |party| !same.iter().any(|at| one[*at].contains(party));
                let others = |party| one.iter().flatten().any(|behind| behind != party);
                other[slot]
                    .iter()
                    .any(|party| !one[slot].contains(party) && missing(party) && others(party))
            });
            let merged =
                (0..one.len()).any(|slot| self.spec.slots[slot].merged && one[slot] != other[slot]);
            fewer && (somebody || merged)
        };
        let told = parts.iter().filter(|(part, rows)| may(part, rows, false));
        told.filter(|(part, _)| !held.iter().any(|other| within(part, other)))
            .collect()
    }

    /// The parties in a slot; in a frame's, also those of the row itself.
    fn seen(&self, part: &Part, slot: usize) -> BTreeSet<u8> {
        let mut all = part[slot].clone();
        for over in &self.spec.slots[slot].over {
            all.extend(self.seen(part, *over));
        }
        all
    }

    /// How many values may be told of one of the parts that are told, were there no other rows than those that have it.
    pub(super) fn supported_values(
        &self,
        kind: StatisticKind,
        told: &[(&Part, &Vec<&Row>)],
        parts: &Parts<'_>,
    ) -> usize {
        let all: BTreeSet<String> = parts
            .values()
            .flatten()
            .filter_map(|row| value(kind, row))
            .collect();
        let is_told = |one: &String| {
            let mut having: Parts<'_> = BTreeMap::new();
            for (part, rows) in parts {
                let rows = rows.iter().copied();
                let rows: Vec<&Row> = rows
                    .filter(|row| value(kind, row).as_ref() == Some(one))
                    .collect();
                if !rows.is_empty() {
                    having.insert(part.clone(), rows);
                }
            }
            let alive = self.telling(&having, |part, rows, _| self.supported(part, rows));
            alive
                .iter()
                .any(|(part, _)| told.iter().any(|(other, _)| other == part))
        };
        all.iter().filter(|one| is_told(one)).count()
    }
}
