//! Tables for people: aligned columns, numbers to the right, a count of rows below.

use std::io::{self, Write};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::text;

fn rows(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

/// The texts of every column.
fn columns(schema: &SchemaRef, batches: &[RecordBatch]) -> Vec<Vec<Option<String>>> {
    (0..schema.fields().len())
        .map(|at| {
            let parts = batches.iter().filter_map(|batch| batch.columns().get(at));
            parts
                .flat_map(|column| text::values(column.as_ref()))
                .collect()
        })
        .collect()
}

fn printable(value: Option<&String>) -> String {
    match value {
        None => String::new(),
        Some(value) => value
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect(),
    }
}

fn pad(value: &str, width: usize, right: bool) -> String {
    let missing = width.saturating_sub(value.chars().count());
    let blank = " ".repeat(missing);
    if right {
        format!("{blank}{value}")
    } else {
        format!("{value}{blank}")
    }
}

/// Writes an aligned table.
pub(super) fn write(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    out: &mut dyn Write,
) -> io::Result<()> {
    let columns = columns(schema, batches);
    let widths: Vec<usize> = columns
        .iter()
        .zip(schema.fields())
        .map(|(values, field)| {
            let longest = values
                .iter()
                .map(|v| printable(v.as_ref()).chars().count())
                .max();
            longest.unwrap_or(0).max(field.name().chars().count())
        })
        .collect();
    let line = |cells: Vec<String>| format!(" {} ", cells.join(" | ")).trim_end().to_owned();
    let head = schema.fields().iter().zip(&widths);
    writeln!(
        out,
        "{}",
        line(
            head.map(|(field, width)| pad(field.name(), *width, false))
                .collect()
        )
    )?;
    let rule: Vec<String> = widths
        .iter()
        .map(|width| "-".repeat(width.saturating_add(2)))
        .collect();
    writeln!(out, "{}", rule.join("+"))?;
    let count = rows(batches);
    for row in 0..count {
        let cells = columns.iter().zip(schema.fields()).zip(&widths);
        let cells = cells.map(|((values, field), width)| {
            let value = printable(values.get(row).and_then(Option::as_ref));
            pad(&value, *width, text::is_number(field.data_type()))
        });
        writeln!(out, "{}", line(cells.collect()))?;
    }
    writeln!(out, "({count} {})", if count == 1 { "row" } else { "rows" })
}

/// Writes one block a row, one line a column.
pub(crate) fn expanded(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    out: &mut dyn Write,
) -> io::Result<()> {
    let columns = columns(schema, batches);
    let width = schema
        .fields()
        .iter()
        .map(|f| f.name().chars().count())
        .max()
        .unwrap_or(0);
    for row in 0..rows(batches) {
        writeln!(out, "-[ row {} ]-", row.saturating_add(1))?;
        for (field, values) in schema.fields().iter().zip(&columns) {
            let value = printable(values.get(row).and_then(Option::as_ref));
            writeln!(out, "{} | {value}", pad(field.name(), width, false))?;
        }
    }
    let count = rows(batches);
    writeln!(out, "({count} {})", if count == 1 { "row" } else { "rows" })
}
