//! Exact sums: numbers of a batch as integers, and their moments in 256 bits.
//!
//! A sum of 128-bit numbers cannot overflow 256 bits; a sum of squares saturates at "too large", which no order of the
//! rows can undo. What does not fit the answer's type at the end is NULL, as everywhere in a total function.

use arrow::array::{Array, ArrowPrimitiveType, AsArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{
    DataType, Decimal32Type, Decimal64Type, Decimal128Type, Int8Type, Int16Type, Int32Type,
    Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type, i256,
};

use crate::{ReleaseError, Result};

/// The scale of a type that can be summed exactly.
pub(crate) fn scale_of(data_type: &DataType) -> Option<i8> {
    match data_type {
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale) => Some(*scale),
        data_type if data_type.is_integer() => Some(0),
        _ => None,
    }
}

/// A column of a batch as unscaled integers, 0 where it is NULL.
pub(crate) struct Numbers {
    pub(crate) values: Vec<i128>,
    pub(crate) nulls: Option<NullBuffer>,
}

impl Numbers {
    /// Reads a column of integers or decimals.
    pub(crate) fn read(array: &dyn Array) -> Result<Self> {
        let values = match array.data_type() {
            DataType::Int8 => widen::<Int8Type>(array),
            DataType::Int16 => widen::<Int16Type>(array),
            DataType::Int32 => widen::<Int32Type>(array),
            DataType::Int64 => widen::<Int64Type>(array),
            DataType::UInt8 => widen::<UInt8Type>(array),
            DataType::UInt16 => widen::<UInt16Type>(array),
            DataType::UInt32 => widen::<UInt32Type>(array),
            DataType::UInt64 => widen::<UInt64Type>(array),
            DataType::Decimal32(..) => widen::<Decimal32Type>(array),
            DataType::Decimal64(..) => widen::<Decimal64Type>(array),
            DataType::Decimal128(..) => widen::<Decimal128Type>(array),
            _ => None,
        };
        Ok(Self {
            values: values.ok_or(ReleaseError::Batch)?,
            nulls: array.nulls().cloned(),
        })
    }

    /// True if the row's value is not NULL.
    pub(crate) fn is_valid(&self, row: usize) -> bool {
        self.nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row))
    }
}

fn widen<T: ArrowPrimitiveType<Native: Into<i128>>>(array: &dyn Array) -> Option<Vec<i128>> {
    let array = array.as_primitive_opt::<T>()?;
    let wide = |row, value: &T::Native| {
        if array.is_null(row) {
            0
        } else {
            (*value).into()
        }
    };
    Some(
        array
            .values()
            .iter()
            .enumerate()
            .map(|(row, value)| wide(row, value))
            .collect(),
    )
}

/// Count, sum and, where asked for, sum of squares of some numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    count: u64,
    sum: i256,
    /// None if it is too large for 256 bits.
    squares: Option<i256>,
}

impl Moments {
    /// The moments of no numbers.
    pub(crate) const ZERO: Self = Self {
        count: 0,
        sum: i256::ZERO,
        squares: Some(i256::ZERO),
    };

    /// Moments that were found elsewhere.
    pub(crate) fn of(count: u64, sum: i256, squares: i256) -> Self {
        Self {
            count,
            sum,
            squares: Some(squares),
        }
    }

    /// Adds a number.
    pub(crate) fn add(&mut self, value: i128, squares: bool) {
        self.count += 1;
        self.sum = self.sum.wrapping_add(i256::from_i128(value));
        if squares {
            self.squares = self.squares.and_then(|sum| sum.checked_add(square(value)));
        }
    }

    /// Adds other numbers.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum = self.sum.wrapping_add(other.sum);
        self.squares = self
            .squares
            .zip(other.squares)
            .and_then(|(ours, theirs)| ours.checked_add(theirs));
    }

    /// How many numbers there are.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// The sum, unscaled.
    pub(crate) fn sum(&self) -> i256 {
        self.sum
    }

    /// The sum of squares, unscaled; `None` if it is too large or was not asked for.
    pub(crate) fn squares(&self) -> Option<i256> {
        self.squares
    }

    /// The mean with `digits` more decimal places, cut off towards zero.
    pub(crate) fn mean(&self, digits: u32) -> Option<i256> {
        let scaled = self
            .sum
            .checked_mul(i256::from_i128(10).checked_pow(digits)?)?;
        scaled.checked_div(i256::from_i128(i128::from(self.count)))
    }

    /// The variance, unscaled; of a sample for one degree of freedom less. None below two degrees.
    pub(crate) fn variance(&self, sample: bool) -> Option<f64> {
        let freedom = self
            .count
            .checked_sub(u64::from(sample))
            .filter(|freedom| *freedom > 0)?;
        let count = i256::from_i128(i128::from(self.count));
        let exact = |squares: i256| {
            squares
                .checked_mul(count)?
                .checked_sub(self.sum.checked_mul(self.sum)?)
        };
        let squares = self.squares?;
        let spread = exact(squares).map_or_else(
            || to_f64(squares) * to_f64(count) - to_f64(self.sum) * to_f64(self.sum),
            to_f64,
        );
        Some((spread / to_f64(count) / whole(freedom)).max(0.0))
    }
}

/// The square of a number, exactly.
pub(crate) fn square(value: i128) -> i256 {
    match value.unsigned_abs().checked_mul(value.unsigned_abs()) {
        Some(square) => i256::from_parts(square, 0),
        None => i256::from_i128(value).wrapping_mul(i256::from_i128(value)),
    }
}

/// The nearest floating point number, up to a bit.
#[expect(
    clippy::cast_precision_loss,
    reason = "the answer's type is a floating point number"
)]
pub(crate) fn to_f64(value: i256) -> f64 {
    let (low, high) = value.wrapping_abs().to_parts();
    let size = (high as f64) * 2.0_f64.powi(128) + (low as f64);
    if value.is_negative() { -size } else { size }
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are below 2^53")]
fn whole(value: u64) -> f64 {
    value as f64
}

/// A power of ten as the nearest floating point number.
pub(crate) fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::NAN)
}
