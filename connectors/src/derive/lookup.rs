//! A value from another of the owner's tables, whose key must be unique there.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use arrow::array::{
    Array, ArrayRef, AsArray, RecordBatch, StringArray, UInt64Array, new_empty_array,
};
use arrow::compute::kernels::cmp::distinct;
use arrow::compute::{cast, concat, nullif, take};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use policy::document::{self, PolicyDocument, PolicySource};
use policy::problem::{Problem, nearest};
use sha2::{Digest, Sha256};

use crate::error::ConnectorError;
use crate::keys::KeyFolder;
use crate::source::{Files, Hints, Others, Wanted, is_identifier, unknown_type, wanted};
use crate::words::count;

/// Where a derived column is looked up.
#[derive(Debug, Clone)]
pub(super) struct Lookup {
    policy: PolicySource,
    written: document::Lookup,
    files: Files,
    /// The column of this table with the keys, and the type that both keys are compared in.
    column: usize,
    key_type: DataType,
    data_type: DataType,
}

impl Lookup {
    /// Finds the other table and its columns; reads no Parquet rows.
    pub(super) fn new(
        document: &PolicyDocument,
        (name, written): (&str, &document::Lookup),
        own: &SchemaRef,
        others: &Others,
        keys: &KeyFolder,
    ) -> Result<Self, ConnectorError> {
        let problem = |span, message, help: &str| wrong(&document.source, span, message, help);
        let document::Lookup {
            table, from, on, ..
        } = written;
        let other = others.tables.get(table).ok_or_else(|| {
            let message = format!("its owner has no table `{table}` here to look up in");
            problem(&from.span, message, &others.help)
        })?;
        let files = open(document, name, written, other, keys)?;
        let found = |name: &str, span| {
            let found = type_of(files.columns(), name);
            found.map_err(|help| problem(span, format!("`{table}` has no column `{name}`"), &help))
        };
        found(&written.key, &on.span)?;
        let (column, key_type) = keys_of(own, &written.column)
            .map_err(|(message, help)| problem(&on.span, message, help))?;
        Ok(Self {
            policy: document.source.clone(),
            data_type: found(&written.value, &from.span)?,
            written: written.clone(),
            column,
            key_type,
            files,
        })
    }

    /// The type of the values as they lie in the other table.
    pub(super) fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// Hashes the other table.
    pub(super) fn digest(&self, hasher: &mut Sha256) -> Result<(), ConnectorError> {
        self.files.digest(hasher)?;
        hasher.update(format!("{:?}", self.files.columns()));
        Ok(())
    }

    /// Reads the other table: every value by its key.
    pub(super) fn read(&self) -> Result<Found, ConnectorError> {
        let mut keys = Keys::default();
        let mut values = vec![new_empty_array(&self.data_type)];
        for path in self.files.paths() {
            self.files.read(path, &mut |batch| {
                let wrong = |message: String| ConnectorError::source(path, message);
                let column = |name: &str| {
                    let missing = || wrong(format!("has no column `{name}`"));
                    batch.column_by_name(name).ok_or_else(missing)
                };
                keys.add(&texts(column(&self.written.key)?, &self.key_type).map_err(wrong)?);
                let found = cast(column(&self.written.value)?, &self.data_type);
                values.push(found.map_err(|error| wrong(error.to_string()))?);
                Ok(())
            })?;
        }
        if keys.repeated > 0 {
            return Err(self.repeats(keys.repeated));
        }
        let values: Vec<&dyn Array> = values.iter().map(AsRef::as_ref).collect();
        let values = concat(&values).map_err(|error| self.unreadable(&error.to_string()))?;
        Ok(Found {
            rows: keys.rows,
            values,
            column: self.column,
            key_type: self.key_type.clone(),
        })
    }

    fn repeats(&self, rows: u64) -> ConnectorError {
        let document::Lookup { table, key, .. } = &self.written;
        let repeat = if rows == 1 { "repeats" } else { "repeat" };
        let rows = count(rows, "row");
        let message = format!("`{table}.{key}` is no key: {rows} {repeat} an earlier value");
        let help = format!("look up by a column that is unique in `{table}`");
        wrong(&self.policy, &self.written.on.span, message, &help)
    }

    fn unreadable(&self, message: &str) -> ConnectorError {
        let path = self.files.paths().first().cloned().unwrap_or_default();
        ConnectorError::source(&path, message)
    }
}

