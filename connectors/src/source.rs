//! What a party's table is read from: Parquet files (sealed ones too) and CSV.

mod csv;
mod parquet;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use policy::document::PolicyDocument;
use policy::resolve::ColumnShape;
use sha2::{Digest, Sha256};

use crate::error::ConnectorError;
use crate::keys::KeyFolder;
use crate::types::{named, sealed_type, shape_of};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Parquet,
    Csv,
}

/// A table outside: one CSV or Parquet file, or a folder of Parquet files in the order of their names.
#[derive(Debug, Clone)]
pub struct Source {
    kind: Kind,
    files: Vec<PathBuf>,
    found: SchemaRef,
    schema: SchemaRef,
    keys: KeyFolder,
}

impl Source {
    /// Looks at a table: finds its files and the types of its columns, and reads no Parquet rows.
    ///
    /// # Errors
    /// When a file cannot be read, files differ in their columns, or a column has a nested type.
    pub fn open(
        path: &Path,
        types: &BTreeMap<String, String>,
        document: &PolicyDocument,
        keys: &KeyFolder,
    ) -> Result<Self, ConnectorError> {
        let (kind, files) = files(path)?;
        let found = match kind {
            Kind::Parquet => parquet::schema(&files, keys)?,
            Kind::Csv => csv::schema(&files, &|name| is_identifier(document, name))?,
        };
        let found = overridden(path, &found, types, kind)?;
        let schema = sealed_schema(path, &found, document)?;
        Ok(Self {
            kind,
            files,
            found,
            schema,
            keys: keys.clone(),
        })
    }

    /// The columns as they are sealed.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The columns as they lie outside; policies are checked against these.
    #[must_use]
    pub fn found(&self) -> &SchemaRef {
        &self.found
    }

    /// The files, in order.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// SHA-256 over names and bytes of the files, hexadecimal.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn digest(&self) -> Result<String, ConnectorError> {
        let mut hasher = Sha256::new();
        for path in &self.files {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            hasher.update(seal::length_prefixed([name.as_bytes()]));
            let mut file =
                std::fs::File::open(path).map_err(|error| ConnectorError::source(path, error))?;
            let mut one = Sha256::new();
            let mut buffer = vec![0_u8; 1 << 20];
            loop {
                let read = std::io::Read::read(&mut file, &mut buffer)
                    .map_err(|error| ConnectorError::source(path, error))?;
                match buffer.get(..read) {
                    Some([]) | None => break,
                    Some(bytes) => one.update(bytes),
                }
            }
            hasher.update(one.finalize());
        }
        hasher.update(format!("{:?}", self.schema));
        Ok(hex::encode(hasher.finalize()))
    }

    /// Reads one file, batch by batch, in the types as sealed.
    ///
    /// # Errors
    /// When the file cannot be read, or what `each` returns.
    pub(crate) fn read(
        &self,
        path: &Path,
        each: &mut dyn FnMut(RecordBatch) -> Result<(), ConnectorError>,
    ) -> Result<(), ConnectorError> {
        let mut cast = |batch: RecordBatch| each(self.as_sealed(path, &batch)?);
        match self.kind {
            Kind::Parquet => parquet::read(path, &self.keys, &mut cast),
            Kind::Csv => csv::read(path, &self.found, &mut cast),
        }
    }

    fn as_sealed(&self, path: &Path, batch: &RecordBatch) -> Result<RecordBatch, ConnectorError> {
        let wrong = |error: arrow::error::ArrowError| ConnectorError::source(path, error);
        let columns = self.schema.fields().iter().map(|field| {
            let column = batch.column_by_name(field.name()).ok_or_else(|| {
                ConnectorError::source(path, format!("has no column `{}`", field.name()))
            })?;
            let measure = matches!(column.data_type(), DataType::Float32 | DataType::Float64);
            let options = arrow::compute::CastOptions {
                safe: measure,
                ..Default::default()
            };
            arrow::compute::cast_with_options(column, field.data_type(), &options).map_err(wrong)
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(wrong)
    }
}

/// The columns of a table outside, with nothing known about it.
///
/// # Errors
/// When a file cannot be read.
pub fn columns_of(path: &Path) -> Result<Vec<ColumnShape>, ConnectorError> {
    let (kind, files) = files(path)?;
    let schema = match kind {
        Kind::Parquet => parquet::schema(&files, &KeyFolder::new(PathBuf::new()))?,
        Kind::Csv => csv::schema(&files, &|_| false)?,
    };
    Ok(schema
        .fields()
        .iter()
        .map(|field| shape_of(field))
        .collect())
}

fn files(path: &Path) -> Result<(Kind, Vec<PathBuf>), ConnectorError> {
    let ends = |path: &Path, end: &str| {
        path.extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case(end))
    };
    if path.is_dir() {
        let listed =
            std::fs::read_dir(path).map_err(|error| ConnectorError::source(path, error))?;
        let mut files: Vec<PathBuf> = listed
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|file| ends(file, "parquet"))
            .collect();
        files.sort();
        if files.is_empty() {
            return Err(ConnectorError::source(
                path,
                "has no file that ends in .parquet",
            ));
        }
        return Ok((Kind::Parquet, files));
    }
    if ends(path, "parquet") {
        Ok((Kind::Parquet, vec![path.to_owned()]))
    } else if ends(path, "csv") {
        Ok((Kind::Csv, vec![path.to_owned()]))
    } else {
        Err(ConnectorError::source(
            path,
            "is no .parquet or .csv file and no folder",
        ))
    }
}

