//! Column types: what a sealed table can hold, and what policies call it.

use arrow::datatypes::{DataType, Field, TimeUnit};
use policy::resolve::{ColumnKind, ColumnShape};

/// The type that a visible column of this type is sealed as; `None` for types that no answer holds.
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

/// The type that a hidden column is sealed as: any flat one, since nobody asks of it.
pub(crate) fn hidden_type(found: &DataType) -> Option<DataType> {
    match found {
        DataType::Dictionary(_, value) => hidden_type(value),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => Some(DataType::Binary),
        DataType::FixedSizeBinary(_)
        | DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Decimal256(_, _) => Some(found.clone()),
        other => sealed_type(other),
    }
}

/// What policies call a type.
#[must_use]
pub fn column_kind(found: &DataType) -> ColumnKind {
    match sealed_type(found) {
        Some(DataType::Utf8) => ColumnKind::Text,
        Some(
            DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32
            | DataType::UInt64,
        ) => ColumnKind::Integer,
        Some(DataType::Decimal128(_, _)) => ColumnKind::Decimal,
        Some(DataType::Float32 | DataType::Float64) => ColumnKind::Float,
        Some(DataType::Boolean) => ColumnKind::Bool,
        Some(DataType::Date32) => ColumnKind::Date,
        Some(DataType::Timestamp(_, _)) => ColumnKind::Timestamp,
        Some(_) | None => ColumnKind::Other,
    }
}

/// A type as `types = { … }` names it, for messages.
pub(crate) fn name_of(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 => "text".to_owned(),
        DataType::Int64 => "integer".to_owned(),
        DataType::Float64 => "float".to_owned(),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Date32 => "date".to_owned(),
        DataType::Timestamp(_, _) => "timestamp".to_owned(),
        DataType::Decimal128(precision, scale) => format!("decimal({precision},{scale})"),
        other => other.to_string(),
    }
}

/// A column as policies see it.
#[must_use]
pub fn shape_of(field: &Field) -> ColumnShape {
    ColumnShape::new(field.name().clone(), column_kind(field.data_type()))
}

/// A type as `types = { … }` names it: `text`, `integer`, `decimal(18,2)`, `date`, …
pub(crate) fn named(text: &str) -> Option<DataType> {
    let lower = text.to_ascii_lowercase().replace(' ', "");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_as_the_worlds_file_names_them() {
        assert_eq!(
            named(" Decimal( 18 , 2 ) "),
            Some(DataType::Decimal128(18, 2))
        );
        assert_eq!(named("decimal(39,2)"), None);
        assert_eq!(named("decimal(2,3)"), None);
        assert_eq!(named("money"), None);
        for text in [
            "text",
            "integer",
            "float",
            "boolean",
            "date",
            "timestamp",
            "decimal(9,3)",
        ] {
            assert_eq!(named(text).as_ref().map(name_of).as_deref(), Some(text));
        }
    }

    #[test]
    fn a_dictionary_is_what_its_values_are() {
        let texts = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::LargeUtf8));
        assert_eq!(column_kind(&texts), ColumnKind::Text);
        assert_eq!(sealed_type(&texts), Some(DataType::Utf8));
        assert_eq!(column_kind(&DataType::Date64), ColumnKind::Date);
        assert_eq!(column_kind(&DataType::Decimal64(9, 2)), ColumnKind::Decimal);
        assert_eq!(column_kind(&DataType::Binary), ColumnKind::Other);
    }
}
