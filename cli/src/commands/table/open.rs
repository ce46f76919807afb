//! The owner's data back: a Parquet file in clear, whole or not at all.

use std::path::Path;

use connectors::{ConnectorError, KeyFolder, open_table, opened_schema};
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;

use super::place::Place;
use crate::failure::{self, Failure, Failures};
use crate::output::Format;

/// Opens a table into a file, which appears when it is complete.
pub(super) async fn write(place: &Place, keys: &KeyFolder, output: &Path) -> Result<(), Failures> {
    if Format::of_name(output).is_some_and(|format| format != Format::Parquet) {
        let message = format!("{}: a table is opened as Parquet", output.display());
        let help = "name the file `….parquet`";
        return Err(Failure::usage(message).with_help(help).into());
    }
    let io = |error: std::io::Error| Failure::io(output, &error);
    let folder = output.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let staged = tempfile::NamedTempFile::new_in(folder).map_err(io)?;
    let file = staged.reopen().map_err(io)?;
    let failed = |error: ParquetError| ConnectorError::Source {
        path: output.to_owned(),
        message: error.to_string(),
    };
    let connector = failure::of_connector;
    let schema = opened_schema(&place.manifest).map_err(connector)?;
    let mut writer =
        ArrowWriter::try_new(file, schema, None).map_err(|error| connector(failed(error)))?;
    open_table(&place.store, &place.manifest, keys, &mut |batch| {
        writer.write(&batch).map_err(failed)
    })
    .await
    .map_err(connector)?;
    writer.close().map_err(|error| connector(failed(error)))?;
    staged.persist(output).map_err(|error| io(error.error))?;
    Ok(())
}
