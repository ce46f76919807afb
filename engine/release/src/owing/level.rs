//! The level of a cut: the power of two that fewer than about k of those who add something exceed.
//!
//! It shows, for noise and grid are as large as it is. Whoever may choose what all others add, by weighing them with a table of
//! its own, would read from it on which side of a power of two one person's addition is, and of any other by another weight. So
//! with jitter it is looked for in comparisons of which each has noise of its own: what is counted there is as uncertain as
//! whether enough stand behind a group. Two at least must exceed what it is above: the largest addition is a person. (Where one is enough,
//! k = 1, it is hers.)

use super::adding::Adding;
use super::digest;
use crate::memory::Fresh;
use crate::noise::{Ratio, Stream, discrete_gaussian};
use crate::secrets::Secrets;
use crate::{ReleaseError, Result};

/// How many must exceed a level for the cut to be above it.
struct Threshold {
    most: i128,
    noise: Option<Noise>,
}

/// Noise of deviation k/5, in fifths of an entity, and never more than `limit`.
struct Noise {
    stream: Stream,
    variance: Ratio,
    limit: i128,
}

/// Among whom a level is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Among {
    /// How many add something.
    pub(crate) people: usize,
    /// How many are many.
    pub(crate) k: u32,
}

/// The least power of two that fewer than k exceed of those who add, or than all who are there if these are fewer; with jitter fewer than about
/// k, or half of those who are there. `fresh` says whose they are; what they add by itself, of which `adding` may be what is left, is what the
/// noise belongs to.
pub(crate) fn level(
    fresh: &Fresh,
    adding: &Adding<'_>,
    among: Among,
    jitter: bool,
    secrets: &Secrets,
) -> Result<i128> {
    let mut threshold = Threshold::of(fresh, among, jitter, secrets)?;
    let (mut low, mut high) = (0, i128::BITS - 1);
    while low < high {
        let middle = low.midpoint(high);
        if threshold.is_reached(adding.more_than(1 << middle)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(i128::try_from(1_u128 << low).unwrap_or(i128::MAX))
}

impl Threshold {
    fn of(fresh: &Fresh, among: Among, jitter: bool, secrets: &Secrets) -> Result<Self> {
        let k = i128::from(among.k.max(1));
        let people = i128::try_from(among.people).unwrap_or(i128::MAX);
        if !jitter {
            return Ok(Self {
                most: k.min(people.max(1)),
                noise: None,
            });
        }
        let half = people / 2 + people % 2;
        let most = k.min(half.max(2));
        let parties = fresh.whose.parties.iter().map(String::as_str);
        let stream = secrets.stream(parties, "subrosa cut v1", &digest::of_trace(fresh))?;
        let noise = Noise {
            stream,
            variance: Ratio::new(k.unsigned_abs().pow(2), 1).ok_or(ReleaseError::Overflow)?,
            limit: (3 * k).min(5 * (most - 2)).max(0),
        };
        Ok(Self {
            most,
            noise: Some(noise),
        })
    }

    fn is_reached(&mut self, above: usize) -> bool {
        let above = i128::try_from(above).unwrap_or(i128::MAX / 5);
        let noise = self.noise.as_mut().map_or(0, Noise::draw);
        5 * above + noise >= 5 * self.most
    }
}

impl Noise {
    fn draw(&mut self) -> i128 {
        discrete_gaussian(&mut self.stream, self.variance).clamp(-self.limit, self.limit)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use zeroize::Zeroizing;

    use super::*;
    use crate::memory::{UNCUT, Whose};

    fn secrets() -> Secrets {
        let mut secrets = Secrets::default();
        secrets.insert("bank", Zeroizing::new([7; 32]));
        secrets
    }

    fn of(amounts: &[i128]) -> Fresh {
        let whose = Whose {
            parties: vec!["bank".to_owned()],
            space: "person".to_owned(),
        };
        Fresh {
            whose: Arc::new(whose),
            k: 2,
            cut: UNCUT,
            additive: true,
            entries: (0..).zip(amounts.iter().copied()).collect(),
        }
    }

    /// Of all that they add.
    fn whole(amounts: &[i128], k: u32, jitter: bool) -> i128 {
        let all = amounts.iter().map(|amount| amount.unsigned_abs());
        let adding = Adding::of(all.collect(), None, k);
        let people = amounts.len();
        level(
            &of(amounts),
            &adding,
            Among { people, k },
            jitter,
            &secrets(),
        )
        .unwrap()
    }

    fn exact(amounts: &[i128], k: u32) -> i128 {
        whole(amounts, k, false)
    }

    /// Of a thousand sets, each with another first amount, how often which level.
    fn drawn(amounts: &[i128], k: u32) -> BTreeMap<i128, u32> {
        let mut times = BTreeMap::new();
        for first in 1..=1000 {
            let mut amounts = amounts.to_vec();
            amounts.push(1 << 20 | first);
            let level = whole(&amounts, k, true);
            *times.entry(level).or_default() += 1;
        }
        times
    }

    #[test]
    fn without_jitter_fewer_than_k_exceed_it_and_k_its_half() {
        let of_one = [0, 1, 2, 3, 4, 5, 1000, -30].map(|amount| exact(&[amount], 1));
        assert_eq!(of_one, [1, 1, 2, 4, 4, 8, 1024, 32]);
        assert_eq!(
            [1, 2, 3, 4, 10].map(|k| exact(&[5, 70, -9], k)),
            [128, 16, 8, 8, 8],
            "of fewer than k the least decides"
        );
        assert_eq!(exact(&[i128::MAX], 1), i128::MAX);
        assert_eq!(exact(&[i128::MIN], 1), i128::MAX);
        assert_eq!(exact(&[1 << 126], 1), 1 << 126);
        assert_eq!(exact(&[], 3), 1);
    }

    #[test]
    fn with_jitter_it_is_never_the_largest_alone_and_all_exceed_none() {
        for k in [2, 3, 5, 10, 25] {
            for people in u64::from(k)..u64::from(3 * k) {
                let mut amounts = vec![900; usize::try_from(people - 2).unwrap()];
                amounts.push(1 << 60);
                let levels = drawn(&amounts, k);
                // One person has 2^60 and one 2^20 and more; of the others nobody has less than 2^9 and more.
                assert!(
                    levels
                        .keys()
                        .all(|level| (1 << 10..=1 << 21).contains(level)),
                    "{k} {people} {levels:?}"
                );
            }
        }
    }

    #[test]
    fn with_jitter_about_k_exceed_its_half() {
        // Ranks are powers of four: the 20th largest is 4^20.
        let amounts: Vec<i128> = (1..40).rev().map(|at| 1 << (2 * at)).collect();
        let levels = drawn(&amounts, 10);
        let rank = |level: &i128| 40 - level.ilog2().div_ceil(2);
        let mut ranks = BTreeMap::new();
        for (level, times) in &levels {
            *ranks.entry(rank(level)).or_insert(0) += times;
        }
        assert!(
            ranks.keys().all(|rank| (4..=16).contains(rank)),
            "{ranks:?}"
        );
        let near: u32 = ranks
            .iter()
            .filter(|(rank, _)| (8..=12).contains(*rank))
            .map(|(_, times)| *times)
            .sum();
        assert!(near > 600 && ranks.len() > 4, "{ranks:?}");
        assert!(ranks.keys().any(|rank| *rank < 7), "{ranks:?}");
    }

    #[test]
    fn whoever_is_the_kth_hardly_shows() {
        // Nine have very much and forty hardly anything; one has half a million or more than that.
        let of = |amount: i128| {
            let mut amounts = vec![1 << 40; 9];
            amounts.extend([3; 40]);
            amounts.push(amount);
            amounts
        };
        let shares = [500_000, 600_000].map(|amount| {
            let high = drawn(&of(amount), 11)
                .into_iter()
                .filter(|(level, _)| *level > 1 << 19);
            high.map(|(_, times)| times).sum::<u32>()
        });
        assert!(shares[0].abs_diff(shares[1]) < 150, "{shares:?}");
        assert_eq!(
            [500_000, 600_000].map(|amount| exact(&of(amount), 10)),
            [1 << 19, 1 << 20]
        );
    }

    #[test]
    fn the_same_additions_have_the_same_level() {
        let amounts: Vec<i128> = (0..40).map(|at| 1 << at).collect();
        let again = || whole(&amounts, 10, true);
        assert_eq!(again(), again());
    }
}
