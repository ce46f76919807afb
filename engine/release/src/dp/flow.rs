//! Rows between two entities, bounded for both: the most that may be kept of them.
//!
//! Where a row is about an entity of each of two sides, and one may meet any number of the other, cutting one side after the
//! other bounds neither: what is cut of one depends on the rows of the other. Here the number that is told is the largest sum
//! of parts of the rows by which no entity keeps more than its bound, a maximum flow through both. It exists for all rows, is
//! the plain sum where nobody has too much, and an entity that leaves lowers it by what it kept: by 0 at least, by its bound at
//! most. For the rest of a largest flow without it is a flow still, and any flow without it is one with it.

use std::collections::VecDeque;

/// An edge and its reverse stand side by side.
#[derive(Debug, Clone, Copy)]
struct Edge {
    to: usize,
    left: u128,
}

#[derive(Debug)]
struct Graph {
    edges: Vec<Edge>,
    /// By node, the numbers of its edges.
    of: Vec<Vec<usize>>,
    level: Vec<usize>,
    /// By node, how many of its edges lead nowhere.
    spent: Vec<usize>,
}

const SOURCE: usize = 0;
const SINK: usize = 1;
const NOWHERE: usize = usize::MAX;

/// The largest sum of parts of rows `(one side, other side, amount)` by which every entity of a side keeps so much at most.
/// Entities are numbered from 0 on each side.
pub(super) fn most(rows: &[(usize, usize, u128)], bound: u128) -> u128 {
    let ones = rows.iter().map(|(one, _, _)| one + 1).max().unwrap_or(0);
    let others = rows
        .iter()
        .map(|(_, other, _)| other + 1)
        .max()
        .unwrap_or(0);
    let mut graph = Graph::new(2 + ones + others);
    for one in 0..ones {
        graph.edge(SOURCE, 2 + one, bound);
    }
    for other in 0..others {
        graph.edge(2 + ones + other, SINK, bound);
    }
    for (one, other, amount) in rows {
        graph.edge(2 + one, 2 + ones + other, *amount);
    }
    let mut flow = 0_u128;
    while graph.levelled() {
        graph.spent.iter_mut().for_each(|spent| *spent = 0);
        loop {
            let more = graph.augment();
            if more == 0 {
                break;
            }
            flow = flow.saturating_add(more);
        }
    }
    flow
}

impl Graph {
    fn new(nodes: usize) -> Self {
        Self {
            edges: Vec::new(),
            of: vec![Vec::new(); nodes],
            level: vec![NOWHERE; nodes],
            spent: vec![0; nodes],
        }
    }

    fn edge(&mut self, from: usize, to: usize, capacity: u128) {
        for (at, to, left) in [(from, to, capacity), (to, from, 0)] {
            if let Some(edges) = self.of.get_mut(at) {
                edges.push(self.edges.len());
            }
            self.edges.push(Edge { to, left });
        }
    }

    fn level(&self, node: usize) -> usize {
        self.level.get(node).copied().unwrap_or(NOWHERE)
    }

    /// Numbers nodes by their distance; whether the sink can be reached.
    fn levelled(&mut self) -> bool {
        self.level.iter_mut().for_each(|level| *level = NOWHERE);
        let mut queue = VecDeque::from([(SOURCE, 0)]);
        while let Some((node, distance)) = queue.pop_front() {
            match self.level.get_mut(node) {
                Some(level) if *level == NOWHERE => *level = distance,
                Some(_) | None => continue,
            }
            for number in self.of.get(node).into_iter().flatten() {
                let edge = self.edges.get(*number).filter(|edge| edge.left > 0);
                queue.extend(edge.map(|edge| (edge.to, distance + 1)));
            }
        }
        self.level(SINK) != NOWHERE
    }

    /// Sends more along one shortest path; 0 if there is none left.
    fn augment(&mut self) -> u128 {
        let mut path: Vec<usize> = Vec::new();
        let mut node = SOURCE;
        while node != SINK {
            let next = self.onward(node);
            if let Some((number, to)) = next {
                path.push(number);
                node = to;
                continue;
            }
            // A dead end: back, and never here again.
            let Some(number) = path.pop() else { return 0 };
            node = self.edges.get(number ^ 1).map_or(SOURCE, |back| back.to);
            if let Some(spent) = self.spent.get_mut(node) {
                *spent += 1;
            }
        }
        let room = |number: &usize| self.edges.get(*number).map_or(0, |edge| edge.left);
        let more = path.iter().map(room).min().unwrap_or(0);
        for number in path {
            if let Some(edge) = self.edges.get_mut(number) {
                edge.left = edge.left.saturating_sub(more);
            }
            if let Some(back) = self.edges.get_mut(number ^ 1) {
                back.left = back.left.saturating_add(more);
            }
        }
        more
    }

    /// The next edge of a node that leads nearer to the sink.
    fn onward(&mut self, node: usize) -> Option<(usize, usize)> {
        let next = self.level(node).checked_add(1)?;
        loop {
            let number = *self.of.get(node)?.get(*self.spent.get(node)?)?;
            let edge = *self.edges.get(number)?;
            if edge.left > 0 && self.level(edge.to) == next {
                return Some((number, edge.to));
            }
            *self.spent.get_mut(node)? += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By trying every way to keep parts of the rows.
    fn slowly(rows: &[(usize, usize, u128)], left: [u128; 4], right: [u128; 4]) -> u128 {
        let Some(((one, other, amount), rest)) = rows.split_first() else {
            return 0;
        };
        let most = (*amount)
            .min(left.get(*one).copied().unwrap_or(0))
            .min(right.get(*other).copied().unwrap_or(0));
        let with = |kept: u128| {
            let (mut left, mut right) = (left, right);
            if let (Some(a), Some(b)) = (left.get_mut(*one), right.get_mut(*other)) {
                *a -= kept;
                *b -= kept;
            }
            kept + slowly(rest, left, right)
        };
        (0..=most).map(with).max().unwrap_or(0)
    }

    proptest! {
        #[test]
        fn it_is_the_most_that_can_be_kept(
            rows in proptest::collection::vec((0..4_usize, 0..4_usize, 0..4_u128), 0..6),
            bound in 0..5_u128,
        ) {
            prop_assert_eq!(most(&rows, bound), slowly(&rows, [bound; 4], [bound; 4]));
        }

        #[test]
        fn who_leaves_takes_no_more_than_the_bound(
            rows in proptest::collection::vec((0..12_usize, 0..12_usize, 0..1_000_u128), 0..120),
            bound in 1..2_000_u128,
            who in 0..12_usize,
            first in any::<bool>(),
        ) {
            let is = |row: &&(usize, usize, u128)| if first { row.0 == who } else { row.1 == who };
            let without: Vec<_> = rows.iter().filter(|row| !is(row)).copied().collect();
            let (with, without) = (most(&rows, bound), most(&without, bound));
            prop_assert!(without <= with && with - without <= bound, "{} {}", with, without);
        }
    }

    #[test]
    fn where_nobody_has_too_much_it_is_the_sum() {
        let rows: Vec<_> = (0..1_000).map(|at| (at % 100, at % 37, 3)).collect();
        assert_eq!(most(&rows, 1_000), 3_000);
        assert_eq!(most(&[], 5), 0);
    }
}
