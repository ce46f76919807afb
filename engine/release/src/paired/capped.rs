//! Who of two views stand behind the same rows, as far as it decides whether enough can be paired.
//!
//! Whoever stands with k others finds a partner among them, whatever the rest do, so with whom else it stands is not kept.
//! And once enough are paired nothing is. So memory stays bounded however many rows there are: some k² pairs.

use super::graph::{Pair, most};
use crate::hash::{NumberMap, NumberSet};

/// Up to so many pairs are a list.
const FEW: usize = 24;
/// From here on, whenever there are twice as many, it is looked whether they are enough.
const SOME: usize = 16;

/// Pairs of two needs, of which each is one.
#[derive(Debug)]
pub(crate) struct Capped {
    /// The least number of either.
    k: (usize, usize),
    kept: Kept,
}

#[derive(Debug)]
enum Kept {
    Few(Vec<Pair>),
    Many {
        pairs: NumberSet<Pair>,
        /// With how many somebody stands, of either side.
        ours: NumberMap<u64, usize>,
        theirs: NumberMap<u64, usize>,
    },
    Enough,
}

impl Capped {
    /// Nobody yet, between needs of so many entities.
    pub(super) fn new(k: (usize, usize)) -> Self {
        Self {
            k,
            kept: Kept::Few(Vec::new()),
        }
    }

    /// Whether enough are paired on both sides.
    pub(super) fn is_full(&self) -> bool {
        matches!(self.kept, Kept::Enough)
    }

    /// Adds what was seen elsewhere.
    pub(super) fn merge(&mut self, other: Self) -> usize {
        match other.kept {
            Kept::Few(pairs) => pairs.into_iter().filter(|pair| self.put(*pair)).count(),
            Kept::Many { pairs, .. } => pairs.into_iter().filter(|pair| self.put(*pair)).count(),
            Kept::Enough => {
                self.kept = Kept::Enough;
                0
            }
        }
    }

    /// How many of our side can be paired, up to its k; `turned`: of theirs.
    pub(super) fn most(&self, turned: bool) -> usize {
        match &self.kept {
            Kept::Few(pairs) => most(pairs.iter().copied(), self.k, turned),
            Kept::Many { pairs, .. } => most(pairs.iter().copied(), self.k, turned),
            Kept::Enough => usize::MAX,
        }
    }

    /// Adds all of one side with all of the other; returns by how many pairs it grew.
    pub(super) fn add(&mut self, ours: &[u64], theirs: &[u64]) -> usize {
        let mut grown = 0;
        for our in ours {
            for their in theirs {
                if self.is_known_with_enough(*our) {
                    break;
                }
                grown += usize::from(self.put((*our, *their)));
            }
        }
        grown
    }

    fn is_known_with_enough(&self, our: u64) -> bool {
        match &self.kept {
            Kept::Few(_) => false,
            Kept::Many { ours, .. } => {
                let with = ours.get(&our).copied().unwrap_or(0);
                with >= self.k.0.max(self.k.1)
            }
            Kept::Enough => true,
        }
    }

    fn put(&mut self, pair: Pair) -> bool {
        let most = self.k.0.max(self.k.1);
        let size = match &mut self.kept {
            Kept::Enough => return false,
            Kept::Few(pairs) if pairs.contains(&pair) => return false,
            Kept::Few(pairs) => {
                pairs.push(pair);
                pairs.len()
            }
            Kept::Many {
                pairs,
                ours,
                theirs,
            } => {
                let known = |all: &NumberMap<u64, usize>, one| all.get(&one).copied().unwrap_or(0);
                if known(ours, pair.0) >= most
                    || known(theirs, pair.1) >= most
                    || !pairs.insert(pair)
                {
                    return false;
                }
                *ours.entry(pair.0).or_insert(0) += 1;
                *theirs.entry(pair.1).or_insert(0) += 1;
                pairs.len()
            }
        };
        self.grown(size);
        true
    }

