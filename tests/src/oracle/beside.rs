//! Rows side by side in a union: the same party's twice, and those of parties that do not count together.

use std::collections::BTreeSet;

use super::evaluate::Evaluator;
use super::relation::Relation;

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
