//! Rows by the places of those who stand behind them, and with whom somebody can be paired.

use super::joint::Joint;
use super::matching::Links;
use crate::hash::NumberMap;

/// Entities of some views by their places, and all combinations in which they stand behind rows.
#[derive(Debug)]
pub(crate) struct Places {
    /// By view: the place of each entity.
    of: Vec<NumberMap<u64, usize>>,
    /// By combination and view: the places of those who are seen.
    pub(crate) rows: Vec<(Vec<Vec<usize>>, i128)>,
}

impl Places {
    /// Those of a part who add something together, net.
    pub(crate) fn of(joint: &Joint, views: usize) -> Self {
        let mut of = vec![NumberMap::<u64, usize>::default(); views];
        let mut rows = Vec::new();
        for (key, amount) in joint.additions().filter(|(_, amount)| *amount != 0) {
            let mut seen = vec![Vec::new(); views];
            for (view, entity) in key {
                if let (Some(places), Some(seen)) = (of.get_mut(*view), seen.get_mut(*view)) {
                    let next = places.len();
                    seen.push(*places.entry(*entity).or_insert(next));
                }
            }
            rows.push((seen, amount));
        }
        Self { of, rows }
    }

    /// How many entities a view has.
    pub(crate) fn size(&self, view: usize) -> usize {
        self.of.get(view).map_or(0, NumberMap::len)
    }

    /// The place of an entity.
    pub(crate) fn place(&self, view: usize, entity: u64) -> Option<usize> {
        self.of.get(view)?.get(&entity).copied()
    }

    /// Who of a view adds something with whom of another, net, whoever of other views stands there: by these it could be made out of nothing.
    pub(crate) fn links(&self, view: usize, other: usize) -> Links {
        let mut sums: NumberMap<(&[usize], &[usize]), i128> = NumberMap::default();
        for (seen, amount) in &self.rows {
            let sum = sums.entry((of_view(seen, view), of_view(seen, other)));
            let sum = sum.or_insert(0);
            *sum = sum.wrapping_add(*amount);
        }
        let rows = sums.into_iter().filter(|(_, sum)| *sum != 0);
        let rows = rows.map(|(both, _)| both);
        Links::of(rows, (self.size(view), self.size(other)))
    }
}

fn of_view(seen: &[Vec<usize>], view: usize) -> &[usize] {
    seen.get(view).map_or(&[], Vec::as_slice)
}
