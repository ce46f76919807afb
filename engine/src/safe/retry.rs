//! NULL for the rows that fail, the value for all others.
//!
//! A whole batch is tried first, so that nothing is paid where nothing fails. A batch that fails is
//! cut in halves until the rows that fail stand alone.

use std::panic::{AssertUnwindSafe, catch_unwind};

use datafusion::arrow::array::{Array, ArrayRef, new_null_array};
use datafusion::arrow::compute::{CastOptions, concat};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result as DfResult, ScalarValue, exec_err};
use datafusion::logical_expr::ColumnarValue;

/// What is tried: arguments and number of rows to values.
pub(super) type Operation<'a> = dyn Fn(&[ColumnarValue], usize) -> DfResult<ColumnarValue> + 'a;

/// Runs an operation over a batch; NULL of `kind` where it fails.
///
/// # Errors
/// When memory runs out, which is no property of a value.
pub(super) fn or_null(
    args: &[ColumnarValue],
    rows: usize,
    kind: &DataType,
    operation: &Operation<'_>,
) -> DfResult<ColumnarValue> {
    let operation = |args: &[ColumnarValue], rows: usize| typed(operation(args, rows)?, kind);
    let operation: &Operation<'_> = &operation;
    match attempt(args, rows, operation) {
        Ok(values) => return Ok(values),
        Err(error) if is_exhausted(&error) => return Err(error),
        Err(_of_some_row) => {}
    }
    let constant = args
        .iter()
        .all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
    if constant {
        return Ok(ColumnarValue::Scalar(ScalarValue::try_from(kind)?));
    }
    let mut parts = Vec::new();
    halves(args, rows, kind, operation, &mut parts)?;
    let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
    if parts.is_empty() {
        return Ok(ColumnarValue::Array(new_null_array(kind, 0)));
    }
    Ok(ColumnarValue::Array(concat(&parts)?))
}

/// Some functions, `round` of a decimal among them, give another type than they announce.
fn typed(values: ColumnarValue, kind: &DataType) -> DfResult<ColumnarValue> {
    if values.data_type() == *kind {
        return Ok(values);
    }
    let options = CastOptions {
        safe: true,
        ..CastOptions::default()
    };
    values.cast_to(kind, Some(&options))
}

fn halves(
    args: &[ColumnarValue],
    rows: usize,
    kind: &DataType,
    operation: &Operation<'_>,
    parts: &mut Vec<ArrayRef>,
) -> DfResult<()> {
    if rows <= 1 {
        parts.push(new_null_array(kind, rows));
        return Ok(());
    }
    let middle = rows / 2;
    for (offset, length) in [(0, middle), (middle, rows.saturating_sub(middle))] {
        let some: Vec<_> = args.iter().map(|arg| slice(arg, offset, length)).collect();
        match attempt(&some, length, operation) {
            Ok(values) => parts.push(values.into_array(length)?),
            Err(error) if is_exhausted(&error) => return Err(error),
            Err(_of_some_row) => halves(&some, length, kind, operation, parts)?,
        }
    }
    Ok(())
}

fn slice(arg: &ColumnarValue, offset: usize, length: usize) -> ColumnarValue {
    match arg {
        ColumnarValue::Array(array) => ColumnarValue::Array(array.slice(offset, length)),
        ColumnarValue::Scalar(value) => ColumnarValue::Scalar(value.clone()),
    }
}

/// A panic of a kernel is a failure like any other.
fn attempt(
    args: &[ColumnarValue],
    rows: usize,
    operation: &Operation<'_>,
) -> DfResult<ColumnarValue> {
    match catch_unwind(AssertUnwindSafe(|| operation(args, rows))) {
        Ok(values) => values,
        Err(_panic) => exec_err!("an operation failed"),
    }
}

fn is_exhausted(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::ResourcesExhausted(_))
}

/// The arguments as the rows of one batch: how many bytes of text they hold.
pub(super) fn text_bytes(args: &[ColumnarValue], rows: usize) -> usize {
    let bytes = |arg: &ColumnarValue| match arg {
        ColumnarValue::Array(array) => of_array(array),
        ColumnarValue::Scalar(value) => {
            let one = value.try_as_str().flatten().map_or(0, str::len);
            one.saturating_mul(rows)
        }
    };
    args.iter().map(bytes).fold(0, usize::saturating_add)
}

fn of_array(array: &ArrayRef) -> usize {
    use datafusion::arrow::array::AsArray;
    match array.data_type() {
        DataType::Utf8View => {
            let views = array.as_string_view();
            views.iter().flatten().map(str::len).sum()
        }
        DataType::Utf8 => array
            .as_string::<i32>()
            .iter()
            .flatten()
            .map(str::len)
            .sum(),
        DataType::LargeUtf8 => array
            .as_string::<i64>()
            .iter()
            .flatten()
            .map(str::len)
            .sum(),
        _fixed => array.len().saturating_mul(32),
    }
}

/// Most bytes of text that one call may make for a batch.
pub(super) const TEXT: usize = 256 << 20;

/// Refuses to make more text than memory is there for.
pub(super) fn bounded(args: &[ColumnarValue], rows: usize) -> DfResult<()> {
    if text_bytes(args, rows) > TEXT {
        return Err(DataFusionError::ResourcesExhausted("text".to_owned()));
    }
    Ok(())
}
