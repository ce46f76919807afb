//! The exact values of statistics, part by part, so that a part can still be left out.

use crate::cell::Numbering;
use crate::hash::NumberSet;
use crate::measure::{Moments, Numbers};
use crate::part::{NONE, index};
use crate::plan::Plan;
use crate::{ReleaseError, Result};

use arrow::buffer::NullBuffer;

/// The arguments of a batch as the values see them, each list in the order of the plan.
pub(crate) struct Arguments {
    /// Which rows of each counted argument are not NULL.
    pub(crate) present: Vec<Option<NullBuffer>>,
    /// The numbers of each measure.
    pub(crate) numbers: Vec<Numbers>,
    /// The number of each distinct value, [`NONE`] for NULL.
    pub(crate) distinct: Vec<Vec<u32>>,
}

/// Values of all statistics, by argument and then by part.
pub(crate) struct Values {
    rows: Vec<u64>,
    present: Vec<Vec<u64>>,
    measures: Vec<(bool, Vec<Moments>)>,
    distinct: Vec<Distinct>,
}

/// The distinct values of one argument.
pub(crate) struct Distinct {
    pub(crate) values: Numbering,
    parts: Vec<NumberSet<u32>>,
    entries: usize,
}

impl Values {
    /// No values.
    pub(crate) fn new(plan: &Plan) -> Result<Self> {
        let distinct = plan.distinct.iter().map(|(_, data_type)| {
            let values = Numbering::new(std::slice::from_ref(data_type))?;
            Ok(Distinct {
                values,
                parts: Vec::new(),
                entries: 0,
            })
        });
        Ok(Self {
            rows: Vec::new(),
            present: vec![Vec::new(); plan.present.len()],
            measures: plan
                .measures
                .iter()
                .map(|measure| (measure.squares, Vec::new()))
                .collect(),
            distinct: distinct.collect::<Result<_>>()?,
        })
    }

    /// The distinct values of each argument, for numbering those of a batch.
    pub(crate) fn distinct_mut(&mut self) -> impl Iterator<Item = &mut Distinct> {
        self.distinct.iter_mut()
    }

    /// Makes room for all parts.
    pub(crate) fn grow(&mut self, parts: usize) {
        self.rows.resize(parts, 0);
        self.present
            .iter_mut()
            .for_each(|counts| counts.resize(parts, 0));
        self.measures
            .iter_mut()
            .for_each(|(_, moments)| moments.resize(parts, Moments::ZERO));
        self.distinct
            .iter_mut()
            .for_each(|distinct| distinct.parts.resize(parts, NumberSet::default()));
    }

    /// Adds the rows of a batch to their parts.
    pub(crate) fn add(&mut self, parts: &[u32], arguments: &Arguments) {
        count(&mut self.rows, parts, None);
        for (counts, nulls) in self.present.iter_mut().zip(&arguments.present) {
            count(counts, parts, nulls.as_ref());
        }
        for ((squares, moments), numbers) in self.measures.iter_mut().zip(&arguments.numbers) {
            for (row, (part, value)) in parts.iter().zip(&numbers.values).enumerate() {
                if let Some(moments) = moments
                    .get_mut(index(*part))
                    .filter(|_| numbers.is_valid(row))
                {
                    moments.add(*value, *squares);
                }
            }
        }
        for (distinct, values) in self.distinct.iter_mut().zip(&arguments.distinct) {
            for (part, value) in parts
                .iter()
                .zip(values)
                .filter(|(_, value)| **value != NONE)
            {
                let set = distinct.parts.get_mut(index(*part));
                distinct.entries += usize::from(set.is_some_and(|set| set.insert(*value)));
            }
        }
    }

    /// Adds values from elsewhere; `parts` are our numbers of their parts. Returns our numbers of their distinct values.
    pub(crate) fn merge(&mut self, other: Self, parts: &[u32]) -> Result<Vec<Vec<u32>>> {
        merge_counts(&mut self.rows, &other.rows, parts);
        for (ours, theirs) in self.present.iter_mut().zip(&other.present) {
            merge_counts(ours, theirs, parts);
        }
        for ((_, ours), (_, theirs)) in self.measures.iter_mut().zip(&other.measures) {
            for (theirs, part) in theirs.iter().zip(parts) {
                ours.get_mut(index(*part))
                    .ok_or(ReleaseError::Mismatch)?
                    .merge(theirs);
            }
        }
        self.distinct
            .iter_mut()
            .zip(other.distinct)
            .map(|(ours, theirs)| ours.merge(theirs, parts))
            .collect()
    }

