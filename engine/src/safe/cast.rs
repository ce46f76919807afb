//! Casts: which cannot fail whatever the value, which are tried, and which fail even when tried.
//!
//! A far moment has no text and no day, and arrow raises an error for it also where NULL was asked
//! for.

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::{Result as DfResult, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::retry;

/// Whether a tried cast can still raise an error.
pub(super) fn fails_tried(from: &DataType, to: &DataType) -> bool {
    from.is_temporal() && (is_text(to) || is_day_or_time(to))
}

/// The total form of a cast that fails even when tried.
pub(super) fn total(to: &DataType) -> ScalarUDF {
    ScalarUDF::from(TotalCast {
        to: to.clone(),
        name: format!("subrosa_total_cast_{to}"),
        signature: Signature::any(1, Volatility::Immutable),
    })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct TotalCast {
    to: DataType,
    name: String,
    signature: Signature,
}

impl ScalarUDFImpl for TotalCast {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _kinds: &[DataType]) -> DfResult<DataType> {
        Ok(self.to.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> DfResult<ColumnarValue> {
        let cast = |args: &[ColumnarValue], _rows: usize| match args {
            [value] => value.cast_to(&self.to, None),
            _other => plan_err!("a cast has one side"),
        };
        retry::or_null(&args.args, args.number_rows, &self.to, &cast)
    }
}

/// Whether no value of `from` fails to become one of `to`.
pub(super) fn never_fails(from: &DataType, to: &DataType) -> bool {
    from == to
        || from == &DataType::Null
        || (is_text(from) && is_text(to))
        || (from.is_integer() && (to.is_floating() || is_text(to) || widens(from, to)))
        || (is_float(from) && to == &DataType::Float64)
        || (from == &DataType::Date32 && matches!(to, DataType::Timestamp(TimeUnit::Second, _)))
}

fn is_text(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    )
}

fn is_day_or_time(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::Date32 | DataType::Date64 | DataType::Time32(_) | DataType::Time64(_)
    )
}

fn is_float(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::Float16 | DataType::Float32 | DataType::Float64
    )
}

/// Integers into wider integers, or into decimals with room for every one of them.
fn widens(from: &DataType, to: &DataType) -> bool {
    let (Some((signed, bits)), digits) = (integer(from), digits(from)) else {
        return false;
    };
    match to {
        DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale) => {
            i16::from(*precision).saturating_sub(i16::from(*scale)) >= digits && *scale >= 0
        }
        other => integer(other).is_some_and(|(to_signed, to_bits)| {
            to_bits > bits && (to_signed || !signed) || (to_bits == bits && to_signed == signed)
        }),
    }
}

fn integer(kind: &DataType) -> Option<(bool, u8)> {
    match kind {
        DataType::Int8 => Some((true, 8)),
        DataType::Int16 => Some((true, 16)),
        DataType::Int32 => Some((true, 32)),
        DataType::Int64 => Some((true, 64)),
        DataType::UInt8 => Some((false, 8)),
        DataType::UInt16 => Some((false, 16)),
        DataType::UInt32 => Some((false, 32)),
        DataType::UInt64 => Some((false, 64)),
        _other => None,
    }
}

/// Digits that the largest value of an integer type has.
fn digits(kind: &DataType) -> i16 {
    match integer(kind) {
        Some((_, 8)) => 3,
        Some((_, 16)) => 5,
        Some((_, 32)) => 10,
        _wide => 20,
    }
}
