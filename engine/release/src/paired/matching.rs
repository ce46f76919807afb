//! How many of one view can be paired with somebody of another, each with one of those who stand behind a row with it.
//!
//! The size of a largest matching, by augmenting paths. Whoever was reached in vain is never reached in earnest later on, so
//! a search that fails is paid for once.

use crate::hash::NumberMap;

/// Lists of places, one after the other.
#[derive(Debug, Default)]
struct Lists {
    ends: Vec<usize>,
    items: Vec<usize>,
}

/// Who of one view, the left, stands behind which rows, and who of the other, the right, stands there.
#[derive(Debug)]
pub(crate) struct Links {
    rows: Lists,
    partners: Lists,
    right: usize,
}

/// Pairs that were found, and what a search for more has seen.
struct Matching<'l> {
    links: &'l Links,
    /// So many may have the same partner.
    each: usize,
    /// By partner: who has it.
    had: NumberMap<usize, Vec<usize>>,
    /// By who is paired: with whom.
    partner: NumberMap<usize, Partner>,
    seen: Vec<bool>,
    /// By partner that was reached: from where.
    from: Vec<Option<usize>>,
}

/// With whom somebody is paired.
#[derive(Debug, Clone, Copy)]
enum Partner {
    With(usize),
    /// It stands behind a row with nobody, and needs none.
    Alone,
}

/// What one search has seen.
#[derive(Default)]
struct Seen {
    rows: Vec<usize>,
    partners: Vec<usize>,
}

impl Lists {
    fn push(&mut self, list: impl IntoIterator<Item = usize>) {
        self.items.extend(list);
        self.ends.push(self.items.len());
    }

    fn get(&self, at: usize) -> &[usize] {
        let from = at.checked_sub(1).and_then(|before| self.ends.get(before));
        let range = from.copied().unwrap_or(0)..self.ends.get(at).copied().unwrap_or(0);
        self.items.get(range).unwrap_or(&[])
    }

    /// By item of these lists, the lists that have it; of so many items.
    fn turned(&self, items: usize) -> Self {
        let mut lists = vec![Vec::new(); items];
        for list in 0..self.ends.len() {
            for item in self.get(list) {
                if let Some(having) = lists.get_mut(*item) {
                    having.push(list);
                }
            }
        }
        let mut turned = Self::default();
        for list in lists {
            turned.push(list);
        }
        turned
    }
}

impl Links {
    /// Of rows, each with those of the left and of the right who stand behind it, of so many left and right ones.
    pub(crate) fn of<'r>(
        rows: impl Iterator<Item = (&'r [usize], &'r [usize])>,
        (left, right): (usize, usize),
    ) -> Self {
        let (mut members, mut partners) = (Lists::default(), Lists::default());
        for (ours, theirs) in rows {
            members.push(ours.iter().copied());
            partners.push(theirs.iter().copied());
        }
        Self {
            rows: members.turned(left),
            partners,
            right,
        }
    }

    /// How many of these left ones can be paired at once, where `each` of them may have the same partner; no more than `limit`.
    /// Who stands behind a row with nobody is paired without.
    pub(crate) fn most(
        &self,
        among: impl Iterator<Item = usize>,
        each: usize,
        limit: usize,
    ) -> usize {
        self.paired(among, each).take(limit).count()
    }

    /// Those of them who are paired: whoever comes and can be together with those before. One partner more or less makes a difference of no
    /// more than `each` of them.
    pub(crate) fn paired(
        &self,
        among: impl Iterator<Item = usize>,
        each: usize,
    ) -> impl Iterator<Item = usize> {
        let mut matching = Matching {
            links: self,
            each,
            had: NumberMap::default(),
            partner: NumberMap::default(),
            seen: vec![false; self.partners.ends.len()],
            from: vec![None; self.right],
        };
        among.filter(move |left| matching.pair(*left))
    }
}

