//! The files of a table outside: which they are, their columns, and what is in them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use sha2::{Digest, Sha256};

use super::csv::{self, Hints};
use super::{parquet, typed};
use crate::error::ConnectorError;
use crate::keys::KeyFolder;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Parquet,
    Csv,
}

/// One CSV or Parquet file, or a folder of Parquet files in the order of their names.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    kind: Kind,
    paths: Vec<PathBuf>,
    rows: u64,
    columns: SchemaRef,
    keys: KeyFolder,
}

impl Files {
    /// Finds the files and the types of their columns; `types` are told.
    pub(crate) fn open(
        path: &Path,
        types: &BTreeMap<String, String>,
        hints: &Hints<'_>,
        keys: &KeyFolder,
    ) -> Result<Self, ConnectorError> {
        let (kind, paths) = files(path)?;
        let (found, rows) = match kind {
            Kind::Parquet if types.is_empty() => parquet::schema(&paths, keys)?,
            Kind::Parquet => {
                let message = "`types` is for CSV; Parquet has types of its own";
                return Err(ConnectorError::source(path, message));
            }
            Kind::Csv => csv::schema(path, &typed::told(path, types)?, hints)?,
        };
        if let Some(name) = types.keys().find(|n| found.field_with_name(n).is_err()) {
            let message = format!("`types` names `{name}`, which is no column");
            return Err(ConnectorError::source(path, message));
        }
        Ok(Self {
            kind,
            paths,
            rows,
            columns: typed::with_types(&found, hints.unknown),
            keys: keys.clone(),
        })
    }

    /// The columns as they lie in the files.
    pub(crate) fn columns(&self) -> &SchemaRef {
        &self.columns
    }

    /// Whether the types of columns are guesses.
    pub(crate) fn is_csv(&self) -> bool {
        self.kind == Kind::Csv
    }

    /// The files, in order.
    pub(crate) fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Rows in all files.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Reads one file, batch by batch.
    pub(crate) fn read(
        &self,
        path: &Path,
        each: &mut dyn FnMut(RecordBatch) -> Result<(), ConnectorError>,
    ) -> Result<(), ConnectorError> {
        match self.kind {
            Kind::Parquet => parquet::read(path, &self.keys, each),
            Kind::Csv => csv::read(path, &self.columns, each),
        }
    }

    /// Hashes names and bytes of the files.
    pub(crate) fn digest(&self, hasher: &mut Sha256) -> Result<(), ConnectorError> {
        for path in &self.paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            hasher.update(seal::length_prefixed([name.as_bytes()]));
            let one = digest_of(path).map_err(|error| ConnectorError::source(path, error))?;
            hasher.update(one);
        }
        Ok(())
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
