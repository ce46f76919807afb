//! A Markdown table, for reports.

use std::io::{self, Write};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::text;

fn cell(value: Option<String>) -> String {
    value
        .unwrap_or_default()
        .replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace(['\n', '\r'], " ")
}

/// Writes the table.
pub(super) fn write(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    out: &mut dyn Write,
) -> io::Result<()> {
    let names = schema
        .fields()
        .iter()
        .map(|field| cell(Some(field.name().clone())));
    writeln!(out, "| {} |", names.collect::<Vec<_>>().join(" | "))?;
    let rules = schema.fields().iter().map(|field| {
        if text::is_number(field.data_type()) {
            "---:"
        } else {
            "---"
        }
    });
    writeln!(out, "| {} |", rules.collect::<Vec<_>>().join(" | "))?;
    for batch in batches {
        let mut columns: Vec<_> = batch
            .columns()
            .iter()
            .map(|c| text::values(c.as_ref()).into_iter())
            .collect();
        for _row in 0..batch.num_rows() {
            let cells = columns
                .iter_mut()
                .map(|values| cell(values.next().flatten()));
            writeln!(out, "| {} |", cells.collect::<Vec<_>>().join(" | "))?;
        }
    }
    Ok(())
}
