//! Who stands behind rows together with whom.
//!
//! Support counts the entities of each view: ten shops, ten people. But if one person alone pays at most of the shops, there
//! are as many as ten with her and few without, and whether enough stand there says whether *she* does: a condition on her row
//! becomes one bit. So of the entities of a view only so many count as can be *paired* with entities of each other view that
//! stand behind a row with them, each with another; of her shops, one. Where the other view needs fewer, k′ < k, each of its
//! entities stands for ⌈k/k′⌉ of ours: k′ of them are enough for k, and none is more to us than to its own view.
//!
//! Views are paired two by two. Whoever is in two others, or makes a net something or nothing, is not one by this: what is
//! open stands in `docs/src/design/company.md`.

mod capped;
mod graph;
mod joint;
mod matching;
mod net;
mod places;

pub(crate) use joint::Joint;
pub(crate) use places::Places;

use crate::need::Need;
use crate::track::{Tracks, entity, party_bit};
use graph::Graph;
use matching::Links;

/// How much is asked about who stands together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Together {
    /// Nothing.
    Nothing,
    /// Whether enough can be paired.
    Enough,
    /// Whether enough can be paired who add something together, net.
    Net,
    /// Who stands with whom.
    Whom,
    /// What they add together.
    Amounts,
}

/// Who stands behind the rows of a part together, as far as it is asked.
#[derive(Debug)]
pub(crate) enum Paired {
    /// There is nobody to be paired with, or nobody asks.
    Unasked,
    /// By two needs each: as many as decide whether enough can be paired.
    Few(Vec<(usize, usize, Graph)>, Behind),
    /// All, with what they add.
    All(Joint, Together),
}

/// Whom two needs see behind a row; kept for its room.
#[derive(Debug, Default)]
pub(crate) struct Behind {
    ours: Vec<u64>,
    theirs: Vec<u64>,
}

impl Paired {
    /// Nobody yet, of a part with these needs.
    pub(crate) fn new(together: Together, needs: &[Need]) -> Self {
        let several = needs.len() > 1;
        match together {
            Together::Enough | Together::Net if several => {
                let net = together == Together::Net;
                let graph = |(one, other): (usize, usize)| {
                    let k = |at: usize| needs.get(at).map_or(1, |need| need.k.max(1));
                    (one, other, Graph::new((k(one), k(other)), net))
                };
                Self::Few(
                    two_each(needs.len()).map(graph).collect(),
                    Behind::default(),
                )
            }
            Together::Whom if several => Self::All(Joint::default(), together),
            Together::Amounts => Self::All(Joint::default(), together),
            Together::Nothing | Together::Enough | Together::Net | Together::Whom => Self::Unasked,
        }
    }

    /// True if no row can change anything.
    pub(crate) fn is_full(&self) -> bool {
        match self {
            Self::Unasked => true,
            Self::Few(graphs, _) => graphs.iter().all(|(.., graph)| graph.is_full()),
            Self::All(..) => false,
        }
    }

