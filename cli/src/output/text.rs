//! Single values as text: ISO 8601 for times, plain digits for numbers.

use arrow::array::Array;
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};

/// Every value of a column; `None` for NULL.
pub(super) fn values(column: &dyn Array) -> Vec<Option<String>> {
    let options = FormatOptions::new().with_timestamp_format(Some("%Y-%m-%dT%H:%M:%S%.f"));
    let Ok(formatter) = ArrayFormatter::try_new(column, &options) else {
        return vec![None; column.len()];
    };
    let nulls = column.logical_nulls();
    let is_valid = |row: usize| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
    let value = |row: usize| {
        let text = is_valid(row)
            .then(|| formatter.value(row).try_to_string().ok())
            .flatten()?;
        Some(if column.data_type().is_floating() {
            float(&text)
        } else {
            text
        })
    };
    (0..column.len()).map(value).collect()
}

/// `3.0` is `3.0`; infinities and NaN keep their names.
fn float(text: &str) -> String {
    text.to_owned()
}

/// Whether values stand to the right in their column.
pub(super) fn is_number(kind: &DataType) -> bool {
    kind.is_numeric()
}
