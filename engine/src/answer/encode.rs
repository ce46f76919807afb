//! Rows as Arrow IPC, rebuilt so that no buffer holds anything but them.

use std::io::Cursor;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use arrow::compute::{SortColumn, SortOptions, cast, lexsort_to_indices, take};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;

/// The type that leaves: plain strings instead of views and dictionaries.
fn plain(kind: &DataType) -> DataType {
    match kind {
        DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
        DataType::Dictionary(_, value) => plain(value),
        other => other.clone(),
    }
}

/// Encodes rows, in the order of their columns with NULL last unless the question gave an order.
pub(crate) fn encode(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    ordered: bool,
) -> Result<Vec<u8>, ArrowError> {
    let fields = schema
        .fields()
        .iter()
        .map(|f| Field::new(f.name(), plain(f.data_type()), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let mut out = Vec::new();
    let mut writer = StreamWriter::try_new(&mut out, &schema)?;
    let whole = match batches {
        [] => None,
        [first, ..] => Some(arrow::compute::concat_batches(&first.schema(), batches)?),
    };
    if let Some(whole) = whole {
        let order = order(&whole, ordered)?;
        let columns = whole.columns().iter().zip(schema.fields());
        let columns = columns.map(|(column, field)| {
            let column = cast(column, field.data_type())?;
            take(&column, &order, None)
        });
        let columns = columns.collect::<Result<Vec<ArrayRef>, _>>()?;
        if !columns.is_empty() {
            writer.write(&RecordBatch::try_new(schema, columns)?)?;
        }
    }
    writer.finish()?;
    drop(writer);
    Ok(out)
}

fn order(batch: &RecordBatch, ordered: bool) -> Result<UInt32Array, ArrowError> {
    let rows = u32::try_from(batch.num_rows())
        .map_err(|_| ArrowError::ComputeError("too many rows".to_owned()))?;
    if ordered || batch.num_columns() == 0 {
        return Ok((0..rows).collect());
    }
    let options = Some(SortOptions {
        descending: false,
        nulls_first: false,
    });
    let columns = batch.columns().iter();
    let columns = columns.map(|column| SortColumn {
        values: Arc::clone(column),
        options,
    });
    lexsort_to_indices(&columns.collect::<Vec<_>>(), None)
}

/// Decodes what [`encode`] made.
pub(crate) fn decode(bytes: &[u8]) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
    let reader = StreamReader::try_new(Cursor::new(bytes), None)?;
    let schema = reader.schema();
    Ok((schema, reader.collect::<Result<_, _>>()?))
}