    /// Takes the form that belongs to so many pairs.
    fn grown(&mut self, size: usize) {
        if let Kept::Few(list) = &mut self.kept
            && size > FEW
        {
            let (mut ours, mut theirs) = (NumberMap::default(), NumberMap::default());
            for (our, their) in &*list {
                *ours.entry(*our).or_insert(0) += 1;
                *theirs.entry(*their).or_insert(0) += 1;
            }
            let pairs = list.drain(..).collect();
            self.kept = Kept::Many {
                pairs,
                ours,
                theirs,
            };
        }
        let many = size >= SOME && size.is_power_of_two();
        if many && self.most(false) >= self.k.0 && self.most(true) >= self.k.1 {
            self.kept = Kept::Enough;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(capped: &Capped) -> usize {
        match &capped.kept {
            Kept::Few(pairs) => pairs.len(),
            Kept::Many { pairs, .. } => pairs.len(),
            Kept::Enough => 0,
        }
    }

    /// Of whoever stands with five others no more than these are kept, once pairs are many.
    #[test]
    fn it_stays_small_however_many_stand_with_one() {
        let mut capped = Capped::new((5, 3));
        let grown: usize = (0..10_000).map(|at| capped.add(&[at], &[7])).sum();
        assert_eq!((grown, kept(&capped)), (25, 25));
        let others: Vec<u64> = (0..10_000).collect();
        assert_eq!(capped.add(&[70_000], &others), 5);
        assert_eq!((capped.most(false), capped.most(true)), (3, 2));
        assert!(!capped.is_full());
    }

    /// Whichever side it is on, and whoever came before.
    #[test]
    fn nobody_is_kept_with_more_than_are_wanted() {
        let of = |pairs: &mut dyn Iterator<Item = (u64, u64)>| {
            let mut capped = Capped::new((40, 40));
            let grown = pairs
                .map(|(our, their)| capped.add(&[our], &[their]))
                .sum::<usize>();
            assert_eq!(grown, kept(&capped));
            grown
        };
        let others = || (0..30).map(|at| (at, at));
        assert_eq!(
            of(&mut others().chain((0..99).map(|at| (1_000 + at, 700)))),
            30 + 40
        );
        assert_eq!(
            of(&mut others().chain((0..99).map(|at| (700, 1_000 + at)))),
            30 + 40
        );
        assert_eq!(of(&mut (0..99).map(|at| (700, 1_000 + at))), 40);
        assert_eq!(of(&mut (0..99).map(|at| (1_000 + at, 700))), 40);
    }

    #[test]
    fn once_enough_are_paired_nothing_is_kept() {
        let mut capped = Capped::new((5, 3));
        let grown: Vec<usize> = (0..20).map(|at| capped.add(&[at], &[at])).collect();
        // It is looked at when there are sixteen.
        assert_eq!((grown.iter().sum::<usize>(), capped.is_full()), (16, true));
        assert_eq!((capped.most(false), kept(&capped)), (usize::MAX, 0));
        let mut other = Capped::new((5, 3));
        assert_eq!(other.add(&[1, 2, 1], &[4]), 2);
        assert_eq!((other.most(false), other.most(true)), (2, 1));
        assert_eq!((other.merge(capped), other.is_full()), (0, true));
    }

    #[test]
    fn what_was_seen_elsewhere_is_added() {
        let of = |pairs: std::ops::Range<u64>| {
            let mut capped = Capped::new((40, 40));
            pairs.for_each(|at| _ = capped.add(&[at], &[at / 2]));
            capped
        };
        for (size, more) in [(10, 20), (10, 60), (50, 60)] {
            let mut ours = of(0..size);
            assert_eq!(
                ours.merge(of(5..more)),
                usize::try_from(more - size).unwrap_or(0)
            );
            assert_eq!(u64::try_from(ours.most(false)), Ok(more / 2));
        }
    }
}
