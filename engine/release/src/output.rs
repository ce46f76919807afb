//! Fresh arrays: the answer shares no buffer with what it was computed from.
//!
//! Views and dictionaries could carry values of rows that are not in the answer, slices the rows beside it, and any
//! array may hold old bytes under a NULL. So every value is copied into a new array of a plain type.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Decimal128Array, Float64Array, Int64Array,
    NullArray, PrimitiveArray, StringArray, UInt64Array, downcast_primitive_array,
};
use arrow::compute::cast;
use arrow::datatypes::{ArrowPrimitiveType, DataType, i256};

use crate::{ReleaseError, Result};

/// A value of a statistic.
#[derive(Clone, Copy)]
pub(crate) enum Datum {
    /// An unscaled number.
    Integer(i256),
    /// A floating point number.
    Float(f64),
}

/// The plain type for a key's type; `None` if it cannot be a key.
pub(crate) fn plain(data_type: &DataType) -> Option<DataType> {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(DataType::Utf8),
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => Some(DataType::Binary),
        DataType::Dictionary(_, values) => plain(values),
        DataType::Null | DataType::Boolean => Some(data_type.clone()),
        other if other.is_primitive() => Some(other.clone()),
        _ => None,
    }
}

/// A fresh array of plain type with the same values.
pub(crate) fn rebuild(array: &ArrayRef, to: &DataType) -> Result<ArrayRef> {
    let array = cast(array, to).map_err(ReleaseError::hide)?;
    let array = array.as_ref();
    Ok(match to {
        DataType::Utf8 => Arc::new(array.as_string::<i32>().iter().collect::<StringArray>()),
        DataType::Binary => Arc::new(array.as_binary::<i32>().iter().collect::<BinaryArray>()),
        DataType::Boolean => Arc::new(array.as_boolean().iter().collect::<BooleanArray>()),
        DataType::Null => Arc::new(NullArray::new(array.len())),
        _ => downcast_primitive_array!(
            array => Arc::new(copy(array)),
            _other => return Err(ReleaseError::Values)
        ),
    })
}

fn copy<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> PrimitiveArray<T> {
    array
        .iter()
        .collect::<PrimitiveArray<T>>()
        .with_data_type(array.data_type().clone())
}

/// The value, if it fits the type.
pub(crate) fn fit(value: Datum, output: &DataType) -> Option<Datum> {
    let fits = match (value, output) {
        (Datum::Integer(value), DataType::Int64) => value
            .to_i128()
            .is_some_and(|value| i64::try_from(value).is_ok()),
        (Datum::Integer(value), DataType::UInt64) => value
            .to_i128()
            .is_some_and(|value| u64::try_from(value).is_ok()),
        (Datum::Integer(value), DataType::Decimal128(precision, _)) => {
            let bound = 10_u128.checked_pow(u32::from(*precision))?;
            value
                .to_i128()
                .is_some_and(|value| value.unsigned_abs() < bound)
        }
        (Datum::Float(value), DataType::Float64) => value.is_finite(),
        _ => false,
    };
    fits.then_some(value)
}

/// An array of a statistic's values, all of which [`fit`] its type.
pub(crate) fn column(values: &[Option<Datum>], output: &DataType) -> Result<ArrayRef> {
    let integers = values.iter().map(|value| integer((*value)?));
    Ok(match output {
        DataType::Int64 => Arc::new(
            integers
                .map(|value| i64::try_from(value?).ok())
                .collect::<Int64Array>(),
        ),
        DataType::UInt64 => Arc::new(
            integers
                .map(|value| u64::try_from(value?).ok())
                .collect::<UInt64Array>(),
        ),
        DataType::Float64 => Arc::new(
            values
                .iter()
                .map(|value| float((*value)?))
                .collect::<Float64Array>(),
        ),
        DataType::Decimal128(precision, scale) => {
            let array: Decimal128Array = integers.collect();
            Arc::new(
                array
                    .with_precision_and_scale(*precision, *scale)
                    .map_err(ReleaseError::hide)?,
            )
        }
        _ => return Err(ReleaseError::Values),
    })
}

fn integer(value: Datum) -> Option<i128> {
    match value {
        Datum::Integer(value) => value.to_i128(),
        Datum::Float(_) => None,
    }
}

fn float(value: Datum) -> Option<f64> {
    match value {
        Datum::Float(value) => Some(value),
        Datum::Integer(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_values_are_keys() {
        let list = DataType::new_list(DataType::Int64, true);
        assert_eq!(plain(&list), None);
        assert_eq!(plain(&DataType::Int16), Some(DataType::Int16));
        assert_eq!(plain(&DataType::Utf8View), Some(DataType::Utf8));
    }

    #[test]
    fn nothing_but_null_is_rebuilt_as_that() {
        let nulls: ArrayRef = Arc::new(NullArray::new(3));
        let rebuilt = rebuild(&nulls, &DataType::Null);
        assert!(
            rebuilt.is_ok_and(|array| array.len() == 3 && *array.data_type() == DataType::Null)
        );
    }
}
