//! `subrosa table`: a party's tables, sealed, looked at, checked and opened again.
//!
//! A table is one of a world, or any that lies in a store, named by its URL: then nothing but the
//! party's keys is needed.

mod open;
mod place;
mod seal;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use connectors::verify_files;

use self::place::Place;
use super::block_on;
use crate::exit::Exit;
use crate::failure::{self, Failures};
use crate::say;

/// What to do with a sealed table.
#[derive(Debug, Subcommand)]
pub(crate) enum TableCommand {
    /// Seal what is new or changed in a world; or, with --data, one table without a world.
    Seal(Box<seal::SealArgs>),
    /// Show what a table's signed manifest says.
    Inspect {
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        format: FormatArg,
    },
    /// Hash every file of a table whole and compare it with the signed manifest.
    Verify {
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        format: FormatArg,
    },
    /// Write the owner's own data back as Parquet in clear, with the owner's keys.
    Open {
        #[command(flatten)]
        place: PlaceArgs,
        /// Where to.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        #[command(flatten)]
        format: FormatArg,
    },
}

/// Which table.
#[derive(Debug, Args)]
pub(crate) struct PlaceArgs {
    /// PARTY.TABLE of a world, or where a table lies: `s3://…/PARTY/TABLE` or a folder, of which the
    /// newest version is taken, or with /vN behind it that one.
    #[arg(value_name = "TABLE")]
    pub(crate) table: String,
    /// The world: a folder with a collaboration.toml.
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub(crate) world: PathBuf,
    /// Folder of the owner's key files, for a table that is not of a world.
    #[arg(long, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// The owner's public identity key, for those who only look.
    #[arg(long, value_name = "HEX", conflicts_with = "home")]
    pub(crate) owner: Option<String>,
}

/// How a command says what it did.
#[derive(Debug, Args)]
pub(crate) struct FormatArg {
    /// `json`: the same as one line of JSON.
    #[arg(long, value_parser = ["text", "json"], default_value = "text")]
    pub(crate) format: String,
}

impl FormatArg {
    /// Says it: a value for programs, or lines for people.
    pub(crate) fn say(&self, value: &serde_json::Value, lines: &[String]) {
        if self.format == "json" {
            say::line(&value.to_string());
        } else {
            for line in lines {
                say::line(line);
            }
        }
    }
}

/// Runs `table`.
pub(crate) fn run(command: &TableCommand) -> Result<Exit, Failures> {
    match command {
        TableCommand::Seal(args) => block_on(seal::run(args))?,
        TableCommand::Inspect { place, format } => block_on(async {
            let found = Place::find(place).await?;
            format.say(&show::value(&found.manifest), &show::lines(&found.manifest));
            Ok(())
        })?,
        TableCommand::Verify { place, format } => block_on(async {
            let found = Place::find(place).await?;
            verify_files(&found.store, &found.manifest)
                .await
                .map_err(failure::of_connector)?;
            let (value, line) = show::verified(&found.manifest);
            format.say(&value, &[line]);
            Ok(())
        })?,
        TableCommand::Open {
            place,
            output,
            format,
        } => block_on(async {
            let found = Place::find(place).await?;
            let keys = found.keys()?;
            open::write(&found, keys, output).await?;
            let (value, line) = show::opened(&found.manifest, output);
            format.say(&value, &[line]);
            Ok(())
        })?,
    }
    Ok(Exit::Answered)
}
