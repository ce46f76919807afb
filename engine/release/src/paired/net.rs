//! What those of two views add together, pair by pair.
//!
//! Pairs whose rows cancel out add nothing together, and must not count: else a table with each shop once for +1 and once for −1
//! would make a crowd of all who pay there. All are kept up to a limit; above it they are added up by the hash of either. What
//! is not 0 there is a pair at least, of other people than any other row and column has, so too many are never counted.

use super::graph::{NOBODY, Pair, most};
use crate::hash::{NumberMap, mix};

/// Up to so many pairs are a list.
const FEW: usize = 24;
/// At least so many rows and columns.
const SOME: usize = 128;

/// Pair → what it adds.
#[derive(Debug)]
pub(crate) struct Net {
    k: (usize, usize),
    /// So many rows and columns, and one of each for nobody; as many pairs as the square of it are kept.
    side: usize,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Few(Vec<(Pair, i128)>),
    Many(NumberMap<Pair, i128>),
    Sums(Vec<i128>),
}

impl Net {
    /// Nobody yet, between needs of so many entities.
    pub(super) fn new(k: (usize, usize)) -> Self {
        let side = k.0.max(k.1).saturating_mul(4).checked_next_power_of_two();
        Self {
            k,
            side: side.unwrap_or(usize::MAX).max(SOME),
            form: Form::Few(Vec::new()),
        }
    }

    /// Adds an amount to what all of one side add with all of the other; returns by how many pairs it grew.
    pub(super) fn add(&mut self, ours: &[u64], theirs: &[u64], amount: i128) -> usize {
        if ours.len().saturating_mul(theirs.len()) > self.limit() {
            self.sum_up();
        }
        if let Form::Sums(sums) = &mut self.form {
            let (rows, columns) = (places(ours, self.side), places(theirs, self.side));
            for (row, times) in &rows {
                for (column, others) in &columns {
                    let times = times.wrapping_mul(*others);
                    put(sums, (*row, *column), self.side, amount.wrapping_mul(times));
                }
            }
            return 0;
        }
        let pairs = ours
            .iter()
            .flat_map(|our| theirs.iter().map(|their| (*our, *their)));
        pairs.filter(|pair| self.put(*pair, amount)).count()
    }

    fn limit(&self) -> usize {
        self.side.saturating_mul(self.side)
    }

    /// Takes the form of sums.
    fn sum_up(&mut self) {
        let mut sums = vec![0; (self.side + 1) * (self.side + 1)];
        match std::mem::replace(&mut self.form, Form::Few(Vec::new())) {
            Form::Few(list) => list
                .into_iter()
                .for_each(|(pair, amount)| add(&mut sums, self.side, pair, amount)),
            Form::Many(map) => map
                .into_iter()
                .for_each(|(pair, amount)| add(&mut sums, self.side, pair, amount)),
            Form::Sums(all) => sums = all,
        }
        self.form = Form::Sums(sums);
    }

    /// Adds to what a pair adds; whether it is new. Numbers wrap: a wrapped zero can only lower the support.
    fn put(&mut self, pair: Pair, amount: i128) -> bool {
        let limit = self.limit();
        match &mut self.form {
            Form::Few(list) => {
                if let Some((_, sum)) = list.iter_mut().find(|(key, _)| *key == pair) {
                    *sum = sum.wrapping_add(amount);
                    return false;
                }
                list.push((pair, amount));
                if list.len() > FEW {
                    self.form = Form::Many(list.drain(..).collect());
                }
            }
            Form::Many(map) => {
                let before = map.len();
                let sum = map.entry(pair).or_insert(0);
                *sum = sum.wrapping_add(amount);
                if map.len() == before {
                    return false;
                }
                if map.len() > limit {
                    self.sum_up();
                }
            }
            Form::Sums(sums) => {
                add(sums, self.side, pair, amount);
                return false;
            }
        }
        true
    }

    /// Adds what was seen elsewhere.
    pub(super) fn merge(&mut self, other: Self) -> usize {
        let theirs: Vec<(Pair, i128)> = match other.form {
            Form::Few(list) => list,
            Form::Many(map) => map.into_iter().collect(),
            Form::Sums(theirs) => {
                self.sum_up();
                if let Form::Sums(ours) = &mut self.form {
                    let sums = ours.iter_mut().zip(theirs);
                    sums.for_each(|(sum, amount)| *sum = sum.wrapping_add(amount));
                }
                return 0;
            }
        };
        let new = theirs
            .into_iter()
            .filter(|(pair, amount)| self.put(*pair, *amount));
        new.count()
    }

    /// How many of our side can be paired, up to its k; `turned`: of theirs.
    pub(super) fn most(&self, turned: bool) -> usize {
        let something = |(pair, amount): (Pair, i128)| (amount != 0).then_some(pair);
        match &self.form {
            Form::Few(list) => most(list.iter().copied().filter_map(something), self.k, turned),
            Form::Many(map) => {
                let pairs = map.iter().map(|(pair, amount)| (*pair, *amount));
                most(pairs.filter_map(something), self.k, turned)
            }
            Form::Sums(sums) => {
                let named = |at: usize| {
                    if at == self.side {
                        NOBODY
                    } else {
                        u64::try_from(at).unwrap_or(NOBODY)
                    }
                };
                let width = self.side + 1;
                let pairs = sums.iter().enumerate();
                let pairs = pairs.map(|(at, sum)| ((named(at / width), named(at % width)), *sum));
                most(pairs.filter_map(something), self.k, turned)
            }
        }
    }
}

