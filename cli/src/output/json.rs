//! JSON rows. What a JSON number cannot hold exactly is a string; NaN and infinities are null.

use std::io::{self, Write};

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::{DataType, SchemaRef};
use serde_json::{Map, Number, Value};

use super::text;

/// Integers beyond ±2⁵³ lose digits in most readers.
const EXACT: u64 = 1 << 53;
/// Significant digits that a double keeps.
const DIGITS: usize = 15;

/// The rows as JSON objects.
fn rows(schema: &SchemaRef, batch: &RecordBatch) -> Vec<Map<String, Value>> {
    let mut rows = vec![Map::new(); batch.num_rows()];
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        for (row, value) in rows.iter_mut().zip(column_values(column.as_ref())) {
            row.insert(field.name().clone(), value);
        }
    }
    rows
}

fn column_values(column: &dyn Array) -> impl Iterator<Item = Value> {
    let kind = column.data_type().clone();
    text::values(column)
        .into_iter()
        .map(move |text| text.map_or(Value::Null, |text| value(&kind, text)))
}

fn value(kind: &DataType, text: String) -> Value {
    match kind {
        DataType::Boolean => Value::Bool(text == "true"),
        kind if kind.is_integer() => integer(text),
        DataType::Decimal32(_, _)
        | DataType::Decimal64(_, _)
        | DataType::Decimal128(_, _)
        | DataType::Decimal256(_, _) => decimal(text),
        kind if kind.is_floating() => {
            let number = text.parse().ok().and_then(Number::from_f64);
            number.map_or(Value::Null, Value::Number)
        }
        _other => Value::String(text),
    }
}

fn integer(text: String) -> Value {
    let number = text
        .parse::<i64>()
        .ok()
        .filter(|n| n.unsigned_abs() <= EXACT);
    number.map_or(Value::String(text), |n| Value::Number(n.into()))
}

fn decimal(text: String) -> Value {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.trim_start_matches('0').len() > DIGITS {
        return Value::String(text);
    }
    let number = text.parse().ok().and_then(Number::from_f64);
    number.map_or(Value::String(text), Value::Number)
}

/// One line: an array of row objects.
pub(super) fn write(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    out: &mut dyn Write,
) -> io::Result<()> {
    let all: Vec<_> = batches
        .iter()
        .flat_map(|batch| rows(schema, batch))
        .collect();
    serde_json::to_writer(&mut *out, &all)?;
    writeln!(out)
}

/// One row object a line.
pub(super) fn write_lines(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    out: &mut dyn Write,
) -> io::Result<()> {
    for row in batches.iter().flat_map(|batch| rows(schema, batch)) {
        serde_json::to_writer(&mut *out, &row)?;
        writeln!(out)?;
    }
    Ok(())
}
