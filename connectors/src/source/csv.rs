//! CSV (RFC 4180, UTF-8, with a header): types from the whole file, never from a sample.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::csv::ReaderBuilder;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use chrono::{NaiveDate, NaiveDateTime};

use crate::error::ConnectorError;

/// What every value of a column so far could be.
#[derive(Debug, Clone)]
struct Guess {
    any: bool,
    boolean: bool,
    integer: bool,
    decimal: Option<(usize, usize)>,
    float: bool,
    date: bool,
    timestamp: bool,
}

impl Guess {
    fn new() -> Self {
        Self {
            any: false,
            boolean: true,
            integer: true,
            decimal: Some((0, 0)),
            float: true,
            date: true,
            timestamp: true,
        }
    }

    fn see(&mut self, value: &str) {
        if value.is_empty() {
            return;
        }
        self.any = true;
        self.boolean &= value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false");
        let coded = has_leading_zero(value);
        self.integer &= !coded && value.parse::<i64>().is_ok();
        self.decimal = match (self.decimal, digits(value)) {
            (Some((whole, part)), Some((w, p))) if !coded => Some((whole.max(w), part.max(p))),
            _not_decimal => None,
        };
        self.float &= !coded && value.parse::<f64>().is_ok();
        self.date &= NaiveDate::parse_from_str(value, "%Y-%m-%d").is_ok();
        self.timestamp &= is_timestamp(value);
    }

    fn data_type(&self) -> DataType {
        let decimal = self.decimal.and_then(|(whole, part)| {
            let precision = u8::try_from(whole.saturating_add(part)).ok()?.max(1);
            let scale = i8::try_from(part).ok()?;
            (precision <= 38).then_some(DataType::Decimal128(precision.max(18), scale))
        });
        match self {
            guess if !guess.any => DataType::Utf8,
            guess if guess.boolean => DataType::Boolean,
            guess if guess.integer => DataType::Int64,
            guess if guess.date => DataType::Date32,
            guess if guess.timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            guess => match decimal {
                Some(decimal) => decimal,
                None if guess.float => DataType::Float64,
                None => DataType::Utf8,
            },
        }
    }
}

/// `007` is a code, not seven.
fn has_leading_zero(value: &str) -> bool {
    let digits = value.trim_start_matches(['-', '+']);
    digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.")
}

/// Digits before and after the point of a plain decimal.
fn digits(value: &str) -> Option<(usize, usize)> {
    let value = value.strip_prefix('-').unwrap_or(value);
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    (!whole.is_empty() && plain(whole) && plain(part)).then_some((whole.len(), part.len()))
}

fn is_timestamp(value: &str) -> bool {
    let value = value.strip_suffix('Z').unwrap_or(value);
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
        .iter()
        .any(|format| NaiveDateTime::parse_from_str(value, format).is_ok())
}

/// The types of a file's columns; identifiers are always texts.
pub(super) fn schema(
    files: &[PathBuf],
    is_identifier: &dyn Fn(&str) -> bool,
) -> Result<SchemaRef, ConnectorError> {
    let path = files.first().map_or(Path::new("."), PathBuf::as_path);
    let wrong = |error: csv::Error| ConnectorError::source(path, error);
    let mut reader = csv::Reader::from_path(path).map_err(wrong)?;
    let names: Vec<String> = reader
        .headers()
        .map_err(wrong)?
        .iter()
        .map(str::to_owned)
        .collect();
    if names.iter().any(String::is_empty) {
        return Err(ConnectorError::source(path, "line 1: a column has no name"));
    }
    let mut guesses = vec![Guess::new(); names.len()];
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(wrong)? {
        for (guess, value) in guesses.iter_mut().zip(record.iter()) {
            guess.see(value);
        }
    }
    let fields = names.iter().zip(&guesses).map(|(name, guess)| {
        let data_type = if is_identifier(name) {
            DataType::Utf8
        } else {
            guess.data_type()
        };
        Field::new(name, data_type, true)
    });
    Ok(Arc::new(Schema::new(fields.collect::<Vec<_>>())))
}

/// Reads a file, batch by batch.
pub(super) fn read(
    path: &Path,
    schema: &SchemaRef,
    each: &mut dyn FnMut(RecordBatch) -> Result<(), ConnectorError>,
) -> Result<(), ConnectorError> {
    let file = File::open(path).map_err(|error| ConnectorError::source(path, error))?;
    let reader = ReaderBuilder::new(Arc::clone(schema))
        .with_header(true)
        .with_batch_size(16_384)
        .build(file)
        .map_err(|error| ConnectorError::source(path, error))?;
    for batch in reader {
        each(batch.map_err(|error| ConnectorError::source(path, error))?)?;
    }
    Ok(())
}