    /// Rows in the parts.
    pub(crate) fn rows(&self, parts: &[u32]) -> u64 {
        total(&self.rows, parts)
    }

    /// Rows in the parts where the argument is not NULL.
    pub(crate) fn present(&self, argument: usize, parts: &[u32]) -> u64 {
        self.present
            .get(argument)
            .map_or(0, |counts| total(counts, parts))
    }

    /// Moments of a measure over the parts.
    pub(crate) fn moments(&self, measure: usize, parts: &[u32]) -> Moments {
        let mut sum = Moments::ZERO;
        if let Some((_, moments)) = self.measures.get(measure) {
            parts
                .iter()
                .filter_map(|part| moments.get(index(*part)))
                .for_each(|moments| sum.merge(moments));
        }
        sum
    }

    /// How many distinct values an argument has in the parts together.
    pub(crate) fn distinct(&self, argument: usize, parts: &[u32]) -> u64 {
        let sets = || {
            let distinct = self.distinct.get(argument);
            parts
                .iter()
                .filter_map(move |part| distinct?.parts.get(index(*part)))
        };
        let number = match parts {
            [_] => sets().map(NumberSet::len).sum(),
            _ => sets().flatten().collect::<NumberSet<_>>().len(),
        };
        u64::try_from(number).unwrap_or(u64::MAX)
    }

    /// The distinct values of an argument in order, each with its number.
    pub(crate) fn ordered(&self, argument: usize) -> Vec<(&[u8], u32)> {
        self.distinct
            .get(argument)
            .map(|distinct| distinct.values.sorted())
            .unwrap_or_default()
    }

    /// The distinct values of an argument in one part.
    pub(crate) fn distinct_in(&self, argument: usize, part: u32) -> Option<&NumberSet<u32>> {
        self.distinct.get(argument)?.parts.get(index(part))
    }

    /// Bytes held, estimated.
    pub(crate) fn size(&self) -> usize {
        let counts = self.rows.len() * 8 * (1 + self.present.len());
        let moments: usize = self
            .measures
            .iter()
            .map(|(_, moments)| moments.len() * size_of::<Moments>())
            .sum();
        counts + moments + self.distinct.iter().map(Distinct::size).sum::<usize>()
    }
}

impl Distinct {
    fn merge(&mut self, other: Self, parts: &[u32]) -> Result<Vec<u32>> {
        let numbers = self.values.merge(other.values)?;
        for (theirs, part) in other.parts.into_iter().zip(parts) {
            let ours = self
                .parts
                .get_mut(index(*part))
                .ok_or(ReleaseError::Mismatch)?;
            let before = ours.len();
            ours.extend(
                theirs
                    .into_iter()
                    .filter_map(|value| numbers.get(index(value)).copied()),
            );
            self.entries += ours.len().saturating_sub(before);
        }
        Ok(numbers)
    }

    fn size(&self) -> usize {
        self.values.size() + self.entries * 8 + self.parts.len() * size_of::<NumberSet<u32>>()
    }
}

fn count(counts: &mut [u64], parts: &[u32], nulls: Option<&NullBuffer>) {
    for (row, part) in parts.iter().enumerate() {
        if let Some(count) = counts
            .get_mut(index(*part))
            .filter(|_| nulls.is_none_or(|nulls| nulls.is_valid(row)))
        {
            *count += 1;
        }
    }
}

fn merge_counts(ours: &mut [u64], theirs: &[u64], parts: &[u32]) {
    for (count, part) in theirs.iter().zip(parts) {
        if let Some(sum) = ours.get_mut(index(*part)) {
            *sum += count;
        }
    }
}

fn total(counts: &[u64], parts: &[u32]) -> u64 {
    parts
        .iter()
        .filter_map(|part| counts.get(index(*part)))
        .sum()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use arrow::datatypes::DataType;

    use super::*;

    #[test]
    fn its_size_is_that_of_counts_moments_and_distinct_values() {
        let set = size_of::<NumberSet<u32>>();
        let distinct = |parts, entries| Distinct {
            values: Numbering::new(&[DataType::Int64]).unwrap(),
            parts: vec![NumberSet::default(); parts],
            entries,
        };
        let numbering = distinct(0, 0).size();
        assert_eq!(distinct(3, 5).size(), numbering + 5 * 8 + 3 * set);
        let values = Values {
            rows: vec![0; 3],
            present: vec![vec![0; 3]; 4],
            measures: vec![(false, vec![Moments::ZERO; 3])],
            distinct: vec![distinct(3, 5)],
        };
        let counts = 3 * 8 * 5 + 3 * size_of::<Moments>();
        assert_eq!(values.size(), counts + distinct(3, 5).size());
    }
}
