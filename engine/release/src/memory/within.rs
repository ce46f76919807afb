//! Whether the entities of one part are among those of another, by a factor.

use std::borrow::Cow;

use super::print::product;
use super::trace::{Factor, commonest, factors_of};

/// No factor.
pub(super) const ONE: Factor = (1, 1);

/// How many of the part's entities do not add the same to the whole, the part by a factor; `None` if `limit` or all do not.
pub(super) fn missing(
    part: &[(u64, i128)],
    whole: &[(u64, i128)],
    (above, below): Factor,
    limit: usize,
) -> Option<usize> {
    let mut missing = 0;
    let mut whole = whole.iter().peekable();
    for (entity, amount) in part {
        while whole.next_if(|(other, _)| other < entity).is_some() {}
        let same = whole.peek().is_some_and(|(other, theirs)| {
            other == entity && product(*theirs, below) == product(*amount, above)
        });
        missing += usize::from(!same);
        if missing >= limit {
            return None;
        }
    }
    (missing < part.len()).then_some(missing)
}

/// Whether so many of the part's entities as make k, and all but a few, are in the whole by a factor: one that a few have is theirs.
pub(super) fn are_many(
    part: &[(u64, i128)],
    whole: &[(u64, i128)],
    factor: Factor,
    limit: usize,
    k: u32,
) -> bool {
    let k = usize::try_from(k).unwrap_or(usize::MAX);
    missing(part, whole, factor, limit).is_some_and(|few| part.len().saturating_sub(few) >= k)
}

/// The factor by which all but a few of the part's entities are in the whole: none, or one of sums.
pub(super) fn factor_within(
    part: &[(u64, i128)],
    whole: &[(u64, i128)],
    limit: usize,
    additive: bool,
) -> Option<Factor> {
    if missing(part, whole, ONE, limit).is_some() {
        return Some(ONE);
    }
    if !additive {
        return None;
    }
    let factor = commonest(factors_of(whole, part), limit)?;
    missing(part, whole, factor, limit).map(|_| factor)
}

/// Entries by a factor, and how many of them do not divide: these are cut off.
pub(super) fn by_factor(
    entries: &[(u64, i128)],
    (above, below): Factor,
) -> (Cow<'_, [(u64, i128)]>, usize) {
    if (above, below) == ONE {
        return (Cow::Borrowed(entries), 0);
    }
    let mut cut_off = 0_usize;
    let mut scaled = Vec::with_capacity(entries.len());
    for (entity, amount) in entries {
        let amount = amount.checked_mul(above);
        let rest = amount.and_then(|amount| amount.checked_rem(below));
        cut_off += usize::from(rest != Some(0));
        match amount.and_then(|amount| amount.checked_div(below)) {
            Some(0) | None => {}
            Some(amount) => scaled.push((*entity, amount)),
        }
    }
    (Cow::Owned(scaled), cut_off)
}
