//! `policy draft`: a first policy from a table's columns, to be edited; or what one question needs.

mod needed;
mod stand;
mod write;

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
    /// A Parquet or CSV file, or a folder of Parquet files; with `--for`, a world.
    data: PathBuf,
    /// The table's name; the file's unless given.
    #[arg(long, conflicts_with = "question")]
    table: Option<String>,
    /// Other parties that might link on keys.
    #[arg(long, value_name = "PARTY", conflicts_with = "question")]
    with: Vec<String>,
    /// A file with one question: the least that lets it in, for every table that it reads.
    #[arg(long = "for", value_name = "FILE")]
    question: Option<PathBuf>,
    #[command(flatten)]
    needed: needed::NeededArgs,
}

/// Runs `policy draft`.
pub(crate) fn run(args: &DraftArgs) -> Result<Exit, Failures> {
    if let Some(question) = &args.question {
        return needed::run(&args.data, question, &args.needed);
    }
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
