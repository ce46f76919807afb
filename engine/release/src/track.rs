//! Tracks: whose rows these are.
//!
//! A track is a party number in the top 8 bits and 56 bits of a keyed hash of the unit's value. There is no dictionary
//! to look it up in, and a collision can only lower a count.

use std::borrow::Cow;

use arrow::array::{Array, AsArray, GenericListArray, OffsetSizeTrait, UInt64Array};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, UInt64Type};

use crate::spec::TrackForm;
use crate::{ReleaseError, Result};

/// The bits of a track that name the entity within its party.
const ENTITY: u64 = (1 << 56) - 1;

/// The party of a track as a bit; 0 for a number that no party can have.
pub(crate) fn party_bit(track: u64) -> u64 {
    let [party, ..] = track.to_be_bytes();
    1_u64.checked_shl(u32::from(party)).unwrap_or(0)
}

/// The entity of a track, irrespective of its party.
pub(crate) fn entity(track: u64) -> u64 {
    track & ENTITY
}

/// The form in which a column of this type holds tracks.
pub(crate) fn form_of(data_type: &DataType) -> Option<TrackForm> {
    match data_type {
        DataType::UInt64 => Some(TrackForm::Scalar),
        DataType::List(item) | DataType::LargeList(item)
            if *item.data_type() == DataType::UInt64 =>
        {
            Some(TrackForm::Set)
        }
        _ => None,
    }
}

/// One track column of a batch.
pub(crate) enum Tracks<'a> {
    /// At most one entity a row.
    Scalar {
        values: &'a [u64],
        nulls: Option<&'a NullBuffer>,
    },
    /// Any number of entities a row: start and end in the values.
    Set {
        ranges: Vec<(usize, usize)>,
        values: Cow<'a, [u64]>,
    },
}

impl<'a> Tracks<'a> {
    /// Reads a track column by its type.
    pub(crate) fn read(array: &'a dyn Array) -> Result<Self> {
        if let Some(scalar) = array.as_primitive_opt::<UInt64Type>() {
            return Ok(Self::Scalar {
                values: scalar.values(),
                nulls: scalar.nulls(),
            });
        }
        if let Some(list) = array.as_list_opt::<i32>() {
            return Self::read_set(list);
        }
        Self::read_set(array.as_list_opt::<i64>().ok_or(ReleaseError::Batch)?)
    }

    fn read_set<O: OffsetSizeTrait>(list: &'a GenericListArray<O>) -> Result<Self> {
        let members = list
            .values()
            .as_primitive_opt::<UInt64Type>()
            .ok_or(ReleaseError::Batch)?;
        if list.null_count() > 0 || members.null_count() > 0 {
            return Ok(compact(list, members));
        }
        let starts = list.value_offsets().iter();
        let ranges = starts
            .clone()
            .zip(starts.skip(1))
            .map(|(from, to)| (from.as_usize(), to.as_usize()))
            .collect();
        Ok(Self::Set {
            ranges,
            values: Cow::Borrowed(members.values()),
        })
    }

    /// The entities of a row.
    pub(crate) fn members(&self, row: usize) -> &[u64] {
        match self {
            Self::Scalar {
                nulls: Some(nulls), ..
            } if nulls.is_null(row) => &[],
            Self::Scalar { values, .. } => values.get(row..=row).unwrap_or(&[]),
            Self::Set { ranges, values } => {
                let (from, to) = ranges.get(row).copied().unwrap_or((0, 0));
                values.get(from..to).unwrap_or(&[])
            }
        }
    }
}

/// Sets without what stands under a NULL, which need not be nothing.
fn compact<'a, O: OffsetSizeTrait>(
    list: &GenericListArray<O>,
    members: &UInt64Array,
) -> Tracks<'a> {
    let mut values = Vec::with_capacity(members.len());
    let mut ranges = Vec::with_capacity(list.len());
    let starts = list.value_offsets().iter();
    for (row, (from, to)) in starts.clone().zip(starts.skip(1)).enumerate() {
        let begin = values.len();
        if list.is_valid(row) {
            let range = from.as_usize()..to.as_usize();
            values.extend(
                range
                    .filter(|member| members.is_valid(*member))
                    .map(|member| members.value(member)),
            );
        }
        ranges.push((begin, values.len()));
    }
    Tracks::Set {
        ranges,
        values: Cow::Owned(values),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::Arc;

    use arrow::array::ListArray;
    use arrow::buffer::OffsetBuffer;
    use arrow::datatypes::Field;

    use super::*;

    fn sets(members: UInt64Array, valid: Option<Vec<bool>>) -> ListArray {
        let field = Arc::new(Field::new_list_field(DataType::UInt64, true));
        let ends = OffsetBuffer::from_lengths([2, 1, 2]);
        ListArray::new(field, ends, Arc::new(members), valid.map(NullBuffer::from))
    }

    fn members(array: &ListArray) -> [Vec<u64>; 3] {
        let tracks = Tracks::read(array).unwrap();
        [0, 1, 2].map(|row| tracks.members(row).to_vec())
    }

    /// What stands under a NULL is nobody, of a row as of a member.
    #[test]
    fn nobody_stands_under_a_null() {
        let all = || UInt64Array::from(vec![1, 2, 3, 4, 5]);
        let one = || UInt64Array::from(vec![Some(1), Some(2), Some(3), None, Some(5)]);
        let second = Some(vec![true, false, true]);
        let (whole, half) = (vec![4, 5], vec![5]);
        assert_eq!(
            members(&sets(all(), None)),
            [vec![1, 2], vec![3], whole.clone()]
        );
        assert_eq!(
            members(&sets(all(), second.clone())),
            [vec![1, 2], vec![], whole]
        );
        assert_eq!(
            members(&sets(one(), None)),
            [vec![1, 2], vec![3], half.clone()]
        );
        assert_eq!(members(&sets(one(), second)), [vec![1, 2], vec![], half]);
    }

    #[test]
    fn tracks_are_whole_numbers_or_lists_of_them() {
        let list = |item| DataType::List(Arc::new(Field::new_list_field(item, true)));
        assert_eq!(form_of(&DataType::UInt64), Some(TrackForm::Scalar));
        assert_eq!(form_of(&list(DataType::UInt64)), Some(TrackForm::Set));
        for other in [DataType::Int64, DataType::Utf8, list(DataType::Int64)] {
            assert_eq!(form_of(&other), None, "{other}");
        }
    }
}
