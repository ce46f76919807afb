//! Parts of a cell that stand beside one another: some of their people are the same.

use super::oracle::{Part, Parts};
use super::{Row, World};

impl World {
    /// The parts that may be told, without those whose people stand in merged rows of one of which some, but few, add something.
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
        let merged: Vec<usize> = (0..self.spec.slots.len())
            .filter(|slot| self.spec.slots[*slot].merged)
            .collect();
        let within = |one: &Part, other: &Part| {
            merged
                .iter()
                .all(|slot| one[*slot].is_subset(&other[*slot]))
                && merged.iter().any(|slot| one[*slot] != other[*slot])
        };
        let told = parts.iter().filter(|(part, rows)| may(part, rows, false));
        told.filter(|(part, _)| !held.iter().any(|other| within(part, other)))
            .collect()
    }
}
