//! What a party's table is read from: Parquet files (sealed ones too) and CSV.

mod csv;
mod material;
mod parquet;
mod typed;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use policy::document::PolicyDocument;
use policy::resolve::ColumnShape;
use sha2::{Digest, Sha256};

use self::csv::{Hints, Wanted};
use crate::error::ConnectorError;
use crate::keys::KeyFolder;
use crate::types::shape_of;

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
    rows: u64,
    found: SchemaRef,
    schema: SchemaRef,
    keys: KeyFolder,
}

/// Takes a batch in the types as sealed, and by column how many values had no place in them.
pub(crate) type Each<'e> = dyn FnMut(RecordBatch, &[usize]) -> Result<(), ConnectorError> + 'e;

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
        let (found, rows) = match kind {
            Kind::Parquet if types.is_empty() => parquet::schema(&files, keys)?,
            Kind::Parquet => {
                let message = "`types` is for CSV; Parquet has types of its own";
                return Err(ConnectorError::source(path, message));
            }
            Kind::Csv => csv::schema(
                path,
                &Hints {
                    told: &typed::told(path, types)?,
                    is_identifier: &|name| typed::is_identifier(document, name),
                    wanted: &|name| typed::wanted(document, name),
                    unknown: &|name| typed::unknown_type(document, name),
                },
            )?,
        };
        if let Some(name) = types.keys().find(|n| found.field_with_name(n).is_err()) {
            let message = format!("`types` names `{name}`, which is no column");
            return Err(ConnectorError::source(path, message));
        }
        let found = typed::with_types(&found, document);
        let schema = typed::sealed_schema(path, &found, document)?;
        Ok(Self {
            kind,
            files,
            rows,
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

    /// Rows outside, before any is left out.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
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
            let one = digest_of(path).map_err(|error| ConnectorError::source(path, error))?;
            hasher.update(one);
        }
        hasher.update(format!("{:?}", self.schema));
        Ok(hex::encode(hasher.finalize()))
    }

    /// Reads one file, batch by batch, in the types as sealed.
    ///
    /// # Errors
    /// When the file cannot be read, or what `each` returns.
    pub(crate) fn read(&self, path: &Path, each: &mut Each<'_>) -> Result<(), ConnectorError> {
        let mut cast = |batch: RecordBatch| {
            let (batch, lost) = typed::as_sealed(path, &self.schema, &batch)?;
            each(batch, &lost)
        };
        match self.kind {
            Kind::Parquet => parquet::read(path, &self.keys, &mut cast),
            Kind::Csv => csv::read(path, &self.found, &mut cast),
        }
    }
}

fn digest_of(path: &Path) -> std::io::Result<[u8; 32]> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0_u8; 1 << 20];
    loop {
        let read = std::io::Read::read(&mut file, &mut buffer)?;
        match buffer.get(..read) {
            Some([]) | None => return Ok(hasher.finalize().into()),
            Some(bytes) => hasher.update(bytes),
        }
    }
}

/// The columns of a table outside, with nothing known about it.
///
/// # Errors
/// When a file cannot be read.
pub fn columns_of(path: &Path) -> Result<Vec<ColumnShape>, ConnectorError> {
    let (kind, files) = files(path)?;
    let (schema, _) = match kind {
        Kind::Parquet => parquet::schema(&files, &KeyFolder::new(PathBuf::new()))?,
        Kind::Csv => csv::schema(
            path,
            &Hints {
                told: &BTreeMap::new(),
                is_identifier: &|_| false,
                wanted: &|_| (Wanted::Any, ""),
                unknown: &|_| DataType::Utf8,
            },
        )?,
    };
    Ok(schema
        .fields()
        .iter()
        .map(|field| shape_of(field))
        .collect())
}

fn files(path: &Path) -> Result<(Kind, Vec<PathBuf>), ConnectorError> {
    let wrong = |message: &str| Err(ConnectorError::source(path, message));
    if path.is_dir() {
        let listed =
            std::fs::read_dir(path).map_err(|error| ConnectorError::source(path, error))?;
        let entries = listed.collect::<Result<Vec<_>, _>>();
        let entries = entries.map_err(|error| ConnectorError::source(path, error))?;
        let mut files: Vec<PathBuf> = entries.iter().map(std::fs::DirEntry::path).collect();
        files.retain(|file| ends(file, "parquet") && !is_hidden(file));
        files.sort();
        return if files.is_empty() {
            wrong("has no file that ends in .parquet")
        } else {
            Ok((Kind::Parquet, files))
        };
    }
    if ends(path, "parquet") {
        Ok((Kind::Parquet, vec![path.to_owned()]))
    } else if ends(path, "csv") {
        Ok((Kind::Csv, vec![path.to_owned()]))
    } else {
        wrong("is no .parquet or .csv file and no folder")
    }
}

fn ends(path: &Path, end: &str) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case(end))
}

/// What other tools leave in a folder: `._part.parquet`, `.part.parquet.crc`, `_temporary`.
fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(['.', '_'])
}
