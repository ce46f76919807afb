//! How many of those behind rows count: as many as find somebody to be paired with, by trying.

use std::collections::{BTreeMap, BTreeSet};

use super::oracle::{Owed, Part};
use super::{Who, World};

/// Rows by who is behind them, and what they add.
pub(super) type Added<'r> = [(&'r [Vec<Who>], i128)];

impl World {
    /// Whether enough stand behind rows wherever somebody is owed; `nobody`: or nobody at all.
    pub(super) fn enough(&self, part: &Part, rows: &Added<'_>, nobody: bool) -> bool {
        let all = self.owed(part);
        all.iter().all(|owed| {
            let sums = self.credit(owed, rows.iter().copied());
            let count = sums.values().filter(|sum| **sum != 0).count();
            let others = all.iter().filter(|other| !std::ptr::eq(*other, owed));
            let mut paired = others.map(|other| self.paired(owed, other, rows));
            (nobody && count == 0) || (count >= owed.k && paired.all(|count| count >= owed.k))
        })
    }

    /// How many can be paired with those of another need, up to as many as are wanted.
    fn paired(&self, owed: &Owed, other: &Owed, rows: &Added<'_>) -> usize {
        let partners = self.partners(owed, other, rows);
        let mut seats = Seats {
            partners: &partners,
            of_each: owed.k.div_ceil(other.k),
            taken: BTreeMap::new(),
        };
        let who = partners.keys();
        let paired = who.filter(|who| seats.finds(**who, &mut BTreeSet::new()));
        paired.take(owed.k).count()
    }

    /// By who adds something together with somebody, with whom; with nobody where none is behind the row.
    fn partners(&self, owed: &Owed, other: &Owed, rows: &Added<'_>) -> Partners {
        let mut sums: BTreeMap<(Who, Option<Who>), i128> = BTreeMap::new();
        for row in rows {
            let partners = self.credit(other, std::iter::once(*row));
            let mut partners: Vec<Option<Who>> = partners.into_keys().map(Some).collect();
            if partners.is_empty() {
                partners.push(None);
            }
            for who in self.credit(owed, std::iter::once(*row)).into_keys() {
                for partner in &partners {
                    *sums.entry((who, *partner)).or_insert(0) += row.1;
                }
            }
        }
        let mut partners = Partners::new();
        for ((who, partner), _) in sums.into_iter().filter(|(_, sum)| *sum != 0) {
            partners.entry(who).or_default().insert(partner);
        }
        partners
    }
}

type Partners = BTreeMap<Who, BTreeSet<Option<Who>>>;

/// Who has which of so many places that each partner has.
struct Seats<'p> {
    partners: &'p Partners,
    of_each: usize,
    taken: BTreeMap<(Who, usize), Who>,
}

impl Seats<'_> {
    /// Finds a place for one more, where whoever has it may find another.
    fn finds(&mut self, who: Who, asked: &mut BTreeSet<(Who, usize)>) -> bool {
        for partner in &self.partners[&who] {
            let Some(partner) = partner else {
                return true;
            };
            for seat in 0..self.of_each {
                let place = (*partner, seat);
                if !asked.insert(place) {
                    continue;
                }
                let sitting = self.taken.get(&place).copied();
                if sitting.is_none_or(|sitting| self.finds(sitting, asked)) {
                    self.taken.insert(place, who);
                    return true;
                }
            }
        }
        false
    }
}
