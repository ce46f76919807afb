//! What each column of a source is sealed as, and the batches in those types.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use policy::capability::{Filter, Grain};
use policy::document::PolicyDocument;

use super::csv::Wanted;
use crate::error::ConnectorError;
use crate::types::{hidden_type, named, sealed_type};

/// Float measures are exact: sums must not depend on the order of rows.
const EXACT: DataType = DataType::Decimal128(38, 6);

/// Whether a column identifies somebody or something.
pub(crate) fn is_identifier(document: &PolicyDocument, column: &str) -> bool {
    document
        .rule_for(column)
        .is_some_and(|rule| rule.unit.is_some() || !rule.join.is_empty())
}

/// What a column's policy takes it to hold, and the key that says so.
pub(crate) fn wanted(document: &PolicyDocument, column: &str) -> (Wanted, &'static str) {
    let Some(rule) = document.rule_for(column) else {
        return (Wanted::Any, "");
    };
    let filter = rule.filter.as_ref().and_then(|filter| match &filter.value {
        Filter::Grain(grain) => Some((grain, "filter")),
        Filter::Values(_) => None,
    });
    let dimension = rule.dimension.as_ref();
    let dimension = dimension.map(|grain| (&grain.value, "dimension"));
    match dimension.or(filter) {
        _ if rule.measure.is_some() => (Wanted::Number, "measure"),
        Some((Grain::Number(_), key)) => (Wanted::Number, key),
        Some((Grain::Time { .. }, key)) => (Wanted::Moment, key),
        Some((Grain::Any, _)) | None => (Wanted::Any, ""),
    }
}

/// The type of a column without a single value: one that its policy can be about.
pub(crate) fn unknown_type(document: &PolicyDocument, column: &str) -> DataType {
    match wanted(document, column).0 {
        Wanted::Number => EXACT,
        Wanted::Moment => DataType::Timestamp(TimeUnit::Microsecond, None),
        Wanted::Any => DataType::Utf8,
    }
}

/// The types that `types = { … }` tells.
pub(super) fn told(
    path: &Path,
    types: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, DataType>, ConnectorError> {
    let known = "text, integer, decimal(p,s), float, boolean, date, timestamp";
    let one = |(name, text): (&String, &String)| {
        let wrong = || format!("`types`: `{text}` of `{name}` is no type; there are {known}");
        let data_type = named(text).ok_or_else(|| ConnectorError::source(path, wrong()))?;
        Ok((name.clone(), data_type))
    };
    types.iter().map(one).collect()
}

/// Columns without a type of their own get one.
pub(super) fn with_types(found: &SchemaRef, unknown: &dyn Fn(&str) -> DataType) -> SchemaRef {
    let fields = found.fields().iter().map(|field| {
        let data_type = match field.data_type() {
            DataType::Null => unknown(field.name()),
            other => other.clone(),
        };
        Field::new(field.name(), data_type, true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Every column as it will be sealed.
pub(super) fn sealed_schema(
    path: &Path,
    found: &SchemaRef,
    document: &PolicyDocument,
) -> Result<SchemaRef, ConnectorError> {
    let mut fields: Vec<Field> = Vec::new();
    let mut problems = Vec::new();
    for field in found.fields() {
        let name = field.name();
        if fields.iter().any(|f| f.name() == name) {
            problems.push(format!("two columns are named `{name}`"));
        }
        match sealed_as(document, name, field.data_type()) {
            Some(sealed) => fields.push(Field::new(name, sealed, true)),
            None => problems.push(unsealable(field, document.shows(name))),
        }
    }
    if problems.is_empty() {
        Ok(Arc::new(Schema::new(fields)))
    } else {
        Err(ConnectorError::source(path, problems.join("; ")))
    }
}

/// The type that a column is sealed as, if there is one.
pub(crate) fn sealed_as(
    document: &PolicyDocument,
    name: &str,
    found: &DataType,
) -> Option<DataType> {
    let sealed = if document.shows(name) {
        sealed_type(found)
    } else {
        hidden_type(found)
    };
    sealed.map(|sealed| exact(sealed, document, name))
}

fn exact(sealed: DataType, document: &PolicyDocument, name: &str) -> DataType {
    let float = matches!(sealed, DataType::Float32 | DataType::Float64);
    let rule = document.rule_for(name);
    let measure = rule.is_some_and(|rule| rule.measure.is_some());
    if float && measure { EXACT } else { sealed }
}

fn unsealable(field: &Field, shown: bool) -> String {
    let (name, kind) = (field.name(), field.data_type());
    if kind.is_nested() {
        return format!(
            "column `{name}` has the nested type {kind}, which cannot be sealed; flatten it or leave it out"
        );
    }
    let way = if shown {
        "hide it, cast it or leave it out"
    } else {
        "cast it or leave it out"
    };
    format!("column `{name}` has type {kind}, which cannot be sealed; {way}")
}

/// A batch in the types as sealed, and how many values of each column have no place in them: these
/// are NULL now.
pub(super) fn as_sealed(
    path: &Path,
    schema: &SchemaRef,
    batch: &RecordBatch,
) -> Result<(RecordBatch, Vec<usize>), ConnectorError> {
    let options = CastOptions {
        safe: true,
        ..CastOptions::default()
    };
    let mut columns = Vec::new();
    let mut lost = Vec::new();
    for field in schema.fields() {
        let missing = || format!("has no column `{}`", field.name());
        let column = batch
            .column_by_name(field.name())
            .ok_or_else(|| ConnectorError::source(path, missing()))?;
        let cast = cast_with_options(column, field.data_type(), &options)
            .map_err(|error| ConnectorError::source(path, error))?;
        lost.push(nulls(&cast).saturating_sub(nulls(column)));
        columns.push(cast);
    }
    let batch = RecordBatch::try_new(Arc::clone(schema), columns)
        .map_err(|error| ConnectorError::source(path, error))?;
    Ok((batch, lost))
}

fn nulls(column: &dyn Array) -> usize {
    column.logical_null_count()
}
