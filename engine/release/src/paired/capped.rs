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
