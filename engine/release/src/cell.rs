//! Cells: rows with the same group keys. NULL is a key like any other.
//!
//! Keys are kept in Arrow's row format, in which equal keys have equal bytes and bytes sort as keys do. The same
//! serves for the values of `COUNT(DISTINCT …)`: equality of values, not of hashes.

use std::collections::HashMap;

use arrow::array::ArrayRef;
use arrow::compute::SortOptions;
use arrow::datatypes::DataType;
use arrow::row::{RowConverter, SortField};

use crate::part::{NONE, index, next};
use crate::{ReleaseError, Result};

/// Numbers for tuples of values, in the order in which they first came.
pub(crate) struct Numbering {
    /// None for the empty tuple, of which there is one.
    converter: Option<RowConverter>,
    numbers: HashMap<Box<[u8]>, u32>,
    bytes: usize,
}

impl Numbering {
    /// Numbers tuples of these types, which sort ascending with NULL last.
    pub(crate) fn new(types: &[DataType]) -> Result<Self> {
        let options = SortOptions {
            descending: false,
            nulls_first: false,
        };
        let fields = types
            .iter()
            .map(|data_type| SortField::new_with_options(data_type.clone(), options))
            .collect();
        let converter = if types.is_empty() {
            None
        } else {
            Some(new_converter(fields)?)
        };
        Ok(Self {
            converter,
            numbers: HashMap::new(),
            bytes: 0,
        })
    }

    /// The number of each row's tuple; [`NONE`] for rows that are not `wanted`.
    pub(crate) fn assign(
        &mut self,
        columns: &[ArrayRef],
        wanted: impl Iterator<Item = bool>,
    ) -> Result<Vec<u32>> {
        let Some(converter) = &self.converter else {
            let only = self.number(&[])?;
            return Ok(wanted
                .map(|wanted| if wanted { only } else { NONE })
                .collect());
        };
        let rows = converter
            .convert_columns(columns)
            .map_err(ReleaseError::hide)?;
        let each = rows.iter().zip(wanted);
        each.map(|(row, wanted)| {
            if wanted {
                self.number(row.data())
            } else {
                Ok(NONE)
            }
        })
        .collect()
    }

    /// The number of one tuple.
    fn number(&mut self, tuple: &[u8]) -> Result<u32> {
        if let Some(number) = self.numbers.get(tuple) {
            return Ok(*number);
        }
        let number = next(self.numbers.len())?;
        self.bytes += tuple.len() + 48;
        self.numbers.insert(tuple.into(), number);
        Ok(number)
    }

    /// Takes in the tuples of another numbering; returns our number for each of theirs.
    pub(crate) fn merge(&mut self, other: Self) -> Result<Vec<u32>> {
        let mut ours = vec![NONE; other.numbers.len()];
        for (tuple, theirs) in other.numbers {
            *ours.get_mut(index(theirs)).ok_or(ReleaseError::Mismatch)? = self.number(&tuple)?;
        }
        Ok(ours)
    }

    /// All tuples and their numbers, sorted by tuple.
    pub(crate) fn sorted(&self) -> Vec<(&[u8], u32)> {
        let mut tuples: Vec<_> = self
            .numbers
            .iter()
            .map(|(tuple, number)| (&**tuple, *number))
            .collect();
        tuples.sort_unstable();
        tuples
    }

    /// How many tuples there are.
    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Arrays of the given tuples.
    pub(crate) fn arrays(&self, tuples: &[&[u8]]) -> Result<Vec<ArrayRef>> {
        let Some(converter) = &self.converter else {
            return Ok(Vec::new());
        };
        let parser = converter.parser();
        converter
            .convert_rows(tuples.iter().map(|tuple| parser.parse(tuple)))
            .map_err(ReleaseError::hide)
    }

    /// Bytes held, estimated.
    pub(crate) fn size(&self) -> usize {
        self.bytes
    }
}

/// A converter, or the error that the types cannot be keys.
fn new_converter(fields: Vec<SortField>) -> Result<RowConverter> {
    RowConverter::new(fields)
        .map_err(|_| ReleaseError::Spec("a column's type cannot be compared for equality".into()))
}
