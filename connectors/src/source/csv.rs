//! CSV (RFC 4180, UTF-8, with a header): types from the whole file, never from a sample.
//!
//! Every complaint names its line, as an editor counts lines, and no value.

mod column;
mod guess;
mod records;
mod value;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use self::column::Column;
use self::guess::Guess;
pub(crate) use self::guess::Wanted;
use self::records::{Record, Records, Wrong};
use crate::error::ConnectorError;

/// Rows of a batch.
const BATCH: usize = 16_384;

/// What else than its values decides about a column's type.
pub(crate) struct Hints<'a> {
    /// Whether a column identifies somebody or something: such columns are texts.
    pub(crate) is_identifier: &'a dyn Fn(&str) -> bool,
    /// What the policy takes a column to hold, and the key of the rule that says so.
    pub(crate) wanted: &'a dyn Fn(&str) -> (Wanted, &'static str),
    /// The type of a column without a single value.
    pub(crate) unknown: &'a dyn Fn(&str) -> DataType,
}

/// The types of a file's columns, some of which were told, and how many rows it has.
pub(super) fn schema(
    path: &Path,
    told_types: &BTreeMap<String, DataType>,
    hints: &Hints<'_>,
) -> Result<(SchemaRef, u64), ConnectorError> {
    let (names, mut records) = open(path)?;
    let told = |name: &String| {
        let identifier = (hints.is_identifier)(name).then_some(DataType::Utf8);
        told_types.get(name).cloned().or(identifier)
    };
    let wanted = |name: &String| (hints.wanted)(name).0;
    let guess = |name| Guess::new(told(name), wanted(name));
    let mut guesses: Vec<Guess> = names.iter().map(guess).collect();
    let mut record = Record::default();
    let mut rows = 0_u64;
    while next(path, &mut records, &mut record, names.len())? {
        rows = rows.saturating_add(1);
        let line = record.line();
        let fields = record.fields().map_err(|wrong| placed(path, wrong))?;
        for (guess, value) in guesses.iter_mut().zip(fields) {
            guess.see(value, line);
        }
    }
    let columns = || names.iter().zip(&guesses);
    let told_otherwise = columns()
        .filter_map(|(name, guess)| Some((name, guess.misfits()?)))
        .map(|(name, (rows, line))| {
            let kind = crate::types::name_of(&told(name).unwrap_or(DataType::Utf8));
            let rows = crate::words::count(rows, "row");
            format!("`{name}` is no {kind} in {rows}, the first on line {line}")
        });
    let unwanted = columns()
        .filter_map(|(name, guess)| Some((name, guess.unwanted()?)))
        .filter_map(|(name, found)| unusable(name, (hints.wanted)(name), found));
    let misfits: Vec<String> = told_otherwise.chain(unwanted).collect();
    if !misfits.is_empty() {
        return Err(ConnectorError::source(path, misfits.join("; ")));
    }
    let fields = columns()
        .map(|(name, guess)| Field::new(name, guess.data_type(&(hints.unknown)(name)), true));
    Ok((Arc::new(Schema::new(fields.collect::<Vec<_>>())), rows))
}

/// A few cells that keep a whole column from being what its policy needs.
fn unusable(name: &str, (wanted, key): (Wanted, &str), (rows, line): (u64, u64)) -> Option<String> {
    let kind = match wanted {
        Wanted::Any => return None,
        Wanted::Number => "number",
        Wanted::Moment => "date or timestamp (like 2025-01-31 or 2025-01-31 09:30:00)",
    };
    let rows = crate::words::count(rows, "row");
    Some(format!(
        "`{name}` has a cell that is no {kind} in {rows}, the first on line {line}; its policy says `{key}`, so correct the \
         cells or leave them empty"
    ))
}

