//! `subrosa table`: sealed tables of a world, as their owners look at them.

use std::path::PathBuf;

use clap::Subcommand;
use connectors::{KeyFolder, open_table, read_manifest, verify_files};
use parquet::arrow::ArrowWriter;
use policy::ident::{PartyId, TableName, TableRef};
use seal::Manifest;

use super::block_on;
use crate::args::WorldArg;
use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};
use crate::progress;
use crate::say;
use crate::world::{Collaboration, Layout, open_store, start, table_version};

/// What to do with a sealed table.
#[derive(Debug, Subcommand)]
pub(crate) enum TableCommand {
    /// Seal what is new or changed in a world.
    Seal {
        #[command(flatten)]
        world: WorldArg,
    },
    /// Show a table's manifest.
    Inspect {
        /// PARTY.TABLE
        table: String,
        #[command(flatten)]
        world: WorldArg,
        /// The manifest as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Hash every file of a table whole and compare it with the signed manifest.
    Verify {
        /// PARTY.TABLE
        table: String,
        #[command(flatten)]
        world: WorldArg,
    },
    /// Write the owner's own data back as Parquet in clear, with the owner's keys.
    Open {
        /// PARTY.TABLE
        table: String,
        #[command(flatten)]
        world: WorldArg,
        /// Where to.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
}

/// Runs `table`.
pub(crate) fn run(command: &TableCommand) -> Result<Exit, Failures> {
    match command {
        TableCommand::Seal { world } => block_on(async {
            let bar = progress::spinner("rows");
            let started = start(&world.world, &bar).await;
            bar.finish_and_clear();
            for table in started?.status {
                let how = if table.sealed_now {
                    "sealed"
                } else {
                    "unchanged"
                };
                say::line(&format!(
                    "{}  version {}  {} rows  {how}",
                    table.table, table.version, table.rows
                ));
                table
                    .remarks
                    .iter()
                    .for_each(|remark| say::note(&format!("{}: {remark}", table.table)));
            }
            Ok(Exit::Answered)
        }),
        TableCommand::Inspect { table, world, json } => block_on(async {
            let (_, manifest, _) = found(world, table).await?;
            inspect(&manifest, *json);
            Ok(Exit::Answered)
        }),
        TableCommand::Verify { table, world } => block_on(async {
            let (store, manifest, _) = found(world, table).await?;
            verify_files(&store, &manifest)
                .await
                .map_err(failure::of_connector)?;
            let (version, files) = (manifest.version, manifest.files.len());
            say::line(&format!(
                "{table} version {version}: {files} files are as its owner signed them"
            ));
            Ok(Exit::Answered)
        }),
        TableCommand::Open {
            table,
            world,
            output,
        } => block_on(async {
            let (store, manifest, keys) = found(world, table).await?;
            open(&store, &manifest, &keys, output).await?;
            say::line(&format!("{}: {} rows", output.display(), manifest.rows));
            Ok(Exit::Answered)
        }),
    }
}

async fn found(
    world: &WorldArg,
    table: &str,
) -> Result<(connectors::Store, Manifest, KeyFolder), Failures> {
    let unknown = || Failure::usage(format!("`{table}` is no PARTY.TABLE of this world"));
    let (party, name) = table.split_once('.').ok_or_else(unknown)?;
    let name = TableRef {
        party: PartyId::new(party).map_err(|_| unknown())?,
        table: TableName::new(name).map_err(|_| unknown())?,
    };
    let collaboration = Collaboration::read(&world.world).map_err(failure::all)?;
    if !collaboration.tables.contains_key(&name) {
        return Err(unknown().into());
    }
    let layout = Layout::of(&world.world);
    let (version, digest) = table_version(&layout, &name)?.ok_or_else(|| {
        Failure::usage(format!("{table} is not sealed yet")).with_help("`subrosa table seal`")
    })?;
    let keys = KeyFolder::new(layout.party_keys(&name.party));
    let owner = keys
        .party()
        .map_err(failure::of_connector)?
        .identity
        .public();
    let store = open_store(&collaboration, &layout)?;
    let (_, manifest) = read_manifest(&store, &owner, &name, version, &digest)
        .await
        .map_err(failure::of_connector)?;
    Ok((store, manifest, keys))
}

fn inspect(manifest: &Manifest, json: bool) {
    if json {
        say::line(&serde_json::to_string(manifest).unwrap_or_default());
        return;
    }
    say::line(&format!(
        "{}.{} version {}: {} rows in {} files, sealed {}",
        manifest.party,
        manifest.table,
        manifest.version,
        manifest.rows,
        manifest.files.len(),
        manifest.sealed_at
    ));
    for column in &manifest.columns {
        let hidden = if column.hidden { "  hidden" } else { "" };
        say::line(&format!("  {}  {}{hidden}", column.name, column.kind));
    }
    for key in &manifest.unique {
        say::line(&format!("  unique: {}", key.join(", ")));
    }
}

async fn open(
    store: &connectors::Store,
    manifest: &Manifest,
    keys: &KeyFolder,
    output: &std::path::Path,
) -> Result<(), Failures> {
    let io = |error: std::io::Error| Failure::io(output, &error);
    let folder = output.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = folder.unwrap_or(std::path::Path::new("."));
    let staged = tempfile::NamedTempFile::new_in(folder).map_err(io)?;
    let file = staged.reopen().map_err(io)?;
    let mut writer: Option<ArrowWriter<std::fs::File>> = None;
    let mut target = Some(file);
    let failed = |error: &dyn std::fmt::Display| connectors::ConnectorError::Source {
        path: output.to_owned(),
        message: error.to_string(),
    };
    open_table(store, manifest, keys, &mut |batch| {
        if let Some(file) = target.take() {
            let made = ArrowWriter::try_new(file, batch.schema(), None);
            writer = Some(made.map_err(|error| failed(&error))?);
        }
        match &mut writer {
            Some(writer) => writer.write(&batch).map_err(|error| failed(&error)),
            None => Ok(()),
        }
    })
    .await
    .map_err(failure::of_connector)?;
    if let Some(writer) = writer {
        writer
            .close()
            .map_err(|error| failure::of_connector(failed(&error)))?;
    }
    staged.persist(output).map_err(|error| io(error.error))?;
    Ok(())
}
