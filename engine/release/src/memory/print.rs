//! What a part leaves behind to be recognised by: who added how much.
//!
//! Up to 1 024 entities it is the list itself, above that sums in 1 024 buckets by keyed hash. Fewer than r changed
//! entities change fewer than r buckets, and prints of disjoint rows add up.

use arrow::datatypes::i256;

use crate::hash::mix;

/// Up to so many entities a print is exact.
pub(crate) const EXACT: usize = 1024;
/// The mask of a bucket's number.
const BUCKET: u64 = EXACT as u64 - 1;

/// Who adds how much, sorted by entity; nobody adds 0.
pub(crate) type Entries = Vec<(u64, i128)>;

/// A print that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Print {
    /// All entities, sorted.
    Exact(Entries),
    /// Sums by bucket.
    Buckets(Vec<i128>),
}

/// How far two prints are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Distance {
    /// Entities (or buckets) that differ.
    pub(crate) differing: usize,
    /// What they can have changed of a value, at most.
    pub(crate) amount: i128,
}

impl Distance {
    /// Whether two values that are not the sums of what their entities add may be so far apart, and yet differ by fewer entities than `limit`:
    /// those that are seen to differ explain so much, and as many more as there may be as much as those who add most.
    pub(crate) fn explains(self, apart: i256, entries: &[(u64, i128)], limit: usize) -> bool {
        let more = limit.saturating_sub(self.differing.saturating_add(1));
        let amount = self.amount.saturating_add(most(entries, more));
        let amount = i256::from_i128(amount);
        apart <= amount && apart >= amount.wrapping_neg()
    }
}

/// The most that so many of them add together.
fn most(entries: &[(u64, i128)], many: usize) -> i128 {
    let amounts = entries.iter().map(|(_, amount)| amount.saturating_abs());
    let mut amounts: Vec<i128> = amounts.collect();
    if many < amounts.len() {
        amounts.select_nth_unstable_by(many, |a, b| b.cmp(a));
        amounts.truncate(many);
    }
    amounts.into_iter().fold(0, i128::saturating_add)
}

/// An amount by a factor. It has room: products of different amounts must not come out alike.
pub(crate) fn product(amount: i128, factor: i128) -> i256 {
    i256::from_i128(amount).wrapping_mul(i256::from_i128(factor))
}

/// How large a number is, as far as that can be said.
fn size(number: i256) -> i128 {
    number.wrapping_abs().to_i128().unwrap_or(i128::MAX)
}

impl Print {
    /// The print of entries.
    pub(crate) fn of(entries: &[(u64, i128)]) -> Self {
        if entries.len() > EXACT {
            Self::Buckets(buckets(entries))
        } else {
            Self::Exact(entries.to_vec())
        }
    }

    /// Bytes held.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Exact(entries) => entries.len() * size_of::<(u64, i128)>(),
            Self::Buckets(buckets) => buckets.len() * size_of::<i128>(),
        }
    }
}

/// What is left of an amount.
pub(crate) fn clip(amount: i128, cut: i128) -> i128 {
    amount.clamp(cut.saturating_neg(), cut)
}

/// Sums by bucket.
pub(crate) fn buckets(entries: &[(u64, i128)]) -> Vec<i128> {
    let mut sums = vec![0_i128; EXACT];
    for (entity, amount) in entries {
        let bucket = usize::try_from(mix(*entity) & BUCKET).unwrap_or(0);
        if let Some(sum) = sums.get_mut(bucket) {
            *sum = sum.wrapping_add(*amount);
        }
    }
    sums
}

/// How far apart `below` × the new and `above` × the old amounts are, cut at `cut` (the largest number: not at all); `None` at `limit`.
pub(crate) fn apart(
    new: &[(u64, i128)],
    old: &[(u64, i128)],
    cut: i128,
    (above, below): (i128, i128),
    limit: usize,
) -> Option<Distance> {
    let mut distance = Distance {
        differing: 0,
        amount: 0,
    };
    let (mut new, mut old) = (new.iter().peekable(), old.iter().peekable());
    let scaled = |entry: Option<&(u64, i128)>, factor| {
        let amount = entry.map_or(i256::ZERO, |(_, amount)| product(*amount, factor));
        let cut = i256::from_i128(cut);
        if cut == i256::from_i128(i128::MAX) {
            amount
        } else {
            amount.clamp(cut.wrapping_neg(), cut)
        }
    };
    loop {
        let order = match (new.peek(), old.peek()) {
            (None, None) => return Some(distance),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some((a, _)), Some((b, _))) => a.cmp(b),
        };
        let ours = scaled(new.next_if(|_| order.is_le()), below);
        let theirs = scaled(old.next_if(|_| order.is_ge()), above);
        if ours != theirs {
            distance.differing += 1;
            distance.amount = distance
                .amount
                .saturating_add(size(ours))
                .saturating_add(size(theirs));
            if distance.differing >= limit {
                return None;
            }
        }
    }
}

/// How far apart `below` × the new and `above` × the old buckets are; `None` at `limit`.
pub(crate) fn buckets_apart(
    new: &[i128],
    old: &[i128],
    (above, below): (i128, i128),
    limit: usize,
) -> Option<Distance> {
    let mut distance = Distance {
        differing: 0,
        amount: 0,
    };
    let pairs = new.iter().zip(old);
    let pairs = pairs.map(|(ours, theirs)| (product(*ours, below), product(*theirs, above)));
    for (ours, theirs) in pairs.filter(|(ours, theirs)| ours != theirs) {
        distance.differing += 1;
        let twice = size(ours.wrapping_sub(theirs)).saturating_mul(2);
        distance.amount = distance.amount.saturating_add(twice);
        if distance.differing >= limit {
            return None;
        }
    }
    Some(distance)
}

/// Entries less (or more) others, whatever is 0 left out.
pub(crate) fn combined(a: &[(u64, i128)], b: &[(u64, i128)], sign: i128) -> Entries {
    let mut sum: Entries = Vec::with_capacity(a.len() + b.len());
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => break,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some((x, _)), Some((y, _))) => x.cmp(y),
        };
        let mut entry = (0, 0_i128);
        if order.is_le()
            && let Some((entity, amount)) = left.next()
        {
            entry = (*entity, *amount);
        }
        if order.is_ge()
            && let Some((entity, amount)) = right.next()
        {
            entry = (*entity, entry.1.wrapping_add(amount.wrapping_mul(sign)));
        }
        if entry.1 != 0 {
            sum.push(entry);
        }
    }
    sum
}
