//! Pairs of those of two needs who stand behind the same rows.

use super::capped::Capped;
use super::matching::Links;
use super::net::Net;
use super::share;
use crate::hash::NumberMap;

/// Stands for nobody: entities have 56 bits.
pub(super) const NOBODY: u64 = u64::MAX;

/// One of ours and one of theirs.
pub(super) type Pair = (u64, u64);

/// Who of two needs stands with whom.
#[derive(Debug)]
pub(crate) enum Graph {
    /// Whoever stands behind a row together.
    Rows(Capped),
    /// Whoever adds something together, net.
    Net(Net),
}

impl Graph {
    /// Nobody yet, between needs of so many entities; `net`: what pairs add may cancel out.
    pub(super) fn new(k: (usize, usize), net: bool) -> Self {
        if net {
            Self::Net(Net::new(k))
        } else {
            Self::Rows(Capped::new(k))
        }
    }

    /// Whether no pair more can change anything.
    pub(super) fn is_full(&self) -> bool {
        match self {
            Self::Rows(capped) => capped.is_full(),
            Self::Net(_) => false,
        }
    }

    /// Adds those who stand behind a row, each once; returns by how many pairs it grew.
    pub(super) fn add(&mut self, ours: &[u64], theirs: &[u64], amount: i128) -> usize {
        let (ours, theirs) = match (ours, theirs) {
            ([], []) => return 0,
            ([], theirs) => (&[NOBODY][..], theirs),
            (ours, []) => (ours, &[NOBODY][..]),
            both => both,
        };
        match self {
            Self::Rows(capped) => capped.add(ours, theirs),
            Self::Net(net) => net.add(ours, theirs, amount),
        }
    }

    /// Adds what was seen elsewhere; returns by how many pairs it grew.
    pub(super) fn merge(&mut self, other: Self) -> usize {
        match (self, other) {
            (Self::Rows(ours), Self::Rows(theirs)) => ours.merge(theirs),
            (Self::Net(ours), Self::Net(theirs)) => ours.merge(theirs),
            (Self::Rows(_) | Self::Net(_), _) => 0,
        }
    }

    /// How many of our side can be paired, up to its k; `turned`: of theirs.
    pub(super) fn most(&self, turned: bool) -> usize {
        match self {
            Self::Rows(capped) => capped.most(turned),
            Self::Net(net) => net.most(turned),
        }
    }
}

/// How many of the first of pairs can be paired, up to their k; `turned`: of the second.
pub(super) fn most(pairs: impl Iterator<Item = Pair>, k: (usize, usize), turned: bool) -> usize {
    let turn = |pair: (u64, u64)| if turned { (pair.1, pair.0) } else { pair };
    let (k, other) = turn_k(k, turned);
    let (mut ours, mut theirs) = (NumberMap::default(), NumberMap::default());
    let mut rows = Vec::new();
    for (our, their) in pairs.map(turn).filter(|(our, _)| *our != NOBODY) {
        let next = ours.len();
        let our = *ours.entry(our).or_insert(next);
        let next = theirs.len();
        let their = (their != NOBODY).then(|| *theirs.entry(their).or_insert(next));
        rows.push(([our], their));
    }
    let rows = rows.iter().map(|(our, their)| (&our[..], their.as_slice()));
    let links = Links::of(rows, (ours.len(), theirs.len()));
    links.most(0..ours.len(), share(k, other), k)
}

fn turn_k((ours, theirs): (usize, usize), turned: bool) -> (usize, usize) {
    if turned {
        (theirs, ours)
    } else {
        (ours, theirs)
    }
}
