//! `subrosa table seal`: what is new or changed in a world, or one table on its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{SecondsFormat, Utc};
use clap::Args;
use connectors::{
    KeyFolder, Others, Outside, SealRequest, Source, Store, newest_manifest, seal_table,
};
use policy::document::PolicyDocument;
use policy::ident::{TableName, TableRef};
use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::FormatArg;
use super::place::table_ref;
use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};
use crate::world::start;
use crate::{progress, say};

/// What to seal, and where to.
#[derive(Debug, Args)]
pub(crate) struct SealArgs {
    /// PARTY.TABLE, with --data.
    #[arg(value_name = "TABLE", requires = "data")]
    table: Option<String>,
    /// The world: a folder with a collaboration.toml.
    #[arg(long, default_value = ".", value_name = "DIR")]
    world: PathBuf,
    /// A Parquet or CSV file, or a folder of Parquet files, to seal without a world.
    #[arg(long, value_name = "PATH", requires_all = ["table", "policy", "to", "home", "contract"])]
    data: Option<PathBuf>,
    /// Its policy.
    #[arg(long, value_name = "FILE", requires = "data")]
    policy: Option<PathBuf>,
    /// The store: `s3://BUCKET/PREFIX` or a folder.
    #[arg(long, value_name = "URL", requires = "data")]
    to: Option<String>,
    /// Folder of the owner's key files.
    #[arg(long, value_name = "DIR", requires = "data")]
    home: Option<PathBuf>,
    /// Name of the contract that it is sealed for.
    #[arg(long, value_name = "NAME", requires = "data")]
    contract: Option<String>,
    /// A CSV column's type, such as `amount=decimal(18,2)`; may be given several times.
    #[arg(long = "type", value_name = "COLUMN=TYPE", requires = "data")]
    types: Vec<String>,
    /// Another table of the owner, such as `accounts=accounts.csv`, for columns that are looked up there; may be given several
    /// times.
    #[arg(long = "with", value_name = "TABLE=PATH", requires = "data")]
    others: Vec<String>,
    #[command(flatten)]
    format: FormatArg,
}

/// Runs it.
pub(super) async fn run(args: &SealArgs) -> Result<(), Failures> {
    let SealArgs {
        table,
        data,
        policy,
        to,
        home,
        contract,
        ..
    } = args;
    match (table, data, policy, to, home, contract) {
        (Some(table), Some(data), Some(policy), Some(to), Some(home), Some(contract)) => {
            let table = table_ref(table)
                .ok_or_else(|| Failure::usage(format!("`{table}` is no PARTY.TABLE")))?;
            let one = One {
                table,
                data,
                policy,
                store: store(to)?,
                keys: KeyFolder::new(home),
                contract,
                types: types(&args.types)?,
                others: others(&args.others)?,
            };
            one.seal(&args.format).await
        }
        _no_data => world(&args.world, &args.format).await,
    }
}

async fn world(root: &Path, format: &FormatArg) -> Result<(), Failures> {
    let bar = progress::spinner("rows");
    let started = start(root, &bar).await;
    bar.finish_and_clear();
    let status = started?.status;
    let lines = status.iter().map(|table| {
        let how = if table.sealed_now {
            "sealed"
        } else {
            "unchanged"
        };
        let (name, version, rows) = (&table.table, table.version, table.rows);
        format!("{name}  version {version}  {rows} rows  {how}")
    });
    format.say(&json!(status), &lines.collect::<Vec<_>>());
    for table in &status {
        remark(&table.table, &table.remarks);
    }
    Ok(())
}

fn remark(table: &str, remarks: &[String]) {
    let each = remarks.iter();
    each.for_each(|remark| say::note(&format!("{table}: {remark}")));
}

/// One table on its own.
struct One<'a> {
    table: TableRef,
    data: &'a Path,
    policy: &'a Path,
    store: Store,
    keys: KeyFolder,
    contract: &'a str,
    types: BTreeMap<String, String>,
    others: Others,
}

