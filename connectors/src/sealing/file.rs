//! One source file: read, filter, check, and seal into files of about a million rows.

use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use bytes::Bytes;
use seal::FileEntry;

use super::writer::{FileKeys, SealedFile};
use super::{SealRequest, master_key_id};
use crate::check::Checker;
use crate::error::ConnectorError;
use crate::rows::RowFilter;

/// Rows of a sealed file: small enough to be made in memory.
const FILE_ROWS: usize = 1 << 20;

type Put<'a> = &'a (dyn Fn(&str, Bytes) -> Result<(), ConnectorError> + Sync);

/// Seals one file of the source, and says what was in it.
pub(super) fn seal_file(
    request: &SealRequest<'_>,
    filter: &RowFilter,
    checker: Checker,
    (index, path): (usize, &std::path::PathBuf),
    put: Put<'_>,
    count: &(dyn Fn(u64) + Sync),
) -> Result<(Vec<FileEntry>, Checker), ConnectorError> {
    let mut parts = Parts {
        request,
        filter,
        put,
        index,
        path,
        part: 0,
        open: None,
        entries: Vec::new(),
        checker,
    };
    request.source.read(path, &mut |batch, lost| {
        let read = batch.num_rows() as u64;
        let wrong = |message: String| ConnectorError::source(path, message);
        let kept = filter.apply(batch).map_err(wrong)?;
        parts.checker.see(&kept, lost).map_err(wrong)?;
        parts.write(&kept.batch)?;
        count(read);
        Ok(())
    })?;
    if parts.entries.is_empty() && parts.open.is_none() && index == 0 {
        parts.begin()?;
    }
    parts.finish()?;
    Ok((parts.entries, parts.checker))
}

/// The open pair of sealed files: the visible columns, and the hidden ones if there are any.
struct Pair {
    visible: SealedFile,
    hidden: Option<SealedFile>,
    rows: usize,
}

struct Parts<'a, 'r> {
    request: &'a SealRequest<'r>,
    filter: &'a RowFilter,
    put: Put<'a>,
    index: usize,
    path: &'a Path,
    part: usize,
    open: Option<Pair>,
    entries: Vec<FileEntry>,
    checker: Checker,
}

impl Parts<'_, '_> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), ConnectorError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        if self.open.is_none() {
            self.begin()?;
        }
        let path = self.path;
        let Some(pair) = &mut self.open else {
            return Ok(());
        };
        pair.visible
            .write(batch)
            .map_err(|error| ConnectorError::source(path, error))?;
        if let Some(hidden) = &mut pair.hidden {
            hidden
                .write(batch)
                .map_err(|error| ConnectorError::source(path, error))?;
        }
        pair.rows = pair.rows.saturating_add(batch.num_rows());
        if pair.rows >= FILE_ROWS {
            self.finish()
        } else {
            Ok(())
        }
    }

    fn begin(&mut self) -> Result<(), ConnectorError> {
        let schema = self.request.source.schema();
        let hidden = self.schema_of(schema, true);
        let hidden = if hidden.fields().is_empty() {
            None
        } else {
            Some(self.file(hidden, true)?)
        };
        let visible = self.file(self.schema_of(schema, false), false)?;
        self.open = Some(Pair {
            visible,
            hidden,
            rows: 0,
        });
        Ok(())
    }

    fn schema_of(&self, schema: &SchemaRef, hidden: bool) -> SchemaRef {
        let document = self.request.document;
        let fields = schema
            .fields()
            .iter()
            .filter(|field| document.shows(field.name()) != hidden);
        let restrictions = self.filter.restrictions().filter(|_| !hidden);
        let restrictions = restrictions.map(|field| Arc::new(field.clone()));
        let fields = fields.map(Arc::clone).chain(restrictions);
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }

    fn file(&self, schema: SchemaRef, hidden: bool) -> Result<SealedFile, ConnectorError> {
        let request = self.request;
        let kind = if hidden { ".hidden" } else { "" };
        let name = format!("part-{:05}-{:05}{kind}.parquet", self.index, self.part);
        let id = master_key_id(request.table, hidden);
        let master = request.keys.master(&id)?;
        let prefix = seal::aad_prefix(
            request.contract,
            request.table.party.as_str(),
            request.table.table.as_str(),
            request.version,
            &name,
        );
        let keys = FileKeys {
            master: &master,
            id: &id,
        };
        SealedFile::new(schema, name, hidden, prefix, &keys)
            .map_err(|error| ConnectorError::source(self.path, error))
    }

    fn finish(&mut self) -> Result<(), ConnectorError> {
        let Some(pair) = self.open.take() else {
            return Ok(());
        };
        self.part = self.part.saturating_add(1);
        for file in std::iter::once(pair.visible).chain(pair.hidden) {
            let (entry, bytes) = file
                .finish()
                .map_err(|error| ConnectorError::source(self.path, error))?;
            (self.put)(&entry.path, Bytes::from(bytes))?;
            self.entries.push(entry);
        }
        Ok(())
    }
}
