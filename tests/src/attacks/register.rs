//! Tables that the attacker uploads: the catalogue writes their rows as queries over nothing.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::prelude::SessionContext;

/// The rows of an uploaded table; `None` if the query reads a table of somebody.
pub(super) async fn rows(query: &str) -> Option<RecordBatch> {
    let context = SessionContext::new();
    let frame = match context.sql(query).await {
        Ok(frame) => frame,
        Err(error) if error.to_string().contains("not found") => return None,
        Err(error) => panic!("{query}: {error}"),
    };
    let schema = frame.schema().as_arrow().clone();
    let batches = frame.collect().await.unwrap();
    let whole = concat_batches(&schema.into(), &batches).unwrap();
    Some(plain(&whole))
}

/// Strings as plain strings, names without qualifiers.
fn plain(rows: &RecordBatch) -> RecordBatch {
    let columns = rows
        .columns()
        .iter()
        .map(|column| match column.data_type() {
            DataType::Utf8View | DataType::LargeUtf8 => cast(column, &DataType::Utf8).unwrap(),
            _other => Arc::clone(column),
        });
    let columns: Vec<_> = columns.collect();
    let schema = rows.schema();
    let fields = schema.fields().iter().zip(&columns);
    let fields =
        fields.map(|(field, column)| Field::new(field.name(), column.data_type().clone(), true));
    let schema = Schema::new(fields.collect::<Vec<_>>());
    RecordBatch::try_new(schema.into(), columns).unwrap()
}
