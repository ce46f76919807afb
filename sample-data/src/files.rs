//! Files appear whole or not at all: written under another name, synced, then renamed.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::Schema;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::Error;

const ROWS_PER_GROUP: usize = 131_072;

/// A file under its temporary name; gone again unless committed.
#[derive(Debug)]
struct Staged {
    path: PathBuf,
    temporary: PathBuf,
    committed: bool,
}

impl Staged {
    fn new(path: &Path) -> Result<(Self, File), Error> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let temporary = path.with_file_name(name);
        let file = File::create(&temporary).map_err(Error::file(&temporary))?;
        Ok((
            Self {
                path: path.to_owned(),
                temporary,
                committed: false,
            },
            file,
        ))
    }

    fn commit(mut self, file: &File) -> Result<(), Error> {
        file.sync_all().map_err(Error::file(&self.temporary))?;
        fs::rename(&self.temporary, &self.path).map_err(Error::file(&self.path))?;
        self.committed = true;
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.committed {
            // Nothing to do about a leftover that cannot be removed: it carries a name nobody reads.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// A Parquet table on its way to its file.
#[derive(Debug)]
pub(crate) struct TableFile {
    staged: Staged,
    writer: ArrowWriter<File>,
}

impl TableFile {
    pub(crate) fn create(path: &Path, schema: Arc<Schema>) -> Result<Self, Error> {
        let (staged, file) = Staged::new(path)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
            .set_created_by("subrosa sample-data".to_owned())
            .build();
        let writer =
            ArrowWriter::try_new(file, schema, Some(properties)).map_err(Error::parquet(path))?;
        Ok(Self { staged, writer })
    }

    pub(crate) fn append(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.writer
            .write(batch)
            .map_err(Error::parquet(&self.staged.path))
    }

    pub(crate) fn finish(self) -> Result<(), Error> {
        let Self { staged, mut writer } = self;
        writer.finish().map_err(Error::parquet(&staged.path))?;
        staged.commit(writer.inner())
    }
}

/// Writes a small table whole, with the columns in the order given.
pub(crate) fn table(path: &Path, columns: Vec<(&str, ArrayRef)>) -> Result<(), Error> {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )?;
    let mut file = TableFile::create(path, batch.schema())?;
    file.append(&batch)?;
    file.finish()
}

/// Writes a text file whole.
pub(crate) fn text(path: &Path, text: &str) -> Result<(), Error> {
    let (staged, mut file) = Staged::new(path)?;
    file.write_all(text.as_bytes()).map_err(Error::file(path))?;
    staged.commit(&file)
}
