//! Parts of a cell that stand beside one another: some of their people are the same.

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
            let fewer = one
                .iter()
                .zip(other)
                .all(|(one, other)| one.is_subset(other));
            let somebody = !other
                .iter()
                .flatten()
                .all(|party| one.iter().any(|of| of.contains(party)));
            let merged =
                (0..one.len()).any(|slot| self.spec.slots[slot].merged && one[slot] != other[slot]);
            fewer && (somebody || merged)
        };
        let told = parts.iter().filter(|(part, rows)| may(part, rows, false));
        told.filter(|(part, _)| !held.iter().any(|other| within(part, other)))
            .collect()
    }
}
