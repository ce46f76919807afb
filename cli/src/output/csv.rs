//! RFC 4180: a header, CRLF-free lines, quotes where needed; NULL is an empty field.

use std::io::{self, Write};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::text;

fn field(value: Option<&str>) -> String {
    match value {
        None => String::new(),
        Some("") => "\"\"".to_owned(),
        Some(value) if value.contains([',', '"', '\n', '\r']) => {
            format!("\"{}\"", value.replace('"', "\"\""))
        }
        Some(value) => value.to_owned(),
    }
}

/// Writes header and rows.
pub(super) fn write(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    out: &mut dyn Write,
) -> io::Result<()> {
    let names = schema.fields().iter().map(|f| field(Some(f.name())));
    writeln!(out, "{}", names.collect::<Vec<_>>().join(","))?;
    for batch in batches {
        let mut columns: Vec<_> = batch
            .columns()
            .iter()
            .map(|c| text::values(c.as_ref()).into_iter())
            .collect();
        for _row in 0..batch.num_rows() {
            let cells = columns
                .iter_mut()
                .map(|values| field(values.next().flatten().as_deref()));
            writeln!(out, "{}", cells.collect::<Vec<_>>().join(","))?;
        }
    }
    Ok(())
}