    /// Adds a row; returns by how many entries this grew.
    pub(crate) fn credit(
        &mut self,
        needs: &[Need],
        tracks: &[Tracks<'_>],
        row: usize,
        amount: i128,
    ) -> usize {
        match self {
            Self::Unasked => 0,
            Self::Few(graphs, behind) => {
                let mut grown = 0;
                for (one, other, graph) in graphs.iter_mut().filter(|(.., g)| !g.is_full()) {
                    see(&mut behind.ours, needs.get(*one), tracks, row);
                    see(&mut behind.theirs, needs.get(*other), tracks, row);
                    grown += graph.add(&behind.ours, &behind.theirs, amount);
                }
                grown
            }
            Self::All(joint, together) => {
                let alone = *together == Together::Amounts && !Joint::is_needed(needs, tracks);
                if alone {
                    0
                } else {
                    joint.credit(needs, tracks, row, amount)
                }
            }
        }
    }

    /// Adds what was seen elsewhere; returns by how many entries this grew.
    pub(crate) fn merge(&mut self, other: Self) -> usize {
        match (self, other) {
            (Self::Few(ours, _), Self::Few(theirs, _)) => {
                let graphs = ours.iter_mut().zip(theirs);
                graphs
                    .map(|((.., ours), (.., theirs))| ours.merge(theirs))
                    .sum()
            }
            (Self::All(ours, _), Self::All(theirs, _)) => ours.merge(theirs),
            (Self::Unasked | Self::Few(..) | Self::All(..), _) => 0,
        }
    }

    /// What they add together, if that is kept and somebody stands with somebody.
    pub(crate) fn joint(&self) -> Option<&Joint> {
        match self {
            Self::All(joint, _) if !joint.is_empty() => Some(joint),
            Self::Unasked | Self::Few(..) | Self::All(..) => None,
        }
    }

    /// How many entities of a need can be paired, at least up to its k. Where all are kept it is judged by what is kept, and not here.
    pub(crate) fn most(&self, need: usize) -> usize {
        match self {
            Self::Unasked => usize::MAX,
            Self::Few(graphs, _) => {
                let with = graphs
                    .iter()
                    .filter(|(one, other, _)| *one == need || *other == need)
                    .map(|(_, other, graph)| graph.most(*other == need));
                with.min().unwrap_or(usize::MAX)
            }
            Self::All(..) => 0,
        }
    }
}

/// With whom those of one need can be paired: by other need, and how many with one of it.
#[derive(Debug)]
pub(crate) struct Partners(Vec<(Links, usize)>);

impl Partners {
    /// Of a need, in all others.
    pub(crate) fn of(places: &Places, needs: &[Need], need: usize) -> Self {
        let k = |at: usize| needs.get(at).map_or(1, |need| need.k.max(1));
        let others = (0..needs.len()).filter(|other| *other != need);
        let links = others.map(|other| (places.links(need, other), share(k(need), k(other))));
        Self(links.collect())
    }

    /// Those of these who are paired, whoever comes first, with the need with which these are least: all, where these are as many as the limit.
    pub(crate) fn counted(&self, among: &[usize], limit: usize) -> Vec<usize> {
        let each = self.0.iter().map(|(links, each)| {
            let paired = links.paired(among.iter().copied(), *each);
            paired.take(limit).collect::<Vec<usize>>()
        });
        let least = each.min_by_key(Vec::len);
        let least = least.filter(|paired| paired.len() < limit);
        least.unwrap_or_else(|| among.to_vec())
    }

    /// How many of these could have a partner of their own, with the need with which these are least, up to a limit.
    pub(crate) fn apart(&self, among: &[usize], limit: usize) -> usize {
        let most = |links: &Links| links.most(among.iter().copied(), 1, limit);
        let each = self.0.iter().map(|(links, _)| most(links));
        each.min().unwrap_or(usize::MAX)
    }
}

/// For how many of those who need k one stands of whom so many are needed.
fn share(k: usize, of: usize) -> usize {
    k.div_ceil(of.max(1)).max(1)
}

fn two_each(needs: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..needs).flat_map(move |one| (one + 1..needs).map(move |other| (one, other)))
}

/// Finds whom a need sees behind a row, each once.
fn see(behind: &mut Vec<u64>, need: Option<&Need>, tracks: &[Tracks<'_>], row: usize) {
    behind.clear();
    let members = need.and_then(|need| Some((need, tracks.get(need.slot)?.members(row))));
    let Some((need, members)) = members else {
        return;
    };
    let theirs = members
        .iter()
        .filter(|track| party_bit(**track) & need.parties != 0);
    behind.extend(theirs.map(|track| entity(*track)));
    if behind.len() > 1 {
        behind.sort_unstable();
        behind.dedup();
    }
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "tests")]
mod tests {
    use arrow::array::ListArray;
    use arrow::datatypes::UInt64Type;