impl One<'_> {
    async fn seal(&self, format: &FormatArg) -> Result<(), Failures> {
        let connector = failure::of_connector;
        let identity = self.keys.existing_identity().map_err(connector)?;
        let document = self.document()?;
        let source = Source::open(self.data, &self.types, &document, &self.keys, &self.others)
            .map_err(connector)?;
        let (version, previous) = self.succession(&identity.public()).await?;
        let bar = progress::spinner("rows");
        progress::count_to(&bar, source.rows(), &format!("sealing {}", self.table));
        let progress = |rows: u64| bar.set_position(rows);
        let request = SealRequest {
            contract: self.contract,
            table: &self.table,
            version,
            previous,
            document: &document,
            source: &source,
            source_digest: source.digest().map_err(connector)?,
            keys: &self.keys,
            identity: &identity,
            store: &self.store,
            sealed_at: Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true),
            progress: &progress,
        };
        let runtime = Handle::current();
        let sealed = tokio::task::block_in_place(|| seal_table(&request, &runtime));
        bar.finish_and_clear();
        let sealed = sealed.map_err(connector)?;
        let (table, rows) = (self.table.to_string(), sealed.findings.rows);
        let (party, name) = (self.table.party.as_str(), self.table.table.as_str());
        let place = format!("{}/{party}/{name}/v{version}", self.store.name);
        let remarks = sealed.findings.remarks();
        let value: Value = json!([{ "table": table, "version": version, "rows": rows, "sealed_now": true, "remarks": remarks, "place": place }]);
        let line = format!("{table}  version {version}  {rows} rows  sealed at {place}");
        format.say(&value, &[line]);
        remark(&table, &remarks);
        Ok(())
    }

    fn document(&self) -> Result<PolicyDocument, Failures> {
        let text = std::fs::read_to_string(self.policy).map_err(|error| {
            let mut failure = Failure::io(self.policy, &error);
            failure.exit = Exit::Yours;
            failure
        })?;
        let document = PolicyDocument::parse(&self.policy.display().to_string(), &text);
        let extended = document.and_then(|d| crate::house::extended(d, self.policy, None));
        extended.map_err(failure::all)
    }

    /// The next version, and the digest of the newest one that the owner signed.
    async fn succession(&self, owner: &[u8; 32]) -> Result<(u64, Option<String>), Failures> {
        let connector = failure::of_connector;
        let (party, table) = (self.table.party.as_str(), self.table.table.as_str());
        let version = self.store.next_version(party, table, 0).await;
        let version = version.map_err(connector)?;
        if version == 1 {
            return Ok((version, None));
        }
        let newest = newest_manifest(&self.store, owner, &self.table, None).await;
        let (signed, _) = newest.map_err(connector)?;
        Ok((version, Some(signed.digest())))
    }
}

fn store(to: &str) -> Result<Store, Failures> {
    let opened = if to.contains("://") {
        Store::at(to, std::env::vars())
    } else {
        Store::folder(Path::new(to))
    };
    opened.map_err(failure::of_connector)
}

fn others(given: &[String]) -> Result<Others, Failure> {
    let one = |text: &String| {
        let wrong = || Failure::usage(format!("`{text}` is no TABLE=PATH"));
        let (table, path) = text.split_once('=').ok_or_else(wrong)?;
        let outside = Outside {
            path: PathBuf::from(path),
            types: BTreeMap::new(),
        };
        Ok((TableName::new(table).map_err(|_| wrong())?, outside))
    };
    Ok(Others {
        tables: given.iter().map(one).collect::<Result<_, Failure>>()?,
        help: "say where it lies: `--with TABLE=PATH`".to_owned(),
    })
}

fn types(given: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let one = |text: &String| {
        let wrong = || Failure::usage(format!("`{text}` is no COLUMN=TYPE"));
        let (column, name) = text.rsplit_once('=').ok_or_else(wrong)?;
        Ok((column.to_owned(), name.to_owned()))
    };
    given.iter().map(one).collect()
}