/// The other table's files; of a CSV, the key is a text, and the value what the derived column needs.
fn open(
    document: &PolicyDocument,
    name: &str,
    written: &document::Lookup,
    other: &crate::source::Outside,
    keys: &KeyFolder,
) -> Result<Files, ConnectorError> {
    let is_value = |column: &str| column == written.value;
    let hints = Hints {
        is_identifier: &|column| {
            column == written.key || is_value(column) && is_identifier(document, name)
        },
        wanted: &|column| {
            if is_value(column) {
                wanted(document, name)
            } else {
                (Wanted::Any, "")
            }
        },
        unknown: &|column| {
            if is_value(column) {
                unknown_type(document, name)
            } else {
                DataType::Utf8
            }
        },
    };
    Files::open(&other.path, &other.types, &hints, keys)
}

fn wrong(
    source: &PolicySource,
    span: &Range<usize>,
    message: String,
    help: &str,
) -> ConnectorError {
    ConnectorError::Policy(vec![Problem::error(source, span, message).with_help(help)])
}

/// The type of a column, or what to name instead.
fn type_of(columns: &SchemaRef, name: &str) -> Result<DataType, String> {
    if let Ok(field) = columns.field_with_name(name) {
        return Ok(field.data_type().clone());
    }
    let fields = columns.fields().iter();
    let names: Vec<&str> = fields.map(|field| field.name().as_str()).collect();
    Err(match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", names.join(", ")),
    })
}

/// Where this table's keys are, and their type.
fn keys_of(own: &SchemaRef, name: &str) -> Result<(usize, DataType), (String, &'static str)> {
    let Some((column, field)) = own.column_with_name(name) else {
        let message = format!("there is no column `{name}`");
        return Err((message, "name a column of this table"));
    };
    if field.data_type().is_floating() {
        let message = format!("`{name}` is a floating-point number, which is no key");
        return Err((message, "look up by a text or a whole number"));
    }
    Ok((column, field.data_type().clone()))
}

/// Keys as texts that are equal where the keys are, in the type of this table's column. A key that
/// has no place in that type, such as 1.5 among whole numbers, is nobody's.
fn texts(keys: &ArrayRef, key_type: &DataType) -> Result<StringArray, String> {
    let wrong = |error: ArrowError| error.to_string();
    let mut typed = cast(keys, key_type).map_err(wrong)?;
    if keys.data_type() != key_type && !keys.data_type().is_string() && !key_type.is_string() {
        let back = cast(&typed, keys.data_type()).map_err(wrong)?;
        let changed = distinct(&back, keys).map_err(wrong)?;
        typed = nullif(&typed, &changed).map_err(wrong)?;
    }
    let texts = cast(&typed, &DataType::Utf8).map_err(wrong)?;
    Ok(texts.as_string::<i32>().clone())
}

/// Which row of the other table has a key.
#[derive(Debug, Default)]
struct Keys {
    rows: HashMap<String, u64>,
    next: u64,
    repeated: u64,
}

impl Keys {
    fn add(&mut self, keys: &StringArray) {
        for key in keys {
            match key.map(|key| self.rows.entry(key.to_owned())) {
                Some(Entry::Vacant(free)) => drop(free.insert(self.next)),
                Some(Entry::Occupied(_)) => self.repeated = self.repeated.saturating_add(1),
                None => {}
            }
            self.next = self.next.saturating_add(1);
        }
    }
}

/// The other table, by key.
#[derive(Debug)]
pub(super) struct Found {
    rows: HashMap<String, u64>,
    values: ArrayRef,
    column: usize,
    key_type: DataType,
}

impl Found {
    /// A batch's values, and for how many of its keys there is none.
    pub(super) fn values(&self, batch: &RecordBatch) -> Result<(ArrayRef, usize), String> {
        let keys = texts(batch.column(self.column), &self.key_type)?;
        let rows: UInt64Array = keys
            .iter()
            .map(|key| self.rows.get(key?).copied())
            .collect();
        let values = take(&self.values, &rows, None).map_err(|error| error.to_string())?;
        Ok((values, rows.null_count().saturating_sub(keys.null_count())))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::Arc;

    use arrow::array::Float64Array;

    use super::*;

    #[test]
    fn a_key_without_a_place_in_the_other_type_is_nobodys() {
        let keys: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), Some(1.5), None]));
        let found = texts(&keys, &DataType::Int64).unwrap();
        assert_eq!(found, StringArray::from(vec![Some("1"), None, None]));
    }
}
