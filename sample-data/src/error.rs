//! What can go wrong when sample data is written.

use std::path::{Path, PathBuf};

/// Why sample data could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An option outside its range.
    #[error("{option} is {value}; it must be {expected}")]
    Option {
        /// The option.
        option: &'static str,
        /// What it was set to.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
    /// A scheme found no accounts to run through.
    #[error("pattern {pattern} finds no account to use; choose a larger scale or fewer patterns")]
    NoAccount {
        /// The pattern's number.
        pattern: u64,
    },
    /// A file that could not be written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A table that could not be encoded.
    #[error("{}: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the encoder said.
        source: parquet::errors::ParquetError,
    },
    /// Columns that do not make a table.
    #[error("columns do not fit their table: {0}")]
    Columns(#[from] arrow::error::ArrowError),
}

impl Error {
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    pub(crate) fn parquet(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> Self {
        let path = path.to_owned();
        move |source| Self::Parquet { path, source }
    }
}
