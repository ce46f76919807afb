//! Traces: one party's view of a part, and when two of them are near.

use std::sync::Arc;

use arrow::datatypes::i256;

use super::print::{Distance, Entries, Print, apart, buckets, buckets_apart};
use crate::noise::gcd;

/// Nothing is cut.
pub(crate) const UNCUT: i128 = i128::MAX;

/// Whose entities a trace names: one party's (or a pool's) in one unit space.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Whose {
    /// The parties' names, sorted.
    pub(crate) parties: Vec<String>,
    /// The unit space.
    pub(crate) space: String,
}

impl Whose {
    /// Whether the same entity may be in both: one party's alone, and of a pool that it belongs to.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        let theirs = |party| other.parties.contains(party);
        self.space == other.space && self.parties.iter().any(theirs)
    }
}

/// A trace as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trace {
    pub(crate) whose: Arc<Whose>,
    /// The least number of entities when it was made.
    pub(crate) k: u32,
    /// What is added to k where nearness to this trace is judged.
    pub(crate) slack: u32,
    /// What one entity could add.
    pub(crate) cut: i128,
    /// The value is the sum of what the entities add.
    pub(crate) additive: bool,
    /// How many entities add something.
    pub(crate) entities: u64,
    /// How many of them counted when it was judged: of those whom one of another view stands behind, so many as were its due.
    pub(crate) stand: u64,
    pub(crate) print: Print,
}

/// A trace of a part that is being judged: with all its entities.
#[derive(Debug, Clone)]
pub(crate) struct Fresh {
    pub(crate) whose: Arc<Whose>,
    pub(crate) k: u32,
    pub(crate) cut: i128,
    pub(crate) additive: bool,
    pub(crate) entries: Entries,
}

/// The factor by which a near trace is multiplied: above / below.
pub(crate) type Factor = (i128, i128);

impl Fresh {
    /// Whether there are k of them.
    pub(crate) fn is_of_k(&self) -> bool {
        self.entries.len() >= usize::try_from(self.k.max(1)).unwrap_or(usize::MAX)
    }

    /// As it is kept, where all of them counted.
    pub(crate) fn keep(&self, slack: u32) -> Trace {
        let entities = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
        Trace {
            whose: Arc::clone(&self.whose),
            k: self.k,
            slack,
            cut: self.cut,
            additive: self.additive,
            entities,
            stand: entities,
            print: Print::of(&self.entries),
        }
    }

    /// Whether a trace is near, and by which factor. `raw` are both values before anything was done to them.
    pub(crate) fn near(&self, old: &Trace, raw: (i256, i256)) -> Option<Factor> {
        let limit = old.reach(self.k);
        let size = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
        if size.abs_diff(old.entities) >= u64::try_from(limit).unwrap_or(u64::MAX) {
            return None;
        }
        if let Some(distance) = self.distance(old, (1, 1), limit)
            && ((self.additive && old.additive)
                || distance.explains(raw.0.wrapping_sub(raw.1), &self.entries, limit))
        {
            return Some((1, 1));
        }
        if !(self.additive && old.additive) {
            return None;
        }
        let factor = self.factor(old).filter(|factor| *factor != (1, 1))?;
        self.has_factor(old, factor).then_some(factor)
    }

    /// Whether a trace is near by a factor. One that only a few have is theirs: it would be told with the value.
    pub(crate) fn has_factor(&self, old: &Trace, factor: Factor) -> bool {
        let Some(distance) = self.distance(old, factor, old.reach(self.k)) else {
            return false;
        };
        let size = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
        let having = size.max(old.entities);
        let having = having.saturating_sub(u64::try_from(distance.differing).unwrap_or(u64::MAX));
        having >= u64::from(self.k.max(old.k))
    }

    /// How far it is from a kept trace: as it is, or with both cut where they are cut alike; `None` at `limit`.
    pub(crate) fn distance(
        &self,
        old: &Trace,
        (above, below): Factor,
        limit: usize,
    ) -> Option<Distance> {
        match &old.print {
            Print::Exact(entries) => {
                let apart = |cut| apart(&self.entries, entries, cut, (above, below), limit);
                let ours = self.cut.checked_mul(below.saturating_abs());
                let theirs = old.cut.checked_mul(above.saturating_abs());
                let alike = ours.filter(|ours| theirs == Some(*ours) && self.cut != UNCUT);
                apart(UNCUT).or_else(|| apart(alike?))
            }
            Print::Buckets(theirs) => {
                buckets_apart(&buckets(&self.entries), theirs, (above, below), limit)
            }
        }
    }