/// Reads a file, batch by batch.
pub(super) fn read(
    path: &Path,
    schema: &SchemaRef,
    each: &mut dyn FnMut(RecordBatch) -> Result<(), ConnectorError>,
) -> Result<(), ConnectorError> {
    let (names, mut records) = open(path)?;
    let types = schema.fields().iter().map(|field| field.data_type());
    let mut columns: Vec<Column> = types.map(Column::new).collect();
    let mut record = Record::default();
    let mut rows = 0_usize;
    while next(path, &mut records, &mut record, names.len())? {
        let fields = record.fields().map_err(|wrong| placed(path, wrong))?;
        for (column, value) in columns.iter_mut().zip(fields) {
            if !column.push(value) {
                let message = "changed while it was being read";
                return Err(ConnectorError::source(path, message));
            }
        }
        rows = rows.saturating_add(1);
        if rows == BATCH {
            each(batch(path, schema, &mut columns)?)?;
            rows = 0;
        }
    }
    if rows > 0 {
        each(batch(path, schema, &mut columns)?)?;
    }
    Ok(())
}

fn batch(
    path: &Path,
    schema: &SchemaRef,
    columns: &mut [Column],
) -> Result<RecordBatch, ConnectorError> {
    let arrays = columns.iter_mut().map(Column::finish).collect();
    RecordBatch::try_new(Arc::clone(schema), arrays)
        .map_err(|error| ConnectorError::source(path, error))
}

type Lines = Records<BufReader<File>>;

/// The names in the header, and the records behind it.
fn open(path: &Path) -> Result<(Vec<String>, Lines), ConnectorError> {
    let file = File::open(path).map_err(|error| ConnectorError::source(path, error))?;
    let mut records = Records::new(BufReader::with_capacity(1 << 18, file));
    let mut header = Record::default();
    let found = records
        .read(&mut header)
        .map_err(|wrong| placed(path, wrong))?;
    if !found {
        let message = "is empty; a CSV has a header with the names of its columns at least";
        return Err(ConnectorError::source(path, message));
    }
    let fields = header.fields().map_err(|wrong| placed(path, wrong))?;
    let names: Vec<String> = fields.map(str::to_owned).collect();
    match header_problem(&names) {
        None => Ok((names, records)),
        Some(problem) => Err(ConnectorError::source(
            path,
            format!("line {}: {problem}", header.line()),
        )),
    }
}

fn header_problem(names: &[String]) -> Option<String> {
    if let [name] = names
        && let Some(separator) = [';', '\t', '|'].iter().find(|c| name.contains(**c))
    {
        return Some(format!(
            "fields are separated by {separator:?}, but a CSV separates them by commas"
        ));
    }
    if names.iter().any(|name| name.contains('\r')) {
        return Some("lines end in CR alone; end them in LF or CRLF".to_owned());
    }
    if let Some(at) = names.iter().position(|name| name.trim().is_empty()) {
        let field = at.saturating_add(1);
        return Some(format!("column {field} has no name"));
    }
    let twice = names
        .iter()
        .enumerate()
        .find(|(at, name)| names.iter().take(*at).any(|n| n == *name));
    twice.map(|(_, name)| format!("two columns are named `{name}`"))
}

/// The next record, with as many fields as the header.
fn next(
    path: &Path,
    records: &mut Lines,
    record: &mut Record,
    width: usize,
) -> Result<bool, ConnectorError> {
    let more = records.read(record).map_err(|wrong| placed(path, wrong))?;
    if more && record.len() != width {
        let fields = crate::words::count(record.len() as u64, "field");
        let message = format!("has {fields}, but the header has {width}");
        return Err(placed(path, Wrong::Line(record.line(), message)));
    }
    Ok(more)
}

fn placed(path: &Path, wrong: Wrong) -> ConnectorError {
    match wrong {
        Wrong::Line(line, message) => {
            ConnectorError::source(path, format!("line {line}: {message}"))
        }
        Wrong::Io(error) => ConnectorError::source(path, error),
    }
}
