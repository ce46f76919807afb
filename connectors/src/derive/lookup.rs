//! A value from another of the owner's tables, whose key must be unique there.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use arrow::array::new_empty_array;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, UInt64Array};
use arrow::compute::{cast, concat, take};
use arrow::datatypes::{DataType, SchemaRef};
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
        let wrong = |span, message: String, help: &str| {
            let problem = Problem::error(&document.source, span, message);
            ConnectorError::Policy(vec![problem.with_help(help)])
        };
        let Some(other) = others.tables.get(&written.table) else {
            let message = format!(
                "its owner has no table `{}` here to look up in",
                written.table
            );
            return Err(wrong(&written.from.span, message, &others.help));
        };
        let files = open(document, name, written, other, keys)?;
        let data_type = |name: &str, span| {
            let found = files.columns().field_with_name(name);
            found.map(|field| field.data_type().clone()).map_err(|_| {
                let message = format!("`{}` has no column `{name}`", written.table);
                let names = files
                    .columns()
                    .fields()
                    .iter()
                    .map(|field| field.name().as_str());
                wrong(span, message, &instead(name, &names.collect::<Vec<_>>()))
            })
        };
        data_type(&written.key, &written.on.span)?;
        let (column, key) = own.column_with_name(&written.column).ok_or_else(|| {
            let message = format!("there is no column `{}`", written.column);
            wrong(&written.on.span, message, "name a column of this table")
        })?;
        if key.data_type().is_floating() {
            let message = format!(
                "`{}` is a floating-point number, which is no key",
                key.name()
            );
            return Err(wrong(
                &written.on.span,
                message,
                "look up by a text or a whole number",
            ));
        }
        Ok(Self {
            policy: document.source.clone(),
            written: written.clone(),
            data_type: data_type(&written.value, &written.from.span)?,
            key_type: key.data_type().clone(),
            column,
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
        let mut rows = HashMap::new();
        let mut values = vec![new_empty_array(&self.data_type)];
        let (mut repeated, mut row) = (0_u64, 0_u64);
        for path in self.files.paths() {
            self.files.read(path, &mut |batch| {
                let wrong = |message: String| ConnectorError::source(path, message);
                let column = |name: &str| {
                    let missing = || wrong(format!("has no column `{name}`"));
                    batch.column_by_name(name).ok_or_else(missing)
                };
                let keys = texts(column(&self.written.key)?, &self.key_type).map_err(wrong)?;
                for key in &keys {
                    match key.map(|key| rows.entry(key.to_owned())) {
                        Some(Entry::Vacant(free)) => drop(free.insert(row)),
                        Some(Entry::Occupied(_)) => repeated = repeated.saturating_add(1),
                        None => {}
                    }
                    row = row.saturating_add(1);
                }
                let found = cast(column(&self.written.value)?, &self.data_type);
                values.push(found.map_err(|error| wrong(error.to_string()))?);
                Ok(())
            })?;
        }
        if repeated > 0 {
            return Err(self.repeats(repeated));
        }
        let values: Vec<&dyn Array> = values.iter().map(AsRef::as_ref).collect();
        let values = concat(&values).map_err(|error| self.unreadable(&error.to_string()))?;
        Ok(Found {
            rows,
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
        let problem = Problem::error(&self.policy, &self.written.on.span, message);
        let help = format!("look up by a column that is unique in `{table}`");
        ConnectorError::Policy(vec![problem.with_help(help)])
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

fn instead(name: &str, names: &[&str]) -> String {
    match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", names.join(", ")),
    }
}

/// Keys as texts that are equal where the keys are, in the type of this table's column.
fn texts(keys: &ArrayRef, key_type: &DataType) -> Result<StringArray, String> {
    let wrong = |error: arrow::error::ArrowError| error.to_string();
    let keys = cast(keys, key_type).map_err(wrong)?;
    let texts = cast(&keys, &DataType::Utf8).map_err(wrong)?;
    Ok(texts.as_string::<i32>().clone())
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