    /// The factor by which most of the entities that both have differ, judged on a few of them.
    fn factor(&self, old: &Trace) -> Option<Factor> {
        commonest(self.factors(old), old.reach(self.k))
    }

    /// Factors of single entities (or buckets), in order.
    fn factors<'f>(&'f self, old: &'f Trace) -> Box<dyn Iterator<Item = Factor> + 'f> {
        match &old.print {
            Print::Exact(entries) => Box::new(factors_of(&self.entries, entries)),
            Print::Buckets(theirs) => Box::new(
                buckets(&self.entries)
                    .into_iter()
                    .zip(theirs)
                    .filter_map(|(ours, theirs)| reduced(ours, *theirs)),
            ),
        }
    }
}

impl Trace {
    /// The same where only so many of its entities counted.
    pub(crate) fn standing(self, stand: usize) -> Self {
        let stand = u64::try_from(stand).unwrap_or(u64::MAX).min(self.entities);
        Self { stand, ..self }
    }

    /// From how many differing entities on another part is another part.
    pub(crate) fn reach(&self, k: u32) -> usize {
        let k = k.max(self.k);
        let slack = self.slack.min(k / 2);
        usize::try_from(k.saturating_add(slack)).unwrap_or(usize::MAX)
    }

    /// Of a set those whom it is about, if these are all but a few. Of too many to list them it is not known.
    pub(crate) fn those_of(&self, set: &Fresh) -> Option<Fresh> {
        let Print::Exact(about) = &self.print else {
            return None;
        };
        let is_about = |(entity, _): &&(u64, i128)| {
            let at = about.binary_search_by_key(entity, |(other, _)| *other);
            at.is_ok()
        };
        let entries: Entries = set.entries.iter().filter(is_about).copied().collect();
        let others = about.len().saturating_sub(entries.len());
        let are_they = self.whose.meets(&set.whose) && others < self.reach(set.k);
        are_they.then(|| Fresh {
            entries,
            ..set.clone()
        })
    }

    /// Bytes held.
    pub(crate) fn size(&self) -> usize {
        size_of::<Self>() + self.print.size()
    }
}

/// The factors by which entities of the second list have what they have in the first.
pub(crate) fn factors_of<'e>(
    ours: &'e [(u64, i128)],
    theirs: &'e [(u64, i128)],
) -> impl Iterator<Item = Factor> + 'e {
    ours.iter().filter_map(|(entity, amount)| {
        let at = theirs.binary_search_by_key(entity, |(other, _)| *other);
        reduced(*amount, theirs.get(at.ok()?)?.1)
    })
}

/// The commonest of the first factors: of twice as many as may differ.
pub(crate) fn commonest(factors: impl Iterator<Item = Factor>, reach: usize) -> Option<Factor> {
    let mut seen: Vec<(Factor, usize)> = Vec::new();
    for factor in factors.take(reach.saturating_mul(2)) {
        match seen.iter_mut().find(|(other, _)| *other == factor) {
            Some((_, times)) => *times += 1,
            None => seen.push((factor, 1)),
        }
    }
    let commonest = seen.into_iter().max_by_key(|(_, times)| *times);
    commonest.map(|(factor, _)| factor)
}

/// A value by a factor; `None` if it is too large.
pub(crate) fn times(value: i256, (above, below): Factor) -> Option<i256> {
    let scaled = value.checked_mul(i256::from_i128(above))?;
    scaled.checked_div(i256::from_i128(below))
}

/// A factor in lowest terms with a positive denominator; `None` if one of them is 0.
fn reduced(above: i128, below: i128) -> Option<Factor> {
    let divisor = i128::try_from(gcd(above.unsigned_abs(), below.unsigned_abs())).ok()?;
    let sign = if below < 0 { -1 } else { 1 };
    let (above, below) = (above.checked_div(divisor)?, below.checked_div(divisor)?);
    (above != 0 && below != 0).then(|| (above.saturating_mul(sign), below.saturating_mul(sign)))
}
