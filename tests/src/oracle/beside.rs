//! Rows side by side in a union: the same party's twice, those of parties that do not count together, and parts of a cell that stand
//! beside one another because some of their people are in both tables.

use std::collections::BTreeSet;

use super::evaluate::Evaluator;
use super::relation::{Place, Relation, Row};
use super::support::{Need, Part};

/// A part of a cell: who is behind it, what it owes, its rows.
pub(super) type Owing<'r> = (Part, Vec<Need>, Vec<&'r Row>);

/// A part that is told, and its rows.
pub(super) type Told<'p, 'r> = (&'p Part, Vec<&'r Row>);

/// The parts that may be told. Where of a part something must be held back, what is of some of its parties alone is held back too: or the
/// difference to what those know would say how many are of all. `may` is asked with whether nobody
/// at all is as good as enough.
pub(super) fn told<'p, 'r>(
    places: &[Place],
    parts: &'p [Owing<'r>],
    may: impl Fn(&[Need], &[&'r Row], bool) -> bool,
) -> Vec<Told<'p, 'r>> {
    let held: Vec<&Part> = parts
        .iter()
        .filter(|(_, needs, rows)| !may(needs, rows, true))
        .map(|(part, ..)| part)
        .collect();
    let of_fewer = |part: &Part, other: &Part| {
        let mut all = 0..places.len();
        let fewer = all.all(|at| {
            places[at].displaces || seen(places, part, at).is_subset(&seen(places, other, at))
        });
        let somebody = (0..places.len()).any(|at| {
            let same =
                (0..places.len()).filter(|of| places[at].scans.is_subset(&places[*of].scans));
            let here: BTreeSet<usize> = same.flat_map(|of| part[of].iter().copied()).collect();
            let mut gone = other[at].difference(&here);
            gone.any(|party| part.iter().flatten().any(|behind| behind != party))
        });
        let merged = (0..places.len()).any(|at| places[at].merged && part[at] != other[at]);
        fewer && (somebody || merged)
    };
    let mut told = Vec::new();
    for (part, needs, rows) in parts {
        if may(needs, rows, false) && !held.iter().any(|other| of_fewer(part, other)) {
            told.push((part, rows.clone()));
        }
    }
    told
}

/// The parties at a place; at that of a window's frame, those of the row itself too.
fn seen(places: &[Place], part: &Part, at: usize) -> BTreeSet<usize> {
    let own = places[at].over.iter();
    let own = own.flat_map(|over| seen(places, part, *over));
    part[at].iter().copied().chain(own).collect()
}

impl Evaluator<'_> {
    /// A branch of a union is an arm if a party has rows in another branch too.
    pub(super) fn repeat(&mut self, inputs: &mut [Relation]) {
        let all: Vec<BTreeSet<usize>> = inputs.iter().map(Relation::parties).collect();
        for (at, input) in inputs.iter_mut().enumerate() {
            let mut others = all.iter().enumerate().filter(|(other, _)| *other != at);
            if others.any(|(_, other)| !other.is_disjoint(&all[at])) {
                self.arms += 1;
                input.arms.insert(self.arms);
                for row in &mut input.rows {
                    row.took.insert(self.arms, row.who.clone());
                }
            }
        }
    }

    /// Rows of parties that do not count together are of different sides of a union.
    pub(super) fn beside(&mut self, inputs: &mut [Relation]) {
        let classes = self.world.classes();
        let side = |input: &Relation| -> BTreeSet<usize> {
            let class = |party: &usize| {
                classes
                    .iter()
                    .position(|class| class.contains(party))
                    .unwrap()
            };
            input.parties().iter().map(class).collect()
        };
        let all: Vec<BTreeSet<usize>> = inputs.iter().map(side).collect();
        let sides: BTreeSet<&BTreeSet<usize>> = all.iter().collect();
        if sides.len() < 2 {
            return;
        }
        for side in sides {
            self.arms += 1;
            for (input, _) in inputs.iter_mut().zip(&all).filter(|(_, of)| *of == side) {
                input.sides.insert(self.arms);
                for row in &mut input.rows {
                    row.took.insert(self.arms, row.who.clone());
                }
            }
        }
    }
}
