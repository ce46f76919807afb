//! Released rows as text, for the state, and back.

use std::io::Cursor;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;

/// The rows as Arrow IPC, hexadecimal.
pub(super) fn encoded(batch: &RecordBatch) -> Result<String, ArrowError> {
    let mut out = Vec::new();
    let mut writer = StreamWriter::try_new(&mut out, &batch.schema())?;
    writer.write(batch)?;
    writer.finish()?;
    drop(writer);
    Ok(hex::encode(out))
}

/// The rows again; `None` if they are none.
pub(super) fn decoded(text: &str) -> Option<RecordBatch> {
    let reader = StreamReader::try_new(Cursor::new(hex::decode(text).ok()?), None).ok()?;
    let schema = reader.schema();
    let batches = reader.collect::<Result<Vec<_>, _>>().ok()?;
    concat_batches(&schema, &batches).ok()
}
