//! Column types: what a sealed table can hold, and what policies call it.

use arrow::datatypes::{DataType, Field, TimeUnit};
use policy::resolve::{ColumnKind, ColumnShape};

/// The type that a column of this type is sealed as; `None` for types that no sealed table holds.
pub(crate) fn sealed_type(found: &DataType) -> Option<DataType> {
    match found {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(DataType::Utf8),
        DataType::Dictionary(_, value) => sealed_type(value),
        DataType::Boolean
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal128(_, _)
        | DataType::Date32 => Some(found.clone()),
        DataType::Float16 => Some(DataType::Float32),
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
            Some(DataType::Decimal128(*precision, *scale))
        }
        DataType::Date64 => Some(DataType::Date32),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            Some(DataType::Timestamp(TimeUnit::Nanosecond, None))
        }
        DataType::Timestamp(_, _) => Some(DataType::Timestamp(TimeUnit::Microsecond, None)),
        _other => None,
    }
}

/// What policies call a type.
#[must_use]
pub fn column_kind(found: &DataType) -> ColumnKind {
    match found {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => ColumnKind::Text,
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64 => ColumnKind::Integer,
        DataType::Decimal128(_, _) => ColumnKind::Decimal,
        DataType::Float32 | DataType::Float64 => ColumnKind::Float,
        DataType::Boolean => ColumnKind::Bool,
        DataType::Date32 => ColumnKind::Date,
        DataType::Timestamp(_, _) => ColumnKind::Timestamp,
        _other => ColumnKind::Other,
    }
}

/// A column as policies see it.
#[must_use]
pub fn shape_of(field: &Field) -> ColumnShape {
    ColumnShape::new(field.name().clone(), column_kind(field.data_type()))
}

/// A type as `types = { … }` names it: `text`, `integer`, `decimal(18,2)`, `date`, …
pub(crate) fn named(text: &str) -> Option<DataType> {
    let lower = text.trim().to_ascii_lowercase();
    let simple = match lower.as_str() {
        "text" | "string" | "varchar" => Some(DataType::Utf8),
        "integer" | "int" | "bigint" => Some(DataType::Int64),
        "float" | "double" => Some(DataType::Float64),
        "bool" | "boolean" => Some(DataType::Boolean),
        "date" => Some(DataType::Date32),
        "timestamp" => Some(DataType::Timestamp(TimeUnit::Microsecond, None)),
        _other => None,
    };
    simple.or_else(|| {
        let inside = lower.strip_prefix("decimal(")?.strip_suffix(')')?;
        let (precision, scale) = inside.split_once(',')?;
        let precision: u8 = precision.trim().parse().ok()?;
        let scale: i8 = scale.trim().parse().ok()?;
        let fits = (1..=38).contains(&precision) && scale >= 0 && scale.unsigned_abs() <= precision;
        fits.then_some(DataType::Decimal128(precision, scale))
    })
}
