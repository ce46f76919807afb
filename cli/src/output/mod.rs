//! How answers look: one format a file.

mod csv;
mod file;
mod json;
mod markdown;
mod names;
mod table;
mod text;

use std::io::{self, Write};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use crate::failure::Failure;

pub(crate) use file::{check, emit, to_file, to_stdout};
pub(crate) use names::unrepeated;
pub(crate) use table::expanded;

/// Output formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Columns aligned for people.
    Table,
    /// RFC 4180 with a header.
    Csv,
    /// One line a statement: an array of row objects.
    Json,
    /// One row object a line.
    Ndjson,
    /// Parquet, into a file.
    Parquet,
    /// Arrow IPC file format, into a file.
    Arrow,
    /// A Markdown table.
    Markdown,
}

impl Format {
    /// Whether it belongs into a file rather than on a terminal.
    pub(crate) fn is_binary(self) -> bool {
        matches!(self, Self::Parquet | Self::Arrow)
    }

    /// The format that a file's name tells.
    pub(crate) fn of_name(path: &std::path::Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "csv" => Self::Csv,
            "json" => Self::Json,
            "ndjson" | "jsonl" => Self::Ndjson,
            "parquet" => Self::Parquet,
            "arrow" | "feather" | "ipc" => Self::Arrow,
            "md" | "markdown" => Self::Markdown,
            "txt" => Self::Table,
            _unknown => return None,
        })
    }

    /// The format that a file's name asks for; a name that asks for one that is not written is an error.
    pub(crate) fn asked_by(path: &std::path::Path) -> Result<Option<Self>, Failure> {
        match (Self::of_name(path), path.extension()) {
            (Some(format), _) => Ok(Some(format)),
            (None, None) => Ok(None),
            (None, Some(extension)) => {
                let extension = extension.to_string_lossy();
                let message = format!("{}: there is no format .{extension}", path.display());
                let help = "csv, json, ndjson, parquet, arrow, md and txt are; or say which with `--format`";
                Err(Failure::usage(message).with_help(help))
            }
        }
    }

    /// The format that was asked for: by name, by the name of the file, or else this one.
    pub(crate) fn chosen(
        asked: Option<Self>,
        output: Option<&std::path::Path>,
        otherwise: Self,
    ) -> Result<Self, Failure> {
        if let Some(format) = asked {
            return Ok(format);
        }
        let named = output.map_or(Ok(None), Self::asked_by)?;
        Ok(named.unwrap_or(otherwise))
    }

    /// Whether programs read it.
    pub(crate) fn is_for_machines(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }
}

/// Writes rows.
pub(crate) fn write(
    format: Format,
    schema: &SchemaRef,
    batches: &[RecordBatch],
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    let schema = unrepeated(schema);
    let batches = batches
        .iter()
        .map(|batch| RecordBatch::try_new(SchemaRef::clone(&schema), batch.columns().to_vec()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(io::Error::other)?;
    match format {
        Format::Table => table::write(&schema, &batches, out),
        Format::Csv => csv::write(&schema, &batches, out),
        Format::Json => json::write(&schema, &batches, out),
        Format::Ndjson => json::write_lines(&schema, &batches, out),
        Format::Markdown => markdown::write(&schema, &batches, out),
        Format::Parquet => parquet(&schema, &batches, out),
        Format::Arrow => arrow_file(&schema, &batches, out),
    }
}

fn parquet(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    let mut writer = ::parquet::arrow::ArrowWriter::try_new(out, SchemaRef::clone(schema), None)?;
    for batch in batches {
        writer.write(batch)?;
    }
    writer.close()?;
    Ok(())
}

fn arrow_file(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    let mut writer =
        arrow::ipc::writer::FileWriter::try_new(out, schema).map_err(io::Error::other)?;
    for batch in batches {
        writer.write(batch).map_err(io::Error::other)?;
    }
    writer.finish().map_err(io::Error::other)
}
