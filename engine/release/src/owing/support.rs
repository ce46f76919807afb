//! Support with jitter: nobody can stand exactly on the threshold, because nobody knows where it is.

use arrow::datatypes::i256;

use super::digest;
use crate::memory::Fresh;
use crate::noise::{Ratio, discrete_gaussian};
use crate::secrets::Secrets;
use crate::{ReleaseError, Result};

/// Whether enough entities stand behind something.
///
/// Without jitter that is k. With jitter, n + z must reach k + 3k/5, where z is noise of deviation k/5 that belongs to
/// these very entities: asking again, in other words or with other rows of theirs, gives the same z. Never below k; and
/// z is never more than 3k/5, so from 2k + k/5 on nothing is withheld.
pub(crate) fn enough(set: &Fresh, jitter: bool, secrets: &Secrets) -> Result<bool> {
    reached(set, fifths_of_most(set), jitter, secrets)
}

/// The same with jitter of entities of whom something was told when they were `before` many: with all of them it is told again, and nobody
/// knows with how many of them it is not.
pub(crate) fn enough_again(set: &Fresh, before: u64, secrets: &Secrets) -> Result<bool> {
    let before = i128::from(before).saturating_mul(5);
    reached(set, fifths_of_most(set).min(before), true, secrets)
}

/// From how many on there are always enough, in fifths of an entity.
fn fifths_of_most(set: &Fresh) -> i128 {
    11 * i128::from(set.k.max(1))
}

/// Whether there are as many as a threshold between k and `most`, in fifths. Its noise has a sixth of the way between as its deviation.
fn reached(set: &Fresh, most: i128, jitter: bool, secrets: &Secrets) -> Result<bool> {
    let (n, k) = (
        i128::try_from(set.entries.len()).unwrap_or(i128::MAX / 10),
        i128::from(set.k.max(1)),
    );
    let way = most.saturating_sub(5 * k).max(0);
    if n < k || !jitter || way == 0 || 5 * n >= most {
        return Ok(n >= k);
    }
    let message = digest::of_value(std::slice::from_ref(set), i256::ZERO);
    let mut stream = secrets.stream(
        set.whose.parties.iter().map(String::as_str),
        "subrosa jitter v1",
        &message,
    )?;
    let variance = Ratio::new(way.unsigned_abs().pow(2), 36).ok_or(ReleaseError::Overflow)?;
    let z = discrete_gaussian(&mut stream, variance).clamp(-(way / 2), way / 2);
    Ok(2 * (5 * n + z) >= most + 5 * k)
}

/// What is added to k where nearness to a value is judged: at most k/2, and nobody knows it.
pub(crate) fn slack(trace: &Fresh, jitter: bool, secrets: &Secrets) -> Result<u32> {
    if !jitter {
        return Ok(0);
    }
    let message = digest::of_trace(trace);
    let mut stream = secrets.stream(
        trace.whose.parties.iter().map(String::as_str),
        "subrosa reach v1",
        &message,
    )?;
    let drawn = stream.below(u128::from(trace.k / 2) + 1);
    Ok(u32::try_from(drawn).unwrap_or(0))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::Arc;

    use zeroize::Zeroizing;

    use super::*;
    use crate::memory::Whose;

    const K: u32 = 10;

    fn secrets() -> Secrets {
        let mut secrets = Secrets::default();
        secrets.insert("bank", Zeroizing::new([7; 32]));
        secrets
    }

    /// Entities from a number on, each of whom adds one.
    fn set(first: u64, size: u64) -> Fresh {
        Fresh {
            whose: Arc::new(Whose {
                parties: vec!["bank".to_owned()],
                space: "person".to_owned(),
            }),
            k: K,
            cut: i128::MAX,
            additive: true,
            entries: (first..first + size).map(|entity| (entity, 1)).collect(),
        }
    }

    /// Of a thousand sets of one size, how many are enough.
    fn of_a_thousand(size: u64) -> usize {
        let secrets = secrets();
        let sets = (0..1000).map(|number| set(number * 100, size));
        sets.filter(|set| enough(set, true, &secrets).unwrap())
            .count()
    }

    #[test]
    fn without_jitter_k_are_enough() {
        let is_enough = |size| enough(&set(0, size), false, &secrets()).unwrap();
        assert_eq!([9, 10, 11].map(is_enough), [false, true, true]);
    }

    #[test]
    fn with_jitter_nobody_stands_on_the_threshold() {
        assert_eq!(of_a_thousand(9), 0, "fewer than k");
        assert_eq!(of_a_thousand(22), 1000, "more than 2k + k/5");
        // The noise of deviation k/5 is z: n + z must reach 16.
        let expected = [(10, 0..15), (13, 30..110), (16, 450..620), (19, 890..970)];
        for (size, few_or_many) in expected {
            let stand = of_a_thousand(size);
            assert!(few_or_many.contains(&stand), "{stand} of {size}");
        }
        let twice = [0; 2].map(|first| enough(&set(first, 16), true, &secrets()).unwrap());
        assert_eq!(twice[0], twice[1], "the same people");
    }

    #[test]
    fn what_was_told_of_some_is_told_again_of_them_and_of_half_of_them_perhaps() {
        let secrets = secrets();
        let again = |size: u64, before: u64| {
            let sets = (0..1000).map(|number| set(number * 100, size));
            sets.filter(|set| enough_again(set, before, &secrets).unwrap())
                .count()
        };
        assert_eq!([9, 19, 20].map(|size| again(size, 19)), [0, 1000, 1000]);
        let expected = [
            (10, 0..30),
            (13, 100..250),
            (14, 270..470),
            (15, 530..730),
            (18, 960..1001),
        ];
        for (size, few_or_many) in expected {
            let stand = again(size, 19);
            assert!(few_or_many.contains(&stand), "{stand} of {size}");
        }
        // Of more than 2k + k/5 it is as if nothing had been told.
        let alone = of_a_thousand(16);
        assert_eq!(again(16, 22), alone);
        assert_eq!(again(16, 1000), alone);
        assert_eq!([9, 10].map(|size| again(size, 10)), [0, 1000]);
    }

    #[test]
    fn the_reach_is_up_to_half_of_k_and_belongs_to_the_people() {
        let secrets = secrets();
        assert_eq!(slack(&set(0, 20), false, &secrets).unwrap(), 0);
        let mut drawn = [0_usize; 7];
        for number in 0..600 {
            let reach = slack(&set(number * 100, 20), true, &secrets).unwrap();
            let again = slack(&set(number * 100, 20), true, &secrets).unwrap();
            assert_eq!(reach, again);
            *drawn.get_mut(usize::try_from(reach).unwrap()).unwrap() += 1;
        }
        let [within @ .., above] = drawn;
        assert!(
            within.iter().all(|times| (60..150).contains(times)),
            "{within:?}"
        );
        assert_eq!(above, 0);
    }
}
