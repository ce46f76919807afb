//! A column of a batch in the making.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder,
    StringBuilder, TimestampMicrosecondBuilder, TimestampNanosecondBuilder,
};
use arrow::datatypes::{DataType, TimeUnit};

use super::value;

/// The values of one column so far.
#[derive(Debug)]
pub(super) enum Column {
    Text(StringBuilder),
    Integer(Int64Builder),
    Float(Float64Builder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
    Micros(TimestampMicrosecondBuilder),
    Nanos(TimestampNanosecondBuilder),
    Decimal(Decimal128Builder, u8, i8),
}

impl Column {
    /// An empty column of one of the types that a CSV has.
    pub(super) fn new(data_type: &DataType) -> Self {
        match data_type {
            DataType::Int64 => Self::Integer(Int64Builder::new()),
            DataType::Float64 => Self::Float(Float64Builder::new()),
            DataType::Boolean => Self::Boolean(BooleanBuilder::new()),
            DataType::Date32 => Self::Date(Date32Builder::new()),
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                Self::Nanos(TimestampNanosecondBuilder::new())
            }
            DataType::Timestamp(_, _) => Self::Micros(TimestampMicrosecondBuilder::new()),
            DataType::Decimal128(precision, scale) => {
                let builder = Decimal128Builder::new().with_data_type(data_type.clone());
                Self::Decimal(builder, *precision, *scale)
            }
            _text => Self::Text(StringBuilder::new()),
        }
    }

    /// Adds a value; empty is NULL. `false` if it is not of the type.
    pub(super) fn push(&mut self, text: &str) -> bool {
        let given = Some(text).filter(|text| !text.is_empty());
        let pushed = match self {
            Self::Text(builder) => {
                builder.append_option(given);
                given.is_some()
            }
            Self::Integer(builder) => push(given.and_then(|t| t.parse().ok()), |v| {
                builder.append_option(v);
            }),
            Self::Float(builder) => push(given.and_then(|t| t.parse().ok()), |v| {
                builder.append_option(v);
            }),
            Self::Boolean(builder) => push(given.and_then(value::boolean), |v| {
                builder.append_option(v);
            }),
            Self::Date(builder) => push(given.and_then(value::date), |v| {
                builder.append_option(v);
            }),
            Self::Micros(builder) => {
                let moment = given.and_then(value::moment);
                push(moment.map(|m| m.timestamp_micros()), |v| {
                    builder.append_option(v);
                })
            }
            Self::Nanos(builder) => {
                let moment = given.and_then(value::moment);
                push(moment.and_then(|m| m.timestamp_nanos_opt()), |v| {
                    builder.append_option(v);
                })
            }
            Self::Decimal(builder, precision, scale) => {
                let parsed = given.and_then(|t| value::decimal(t, *precision, *scale));
                push(parsed, |v| builder.append_option(v))
            }
        };
        pushed || given.is_none()
    }

    /// The values, and an empty column again.
    pub(super) fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Integer(builder) => Arc::new(builder.finish()),
            Self::Float(builder) => Arc::new(builder.finish()),
            Self::Boolean(builder) => Arc::new(builder.finish()),
            Self::Date(builder) => Arc::new(builder.finish()),
            Self::Micros(builder) => Arc::new(builder.finish()),
            Self::Nanos(builder) => Arc::new(builder.finish()),
            Self::Decimal(builder, _, _) => Arc::new(builder.finish()),
        }
    }
}

fn push<V>(value: Option<V>, append: impl FnOnce(Option<V>)) -> bool {
    let given = value.is_some();
    append(value);
    given
}
