//! `policy draft`: a first policy from a table's columns, to be edited.

use std::path::PathBuf;

use clap::Args;
use policy::draft::Draft;
use policy::ident::{PartyId, TableName};

use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};
use crate::say;

/// Arguments of `policy draft`.
#[derive(Debug, Args)]
pub(crate) struct DraftArgs {
    /// A Parquet or CSV file, or a folder of Parquet files.
    data: PathBuf,
    /// The table's name; the file's unless given.
    #[arg(long)]
    table: Option<String>,
    /// Other parties that might link on keys.
    #[arg(long, value_name = "PARTY")]
    with: Vec<String>,
}

/// Runs `policy draft`.
pub(crate) fn run(args: &DraftArgs) -> Result<Exit, Failures> {
    let stem = args
        .data
        .file_stem()
        .map(|stem| stem.to_string_lossy().to_lowercase());
    let name = args.table.clone().or(stem).unwrap_or_default();
    let usage = |error: policy::ident::NameError| Failure::usage(error.to_string());
    let table = TableName::new(&name).map_err(usage)?;
    let others: Vec<PartyId> = args
        .with
        .iter()
        .map(PartyId::new)
        .collect::<Result<_, _>>()
        .map_err(usage)?;
    let columns = connectors::columns_of(&args.data).map_err(failure::of_connector)?;
    if columns.is_empty() {
        let failure = Failure::usage(format!("{}: has no columns", args.data.display()));
        return Err(failure
            .with_help("a CSV file begins with their names")
            .into());
    }
    let draft = Draft {
        table: &table,
        columns: &columns,
        others: &others,
    };
    say::line(draft.text().trim_end());
    Ok(Exit::Answered)
}
