//! A sealed Parquet file in the making: every column under a key of its own, columns in parallel.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::basic::{Compression, ZstdLevel};
use parquet::encryption::encrypt::FileEncryptionProperties;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use rayon::prelude::*;
use seal::{DataKey, FileEntry, KeyMaterial, MasterKey, SealError, digest_hex};

/// Rows of a row group: what one scan partition takes at a time.
const GROUP_ROWS: usize = 1 << 18;

/// The master key that the data keys of a file are wrapped under.
pub(super) struct FileKeys<'a> {
    pub(super) master: &'a MasterKey,
    pub(super) id: &'a str,
}

/// A sealed file being written.
pub(super) struct SealedFile {
    schema: SchemaRef,
    writer: SerializedFileWriter<Vec<u8>>,
    factory: ArrowRowGroupWriterFactory,
    waiting: Vec<RecordBatch>,
    waiting_rows: usize,
    groups: usize,
    entry: FileEntry,
}

fn failed(error: &SealError) -> ParquetError {
    ParquetError::General(error.to_string())
}

impl SealedFile {
    pub(super) fn new(
        schema: SchemaRef,
        path: String,
        hidden: bool,
        aad_prefix: Vec<u8>,
        keys: &FileKeys<'_>,
    ) -> ParquetResult<Self> {
        let make = |is_footer| -> Result<(DataKey, KeyMaterial), SealError> {
            let key = DataKey::generate()?;
            let material = KeyMaterial::wrap(&key, keys.master, keys.id, is_footer)?;
            Ok((key, material))
        };
        let (footer_key, footer_material) = make(true).map_err(|error| failed(&error))?;
        let bytes = |material: &KeyMaterial| material.to_bytes().map_err(|error| failed(&error));
        let mut encryption = FileEncryptionProperties::builder(footer_key.expose().to_vec())
            .with_footer_key_metadata(bytes(&footer_material)?)
            .with_aad_prefix(aad_prefix)
            .with_aad_prefix_storage(true);
        let mut column_keys = BTreeMap::new();
        for field in schema.fields() {
            let (key, material) = make(false).map_err(|error| failed(&error))?;
            encryption = encryption.with_column_key_and_metadata(
                field.name(),
                key.expose().to_vec(),
                bytes(&material)?,
            );
            column_keys.insert(field.name().clone(), material);
        }
        let properties = WriterProperties::builder()
            .set_writer_version(WriterVersion::PARQUET_1_0)
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .with_file_encryption_properties(encryption.build()?)
            .build();
        let writer = ArrowWriter::try_new(Vec::new(), Arc::clone(&schema), Some(properties))?;
        let (writer, factory) = writer.into_serialized_writer()?;
        let entry = FileEntry {
            path,
            size: 0,
            sha256: String::new(),
            footer_sha256: String::new(),
            footer_size: 0,
            rows: 0,
            hidden,
            footer_key: footer_material,
            column_keys,
        };
        Ok(Self {
            schema,
            writer,
            factory,
            waiting: Vec::new(),
            waiting_rows: 0,
            groups: 0,
            entry,
        })
    }

    /// Adds the rows of a batch, of which it takes its own columns.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> ParquetResult<()> {
        let own = self
            .schema
            .fields()
            .iter()
            .map(|field| batch.schema().index_of(field.name()));
        let own = own.collect::<Result<Vec<_>, _>>()?;
        self.waiting.push(batch.project(&own)?);
        self.waiting_rows = self.waiting_rows.saturating_add(batch.num_rows());
        if self.waiting_rows >= GROUP_ROWS {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> ParquetResult<()> {
        if self.waiting_rows == 0 {
            return Ok(());
        }
        let whole = concat_batches(&self.schema, &self.waiting)?;
        self.waiting.clear();
        self.waiting_rows = 0;
        let writers = self.factory.create_column_writers(self.groups)?;
        let columns: Vec<_> = writers
            .into_iter()
            .zip(self.schema.fields())
            .zip(whole.columns())
            .collect();
        let chunks = columns
            .into_par_iter()
            .map(|((writer, field), column)| write_column(writer, field, column));
        let chunks = chunks.collect::<ParquetResult<Vec<_>>>()?;
        let mut group = self.writer.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
        self.groups = self.groups.saturating_add(1);
        self.entry.rows = self.entry.rows.saturating_add(whole.num_rows() as u64);
        Ok(())
    }

    /// The finished file: its entry for the manifest, and its bytes.
    pub(super) fn finish(mut self) -> ParquetResult<(FileEntry, Vec<u8>)> {
        self.flush()?;
        let bytes = self.writer.into_inner()?;
        let mut entry = self.entry;
        entry.size = bytes.len() as u64;
        entry.sha256 = digest_hex(&bytes);
        let footer = seal::footer_of(&bytes).map_err(|error| failed(&error))?;
        entry.footer_size = footer.len() as u64;
        entry.footer_sha256 = digest_hex(footer);
        Ok((entry, bytes))
    }
}

fn write_column(
    mut writer: ArrowColumnWriter,
    field: &arrow::datatypes::FieldRef,
    column: &arrow::array::ArrayRef,
) -> ParquetResult<ArrowColumnChunk> {
    for leaf in compute_leaves(field, column)? {
        writer.write(&leaf)?;
    }
    writer.close()
}