fn is_identifier(document: &PolicyDocument, column: &str) -> bool {
    document
        .rule_for(column)
        .is_some_and(|rule| rule.unit.is_some() || !rule.join.is_empty())
}

fn overridden(
    path: &Path,
    found: &SchemaRef,
    types: &BTreeMap<String, String>,
    kind: Kind,
) -> Result<SchemaRef, ConnectorError> {
    if let Some(name) = types
        .keys()
        .find(|name| found.field_with_name(name).is_err())
    {
        return Err(ConnectorError::source(
            path,
            format!("`types` names `{name}`, which is no column"),
        ));
    }
    if kind == Kind::Parquet && !types.is_empty() {
        return Err(ConnectorError::source(
            path,
            "`types` is for CSV; Parquet has types of its own",
        ));
    }
    let fields = found
        .fields()
        .iter()
        .map(|field| match types.get(field.name()) {
            None => Ok(field.as_ref().clone()),
            Some(text) => named(text)
                .map(|data_type| Field::new(field.name(), data_type, true))
                .ok_or_else(|| {
                    let known = "text, integer, decimal(p,s), float, boolean, date, timestamp";
                    ConnectorError::source(path, format!("`{text}` is no type; there are {known}"))
                }),
        });
    Ok(Arc::new(Schema::new(
        fields.collect::<Result<Vec<_>, _>>()?,
    )))
}

/// Every column as it will be sealed; float measures become exact.
fn sealed_schema(
    path: &Path,
    found: &SchemaRef,
    document: &PolicyDocument,
) -> Result<SchemaRef, ConnectorError> {
    let mut fields = Vec::new();
    for field in found.fields() {
        let Some(sealed) = sealed_type(field.data_type()) else {
            let message = format!(
                "column `{}` has type {}, which cannot be sealed; leave it out or flatten it",
                field.name(),
                field.data_type()
            );
            return Err(ConnectorError::source(path, message));
        };
        let float = matches!(sealed, DataType::Float32 | DataType::Float64);
        let measure = document
            .rule_for(field.name())
            .is_some_and(|rule| rule.measure.is_some());
        let sealed = if float && measure {
            DataType::Decimal128(38, 6)
        } else {
            sealed
        };
        if fields.iter().any(|f: &Field| f.name() == field.name()) {
            let message = format!("has two columns named `{}`", field.name());
            return Err(ConnectorError::source(path, message));
        }
        fields.push(Field::new(field.name(), sealed, true));
    }
    Ok(Arc::new(Schema::new(fields)))
}
