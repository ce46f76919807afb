//! Contribution vectors: what each entity adds to a sum.
//!
//! An entity whose rows cancel out adds nothing, and must not count as support: otherwise rows of +1 and -1 would make
//! a crowd for one person. So a sum's support is counted on net contributions. A vector is exact up to a limit of
//! entities; above it, contributions are added up in buckets by the track's hash. A bucket other than zero holds at
//! least one entity whose net is not zero, so the count of buckets is never too large; and which of the two forms a
//! vector has depends only on the entities in it, never on their order.

use crate::hash::{NumberMap, mix};

/// Up to here a vector is a list.
const FEW: usize = 32;

/// Entity → what it adds.
#[derive(Debug)]
pub(crate) struct Vector {
    /// Above so many entities they are bucketed, in as many buckets; a power of two, or `usize::MAX` for never.
    limit: usize,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Few(Vec<(u64, i128)>),
    Many(NumberMap<u64, i128>),
    Buckets(Vec<i128>),
}

impl Vector {
    /// An empty vector.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            form: Form::Few(Vec::new()),
        }
    }

    /// Adds to what an entity adds; true if the vector grew. Numbers wrap: a wrapped zero can only lower the support.
    pub(crate) fn add(&mut self, entity: u64, amount: i128) -> bool {
        match &mut self.form {
            Form::Few(list) => {
                if let Some((_, sum)) = list.iter_mut().find(|(key, _)| *key == entity) {
                    *sum = sum.wrapping_add(amount);
                    return false;
                }
                list.push((entity, amount));
            }
            Form::Many(map) => {
                let before = map.len();
                let sum = map.entry(entity).or_insert(0);
                *sum = sum.wrapping_add(amount);
                if map.len() == before {
                    return false;
                }
            }
            Form::Buckets(buckets) => {
                put(buckets, entity, amount);
                return false;
            }
        }
        self.grow();
        true
    }

    /// Takes the form that belongs to the number of entities.
    fn grow(&mut self) {
        if let Form::Few(list) = &mut self.form
            && list.len() > FEW
        {
            self.form = Form::Many(list.drain(..).collect());
        }
        if let Form::Many(map) = &self.form
            && map.len() > self.limit
        {
            let mut buckets = vec![0; self.limit];
            for (entity, amount) in map {
                put(&mut buckets, *entity, *amount);
            }
            self.form = Form::Buckets(buckets);
        }
    }

    /// Adds another vector of the same limit; returns by how many entries it grew.
    pub(crate) fn merge(&mut self, other: Self) -> usize {
        match other.form {
            Form::Few(list) => list
                .into_iter()
                .filter(|(entity, amount)| self.add(*entity, *amount))
                .count(),
            Form::Many(map) => map
                .into_iter()
                .filter(|(entity, amount)| self.add(*entity, *amount))
                .count(),
            Form::Buckets(mut theirs) => {
                match std::mem::replace(&mut self.form, Form::Few(Vec::new())) {
                    Form::Few(list) => list
                        .iter()
                        .for_each(|(entity, amount)| put(&mut theirs, *entity, *amount)),
                    Form::Many(map) => map
                        .iter()
                        .for_each(|(entity, amount)| put(&mut theirs, *entity, *amount)),
                    Form::Buckets(ours) => {
                        theirs
                            .iter_mut()
                            .zip(ours)
                            .for_each(|(sum, amount)| *sum = sum.wrapping_add(amount));
                    }
                }
                self.form = Form::Buckets(theirs);
                0
            }
        }
    }

    /// How many entities add something other than 0, or a number below that.
    pub(crate) fn support(&self) -> usize {
        self.amounts().filter(|amount| *amount != 0).count()
    }

    /// Who adds what; `None` once entities are bucketed.
    pub(crate) fn entries(&self) -> Option<Vec<(u64, i128)>> {
        match &self.form {
            Form::Few(list) => Some(list.clone()),
            Form::Many(map) => Some(
                map.iter()
                    .map(|(entity, amount)| (*entity, *amount))
                    .collect(),
            ),
            Form::Buckets(_) => None,
        }
    }

    /// What the entities (or buckets) add.
    pub(crate) fn amounts(&self) -> Box<dyn Iterator<Item = i128> + '_> {
        match &self.form {
            Form::Few(list) => Box::new(list.iter().map(|(_, amount)| *amount)),
            Form::Many(map) => Box::new(map.values().copied()),
            Form::Buckets(buckets) => Box::new(buckets.iter().copied()),
        }
    }
}

fn put(buckets: &mut [i128], entity: u64, amount: i128) {
    let last = u64::try_from(buckets.len())
        .unwrap_or(u64::MAX)
        .saturating_sub(1);
    let bucket = usize::try_from(mix(entity) & last).unwrap_or(usize::MAX);
    if let Some(sum) = buckets.get_mut(bucket) {
        *sum = sum.wrapping_add(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(entities: std::ops::Range<u64>, limit: usize) -> Vector {
        let mut vector = Vector::new(limit);
        entities.for_each(|entity| assert!(vector.add(entity, 1)));
        vector
    }

    #[test]
    fn it_is_exact_up_to_its_limit_and_buckets_above() {
        let known = |size: u64| of(0..size, 64).entries().map(|entries| entries.len());
        assert_eq!([32, 33, 63, 64].map(known), [32, 33, 63, 64].map(Some));
        assert_eq!(known(65), None);
        assert_eq!(
            of(0..1000, usize::MAX).entries().map(|all| all.len()),
            Some(1000)
        );
    }

    #[test]
    fn it_grows_by_who_is_new() {
        for size in [5, 40] {
            let mut vector = of(0..size, usize::MAX);
            assert!(!vector.add(3, 7) && vector.add(99, 1));
            let mut entries = vector.entries().unwrap_or_default();
            entries.sort_unstable();
            assert_eq!(entries.get(3), Some(&(3, 8)));
            assert_eq!(entries.last(), Some(&(99, 1)));
        }
    }
}