fn add(sums: &mut [i128], side: usize, (our, their): Pair, amount: i128) {
    put(sums, (place(our, side), place(their, side)), side, amount);
}

fn put(sums: &mut [i128], (row, column): (usize, usize), side: usize, amount: i128) {
    if let Some(sum) = sums.get_mut(row * (side + 1) + column) {
        *sum = sum.wrapping_add(amount);
    }
}

/// How many of these are in each row or column.
fn places(who: &[u64], side: usize) -> NumberMap<usize, i128> {
    let mut places = NumberMap::default();
    for one in who {
        *places.entry(place(*one, side)).or_insert(0) += 1;
    }
    places
}

/// The row or column of somebody; nobody has one of its own.
fn place(who: u64, side: usize) -> usize {
    if who == NOBODY {
        return side;
    }
    let last = u64::try_from(side).unwrap_or(u64::MAX).saturating_sub(1);
    usize::try_from(mix(who) & last).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn net(pairs: &[(Pair, i128)]) -> Net {
        let mut net = Net {
            side: 4,
            ..Net::new((3, 2))
        };
        for ((our, their), amount) in pairs {
            net.add(&[*our], &[*their], *amount);
        }
        net
    }

    /// What rows and columns add up to, whatever the form.
    fn sums(mut net: Net) -> Vec<i128> {
        net.sum_up();
        match net.form {
            Form::Sums(sums) => sums,
            Form::Few(_) | Form::Many(_) => Vec::new(),
        }
    }

    fn form(net: &Net) -> &'static str {
        match net.form {
            Form::Few(_) => "few",
            Form::Many(_) => "many",
            Form::Sums(_) => "sums",
        }
    }

    fn pairs() -> impl Strategy<Value = Vec<(Pair, i128)>> {
        let who = || prop_oneof![9 => 0..9_u64, 1 => Just(NOBODY)];
        proptest::collection::vec(((who(), who()), -2..3_i128), 0..60)
    }

    proptest! {
        #[test]
        fn the_order_of_rows_and_merging_change_nothing(all in pairs(), at in 0..60_usize) {
            let (front, back) = all.split_at(at.min(all.len()));
            let (mut merged, turned) = (net(back), net(&all.iter().rev().copied().collect::<Vec<_>>()));
            merged.merge(net(front));
            let whole = net(&all);
            for other in [merged, turned] {
                for side in [false, true] {
                    prop_assert_eq!(whole.most(side), other.most(side));
                }
                prop_assert_eq!(form(&whole) == "sums", form(&other) == "sums");
                prop_assert_eq!(sums(net(&all)), sums(other));
            }
        }

        #[test]
        fn all_of_a_row_are_added_as_if_one_by_one(
            ours in proptest::collection::btree_set(0..40_u64, 1..9),
            theirs in proptest::collection::btree_set(0..40_u64, 1..9),
        ) {
            let ours: Vec<u64> = ours.into_iter().collect();
            let theirs: Vec<u64> = theirs.into_iter().collect();
            let mut together = net(&[]);
            let grown = together.add(&ours, &theirs, 7);
            let each: Vec<_> = ours.iter().flat_map(|our| theirs.iter().map(|their| ((*our, *their), 7))).collect();
            let few = each.len() <= 16;
            prop_assert_eq!(form(&together) == "sums", !few);
            prop_assert_eq!(grown, if few { each.len() } else { 0 });
            prop_assert_eq!(sums(together), sums(net(&each)));
        }
    }

    #[test]
    fn it_grows_by_pairs_that_are_new_up_to_its_limit() {
        let mut wide = Net::new((3, 2));
        let mut grown = |pair: Pair| wide.add(&[pair.0], &[pair.1], 1);
        assert_eq!([(1, 2), (1, 3), (1, 2)].map(&mut grown), [1, 1, 0]);
        let more: usize = (0..100).map(|at| grown((9, at))).sum();
        assert_eq!((more, grown((9, 5))), (100, 0));
        assert_eq!(form(&wide), "many");
        let of = |size: u64| net(&(0..size).map(|at| ((at, 0), 1)).collect::<Vec<_>>());
        assert_eq!(
            [16, 17].map(|size| form(&of(size))),
            ["few", "few"],
            "a list is short"
        );
        let of = |size: u64| form(&of(size)).to_owned();
        assert_eq!([24, 25, 26].map(of), ["few", "many", "sums"]);
        assert_eq!(
            [1, 32, 33, 100].map(|k| Net::new((k, 1)).side),
            [128, 128, 256, 512]
        );
    }

    #[test]
    fn more_pairs_than_its_limit_are_summed_up() {
        let of = |size: u64| {
            let mut net = Net {
                side: 8,
                ..Net::new((3, 2))
            };
            (0..size).for_each(|at| _ = net.add(&[at], &[0], 1));
            form(&net)
        };
        assert_eq!([63, 64, 65].map(of), ["many", "many", "sums"]);
    }

    #[test]
    fn nobody_has_a_row_of_its_own() {
        // Eight who stand alone beside forty with one partner: the partner is one, the others need none.
        let alone = (0..8).map(|at| ((at, NOBODY), 1));
        let hers = (0..40).map(|at| ((100 + at, 5), 1));
        let all = net(&alone.chain(hers).collect::<Vec<_>>());
        assert_eq!(
            (form(&all), all.most(false), all.most(true)),
            ("sums", 3, 1)
        );
        let hers: Vec<_> = (0..40).map(|at| ((100 + at, 5), 1)).collect();
        assert_eq!(
            net(&hers).most(false),
            2,
            "one of whom two are wanted stands for two of three"
        );
    }
}