    use super::*;

    fn need(slot: usize, parties: u64) -> Need {
        Need {
            slot,
            parties,
            k: 2,
            dominance: 0,
        }
    }

    #[test]
    fn each_of_three_is_paired_with_each_other() {
        let of = |needs| two_each(needs).collect::<Vec<_>>();
        assert_eq!(of(3), [(0, 1), (0, 2), (1, 2)]);
        assert_eq!(of(1), []);
    }

    /// A person of two banks that count together is once behind a row: what one bank takes back is taken back.
    #[test]
    fn who_is_named_by_two_banks_of_a_pool_is_there_once() {
        let theirs = |entity: u64| (1 << 56) | entity;
        let lists = |rows: [Vec<u64>; 2]| {
            let rows = rows.map(|row| Some(row.into_iter().map(Some)));
            ListArray::from_iter_primitive::<UInt64Type, _, _>(rows)
        };
        let people = lists([vec![7, theirs(7)], vec![7]]);
        let shops = lists([vec![1, 2], vec![1, 2]]);
        let tracks = [Tracks::read(&people), Tracks::read(&shops)];
        let tracks: Vec<Tracks<'_>> = tracks.into_iter().filter_map(Result::ok).collect();
        let needs = [need(0, 0b11), need(1, 0b11)];
        let mut net = Paired::new(Together::Net, &needs);
        assert_eq!(net.credit(&needs, &tracks, 0, 5), 2);
        assert_eq!([0, 1].map(|need| net.most(need)), [1, 1]);
        assert_eq!(net.credit(&needs, &tracks, 1, -5), 0);
        assert_eq!([0, 1].map(|need| net.most(need)), [0, 0]);
        let mut rows = Paired::new(Together::Enough, &needs);
        assert_eq!(
            rows.credit(&needs, &tracks, 0, 1) + rows.credit(&needs, &tracks, 1, 1),
            2
        );
        assert!(!rows.is_full() && Paired::new(Together::Enough, &needs[..1]).is_full());
    }

    proptest::proptest! {
        /// What is kept whole and what is added up pair by pair say the same, of three views too: what a third one has apart lends nobody company.
        #[test]
        fn whole_and_by_pairs_as_many_are_paired(
            rows in proptest::collection::vec(((0..4_u64, 0..4_u64, 0..3_u64), -2..3_i128), 0..12),
        ) {
            let needs = [0, 1, 2].map(|slot| need(slot, 1));
            let keys = rows.iter().map(|((a, b, c), amount)| (vec![(0, *a), (1, *b), (2, *c)], *amount));
            let places = Places::of(&Joint::of(keys), 3);
            for (one, other) in two_each(3) {
                let mut net = Graph::new((needs[one].k, needs[other].k), true);
                for ((a, b, c), amount) in &rows {
                    let who = [*a, *b, *c];
                    net.add(&[who[one]], &[who[other]], *amount);
                }
                let all = 0..places.size(one);
                let whole = places.links(one, other).most(all, 1, 2);
                proptest::prop_assert_eq!(whole, net.most(false));
            }
        }
    }

    #[test]
    fn as_many_as_the_limit_are_all() {
        let rows: Vec<[usize; 1]> = (0..5).map(|at| [at]).collect();
        let rows = rows.iter().map(|row| (&row[..], &row[..]));
        let partners = Partners(vec![(Links::of(rows, (5, 5)), 1)]);
        let all: Vec<usize> = (0..5).collect();
        assert_eq!(
            [4, 5, 6].map(|limit| partners.counted(&all, limit).len()),
            [5; 3]
        );
        let one = (0..5).map(|_| (&[0, 1, 2, 3, 4][..], &[0, 1, 2][..]));
        let partners = Partners(vec![(Links::of(one, (5, 3)), 1)]);
        assert_eq!(
            [3, 4].map(|limit| partners.counted(&all, limit).len()),
            [5, 3]
        );
    }
}
