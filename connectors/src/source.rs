//! What a party's table is read from: Parquet files (sealed ones too) and CSV.

mod csv;
mod files;
mod material;
mod outline;
mod parquet;
mod typed;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use policy::document::PolicyDocument;
use policy::ident::TableName;
use policy::resolve::{ColumnShape, derived_misfits};
use sha2::{Digest, Sha256};

pub(crate) use self::csv::{Hints, Wanted};
pub(crate) use self::files::Files;
pub use self::outline::Outline;
pub(crate) use self::typed::{is_identifier, sealed_as, unknown_type, wanted};
use crate::derive::{Derived, Deriver};
use crate::error::ConnectorError;
use crate::keys::KeyFolder;
use crate::types::shape_of;

/// A table of the same owner as it lies outside.
#[derive(Debug, Clone)]
pub struct Outside {
    /// A file or a folder of files.
    pub path: PathBuf,
    /// Types that override what a CSV file looks like.
    pub types: BTreeMap<String, String>,
}

/// The owner's tables that a derived column may look values up in.
#[derive(Debug, Clone, Default)]
pub struct Others {
    /// By name.
    pub tables: BTreeMap<TableName, Outside>,
    /// What to do where one is missing.
    pub help: String,
}

/// A table outside: one CSV or Parquet file, or a folder of Parquet files in the order of their names.
#[derive(Debug, Clone)]
pub struct Source {
    files: Files,
    found: SchemaRef,
    own: SchemaRef,
    derived: Derived,
    schema: SchemaRef,
}

/// Takes a batch in the types as sealed, and by column how many values had no place in them.
pub(crate) type Each<'e> = dyn FnMut(RecordBatch, &[usize]) -> Result<(), ConnectorError> + 'e;

impl Source {
    /// Looks at a table: finds its files and the types of its columns, and reads no Parquet rows.
    ///
    /// # Errors
    /// When a file cannot be read, files differ in their columns, a column has a nested type, or the
    /// policy derives a column that cannot be.
    pub fn open(
        path: &Path,
        types: &BTreeMap<String, String>,
        document: &PolicyDocument,
        keys: &KeyFolder,
        others: &Others,
    ) -> Result<Self, ConnectorError> {
        let hints = Hints {
            is_identifier: &|name| is_identifier(document, name),
            wanted: &|name| wanted(document, name),
            unknown: &|name| unknown_type(document, name),
        };
        let files = Files::open(path, types, &hints, keys)?;
        let shapes: Vec<_> = files
            .columns()
            .fields()
            .iter()
            .map(|field| shape_of(field))
            .collect();
        let misfits = derived_misfits(document, &shapes);
        if !misfits.is_empty() {
            return Err(ConnectorError::Policy(misfits));
        }
        let own = typed::sealed_schema(path, files.columns(), document)?;
        let derived = Derived::new(document, &own, others, keys)?;
        Ok(Self {
            found: derived.beside(files.columns(), Derived::found),
            schema: derived.beside(&own, Derived::sealed),
            files,
            own,
            derived,
        })
    }

    /// The columns as they are sealed: the table's own, then the derived ones.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The columns as they lie outside or are derived; policies are checked against these.
    #[must_use]
    pub fn found(&self) -> &SchemaRef {
        &self.found
    }

    /// The table's own columns as they are sealed.
    pub(crate) fn own(&self) -> &SchemaRef {
        &self.own
    }

    /// What makes the derived columns; reads the tables that they are looked up in.
    pub(crate) fn deriver(&self) -> Result<Deriver, ConnectorError> {
        self.derived.deriver(&self.schema)
    }

    /// The files, in order.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        self.files.paths()
    }

    /// Rows outside, before any is left out.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.files.rows()
    }

    /// SHA-256 over names and bytes of the files, also of those that values are looked up in,
    /// hexadecimal.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn digest(&self) -> Result<String, ConnectorError> {
        let mut hasher = Sha256::new();
        self.files.digest(&mut hasher)?;
        hasher.update(format!("{:?}", self.schema));
        self.derived.digest(&mut hasher)?;
        Ok(hex::encode(hasher.finalize()))
    }

    /// Reads one file, batch by batch, in the types as sealed; nothing is derived yet.
    ///
    /// # Errors
    /// When the file cannot be read, or what `each` returns.
    pub(crate) fn read(&self, path: &Path, each: &mut Each<'_>) -> Result<(), ConnectorError> {
        self.files.read(path, &mut |batch: RecordBatch| {
            let (batch, lost) = typed::as_sealed(path, &self.own, &batch)?;
            each(batch, &lost)
        })
    }
}

/// The columns of a table outside, with nothing known about it.
///
/// # Errors
/// When a file cannot be read.
pub fn columns_of(path: &Path) -> Result<Vec<ColumnShape>, ConnectorError> {
    Ok(Outline::open(path, &BTreeMap::new())?.shapes())
}