impl Matching<'_> {
    /// Finds a partner for one more, where others have to take other partners if need be.
    fn pair(&mut self, start: usize) -> bool {
        let (mut queue, mut seen, mut at) = (vec![start], Seen::default(), 0);
        while let Some(left) = queue.get(at).copied() {
            if let Some(partner) = self.look(left, &mut queue, &mut seen) {
                self.settle(left, partner);
                self.forget(seen);
                return true;
            }
            at += 1;
        }
        false
    }

    /// A free partner of somebody, or that it needs none; else those who have its partners come into the queue.
    fn look(&mut self, left: usize, queue: &mut Vec<usize>, seen: &mut Seen) -> Option<Partner> {
        let links = self.links;
        for row in links.rows.get(left) {
            match self.seen.get_mut(*row) {
                Some(known) if !*known => *known = true,
                Some(_) | None => continue,
            }
            seen.rows.push(*row);
            let partners = links.partners.get(*row);
            if partners.is_empty() {
                return Some(Partner::Alone);
            }
            for partner in partners {
                match self.from.get_mut(*partner) {
                    Some(from) if from.is_none() => *from = Some(left),
                    Some(_) | None => continue,
                }
                seen.partners.push(*partner);
                let having = self.had.get(partner).map_or(&[][..], Vec::as_slice);
                if having.len() < self.each {
                    return Some(Partner::With(*partner));
                }
                queue.extend(having);
            }
        }
        None
    }

    /// Gives somebody a partner, and the one it had to whom it was reached from.
    fn settle(&mut self, mut left: usize, mut partner: Partner) {
        loop {
            if let Partner::With(partner) = partner {
                self.had.entry(partner).or_default().push(left);
            }
            let Some(Partner::With(before)) = self.partner.insert(left, partner) else {
                return;
            };
            if let Some(having) = self.had.get_mut(&before) {
                having.retain(|other| *other != left);
            }
            let Some(from) = self.from.get(before).copied().flatten() else {
                return;
            };
            (left, partner) = (from, Partner::With(before));
        }
    }

    /// What a search has seen that succeeded may be reached again.
    fn forget(&mut self, seen: Seen) {
        for row in seen.rows {
            if let Some(known) = self.seen.get_mut(row) {
                *known = false;
            }
        }
        for partner in seen.partners {
            if let Some(from) = self.from.get_mut(partner) {
                *from = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn links(rows: &[(Vec<usize>, Vec<usize>)]) -> Links {
        let rows = rows.iter().map(|(left, right)| (&left[..], &right[..]));
        Links::of(rows, (6, 6))
    }

    /// What Hall's theorem says: whichever partners are looked at, no more can be paired than these allow and all who also have others.
    fn hall(rows: &[(Vec<usize>, Vec<usize>)], among: &[usize], each: usize) -> usize {
        let allowed = |some: u32| {
            let others = |left: &&usize| {
                rows.iter().any(|(ours, theirs)| {
                    ours.contains(left)
                        && (theirs.is_empty() || theirs.iter().any(|one| some >> one & 1 == 0))
                })
            };
            let few = usize::try_from(some.count_ones()).unwrap_or(usize::MAX);
            each * few + among.iter().filter(others).count()
        };
        (0..64).map(allowed).min().unwrap_or(0)
    }

    fn members(least: usize) -> impl Strategy<Value = Vec<usize>> {
        proptest::collection::btree_set(0..6_usize, least..3)
            .prop_map(|set| set.into_iter().collect())
    }

    proptest! {
        #[test]
        fn as_many_are_paired_as_can_be(
            rows in proptest::collection::vec((members(1), members(0)), 0..14),
            left in 0..64_u32,
            each in 1..4_usize,
            limit in 0..7_usize,
        ) {
            let among: Vec<usize> = (0..6).filter(|one| left >> one & 1 == 1).collect();
            let expected = hall(&rows, &among, each).min(limit);
            prop_assert_eq!(links(&rows).most(among.into_iter(), each, limit), expected);
        }
    }

    proptest! {
        /// Else what is remembered of a set that was too small would say whether somebody of the other view was there.
        #[test]
        fn one_partner_more_is_a_difference_of_one(
            rows in proptest::collection::vec((members(1), members(1)), 0..14),
            each in 1..3_usize,
        ) {
            let paired = |rows: &[_]| links(rows).paired(0..6, each).collect::<Vec<usize>>();
            let without = rows.iter().map(|(ours, theirs)| {
                let theirs = theirs.iter().copied().filter(|one| *one != 0).collect::<Vec<_>>();
                let ours = if theirs.is_empty() { Vec::new() } else { ours.clone() };
                (ours, theirs)
            });
            let (with, without) = (paired(&rows), paired(&without.collect::<Vec<_>>()));
            prop_assert!(without.iter().all(|one| with.contains(one)));
            prop_assert!(with.len() - without.len() <= each);
        }
    }

    #[test]
    fn those_of_one_person_are_one() {
        let hers: Vec<_> = (0..5).map(|shop| (vec![shop], vec![0])).collect();
        let most = |each| links(&hers).most(0..5, each, 9);
        assert_eq!([1, 2, 5, 9].map(most), [1, 2, 5, 5]);
    }

    #[test]
    fn others_make_room() {
        let rows = [
            (vec![0], vec![0, 1]),
            (vec![1], vec![0]),
            (vec![2], vec![1, 2]),
            (vec![2], vec![2]),
        ];
        assert_eq!(links(&rows).most([0, 2, 1].into_iter(), 1, 9), 3);
    }
}
