//! `contract new`, `contract add`: drawing a contract up, file by file.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Args;
use connectors::KeyFolder;
use policy::contract::{Contract, Member, PublicKey, View, ViewName};
use policy::document::PolicyDocument;
use policy::ident::{PartyId, Principal, Purpose, TableName, TableRef};

use super::file;
use crate::failure::{self, Failure, Failures};
use crate::say;

/// Arguments of `contract new`.
#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// The contract's name.
    #[arg(required_unless_present = "after", conflicts_with = "after")]
    name: Option<String>,
    /// Draw up the version that follows this signed contract.
    #[arg(long, value_name = "FILE")]
    after: Option<PathBuf>,
    /// Where to.
    #[arg(short, long, value_name = "FILE", default_value = "contract.toml")]
    output: PathBuf,
    #[command(flatten)]
    terms: Terms,
}

/// Arguments of `contract add`.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The contract's file.
    file: PathBuf,
    /// A member to add or change.
    #[arg(long)]
    party: Option<String>,
    /// The member's key folder, whose public keys are taken.
    #[arg(long, value_name = "DIR", requires = "party")]
    home: Option<PathBuf>,
    /// The member's Ed25519 key, 64 hexadecimal digits.
    #[arg(
        long,
        value_name = "HEX",
        requires = "recipient_key",
        conflicts_with = "home"
    )]
    identity_key: Option<String>,
    /// The member's X25519 key, 64 hexadecimal digits.
    #[arg(long, value_name = "HEX", requires = "identity_key")]
    recipient_key: Option<String>,
    /// An analyst of the member; may be given several times.
    #[arg(long, value_name = "NAME", requires = "party")]
    analyst: Vec<String>,
    /// A table, as PARTY.TABLE.
    #[arg(long, requires = "policy")]
    table: Option<String>,
    /// The policy that the table is under.
    #[arg(long, value_name = "FILE", requires = "table")]
    policy: Option<PathBuf>,
    /// A view's name.
    #[arg(long, requires = "sql")]
    view: Option<String>,
    /// The view's one SELECT.
    #[arg(long, value_name = "FILE", requires = "view")]
    sql: Option<PathBuf>,
    #[command(flatten)]
    terms: Terms,
}

/// What is agreed for all.
#[derive(Debug, Args)]
struct Terms {
    /// A purpose that may be asked for; may be given several times.
    #[arg(long)]
    purpose: Vec<String>,
    /// A party that may receive answers; every member unless given.
    #[arg(long = "to", value_name = "PARTY")]
    recipient: Vec<String>,
    /// A measurement of an engine that is accepted, as PLATFORM:HEX.
    #[arg(long)]
    measurement: Vec<String>,
    /// The last day on which it holds.
    #[arg(long, value_name = "YYYY-MM-DD")]
    expires: Option<NaiveDate>,
    /// Accept simulated evidence: a laboratory.
    #[arg(long)]
    lab: bool,
}

/// Runs `contract new`.
pub(super) fn new(args: &NewArgs) -> Result<(), Failures> {
    let output = &args.output;
    if output.exists() {
        let failure = Failure::usage(format!("{} is there already", output.display()));
        return Err(failure.with_help("choose another name with `-o`").into());
    }
    let mut contract = match &args.after {
        Some(before) => file::read(before)?.successor(),
        None => Contract::new(args.name.as_deref().unwrap_or_default()),
    };
    agree(&mut contract, &args.terms)?;
    holds_together(&contract)?;
    file::write(output, &contract)?;
    say::line(&format!(
        "{}: version {} of {}, not signed yet",
        output.display(),
        contract.version,
        contract.name
    ));
    Ok(())
}

/// Runs `contract add`.
pub(super) fn add(args: &AddArgs) -> Result<(), Failures> {
    let before = file::read(&args.file)?;
    let mut contract = before.clone();
    if let Some(party) = &args.party {
        member(&mut contract, party, args)?;
    }
    if let (Some(table), Some(path)) = (&args.table, &args.policy) {
        under_policy(&mut contract, table, path)?;
    }
    if let (Some(name), Some(path)) = (&args.view, &args.sql) {
        view(&mut contract, name, path)?;
    }
    agree(&mut contract, &args.terms)?;
    if contract == before {
        let failure = Failure::usage("nothing was added: the contract says this already");
        return Err(failure
            .with_help("`subrosa contract add --help` lists what can be")
            .into());
    }
    holds_together(&contract)?;
    let void = file::signers(&args.file, &before)?.len();
    file::write(&args.file, &contract)?;
    for line in before.diff(&contract) {
        say::line(&line);
    }
    if void > 0 {
        say::note("the contract is another now: whoever had signed it must sign it again");
    }
    Ok(())
}

fn wrong(error: impl std::fmt::Display) -> Failures {
    Failure::usage(error.to_string()).into()
}

/// Nothing is written that leads nowhere.
fn holds_together(contract: &Contract) -> Result<(), Failures> {
    match contract.contradictions().into_iter().next() {
        None => Ok(()),
        Some(first) => {
            let failure = Failure::usage(first);
            Err(failure.with_help("add the members first").into())
        }
    }
}

fn agree(contract: &mut Contract, terms: &Terms) -> Result<(), Failures> {
    for purpose in &terms.purpose {
        contract
            .purposes
            .insert(Purpose::new(purpose).map_err(wrong)?);
    }
    for party in &terms.recipient {
        contract
            .recipients
            .insert(PartyId::new(party).map_err(wrong)?);
    }
    for measurement in &terms.measurement {
        let parts = measurement.split_once(':');
        if parts.is_none_or(|(platform, hex)| platform.is_empty() || !is_hex(hex)) {
            let failure = Failure::usage(format!("`{measurement}` is no measurement"));
            return Err(failure.with_help("write it as simulated:0123ab…").into());
        }
        contract.measurements.insert(measurement.clone());
    }
    contract.expires = terms.expires.or(contract.expires);
    contract.lab |= terms.lab;
    Ok(())
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_hexdigit())
}

fn member(contract: &mut Contract, party: &str, args: &AddArgs) -> Result<(), Failures> {
    let party = PartyId::new(party).map_err(wrong)?;
    let keys = keys_of(args)?;
    match (keys, contract.parties.get_mut(&party)) {
        (Some((identity, recipient)), Some(known)) => {
            (known.identity, known.recipient) = (identity, recipient);
        }
        (Some((identity, recipient)), None) => {
            let member = Member::new(identity, recipient);
            contract.parties.insert(party.clone(), member);
        }
        (None, Some(_)) => {}
        (None, None) => {
            let failure = Failure::usage(format!("{party} is no member yet"));
            let help = "give its keys: `--home DIR`, or `--identity-key` and `--recipient-key`";
            return Err(failure.with_help(help).into());
        }
    }
    let Some(member) = contract.parties.get_mut(&party) else {
        return Ok(());
    };
    for analyst in &args.analyst {
        Principal::parse(&format!("{analyst}@{party}")).map_err(wrong)?;
        member.analysts.insert(analyst.clone());
    }
    Ok(())
}

fn keys_of(args: &AddArgs) -> Result<Option<(PublicKey, PublicKey)>, Failures> {
    if let Some(home) = &args.home {
        super::sign::has_keys(home)?;
        let keys = KeyFolder::new(home)
            .party()
            .map_err(failure::of_connector)?;
        let (identity, recipient) = (keys.identity.public(), keys.recipient.public());
        return Ok(Some((PublicKey(identity), PublicKey(recipient))));
    }
    let key = |text: &String| {
        PublicKey::parse(text)
            .ok_or_else(|| wrong(format!("`{text}` is not a key of 64 hexadecimal digits")))
    };
    match (&args.identity_key, &args.recipient_key) {
        (Some(identity), Some(recipient)) => Ok(Some((key(identity)?, key(recipient)?))),
        _not_both => Ok(None),
    }
}

fn under_policy(contract: &mut Contract, table: &str, path: &Path) -> Result<(), Failures> {
    let unnamed = || wrong(format!("`{table}` is no PARTY.TABLE"));
    let (party, name) = table.split_once('.').ok_or_else(unnamed)?;
    let table = TableRef {
        party: PartyId::new(party).map_err(wrong)?,
        table: TableName::new(name).map_err(wrong)?,
    };
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
    let document = PolicyDocument::parse(&path.display().to_string(), &text);
    let extended = document.and_then(|document| crate::house::extended(document, path, None));
    let mut document = extended.map_err(failure::all)?;
    crate::approved::read_texts(&mut document, path, None)?;
    if document.table.value != table.table {
        let about = &document.table.value;
        return Err(wrong(format!(
            "{}: is the policy of `{about}`, not of {table}",
            path.display()
        )));
    }
    contract.approve(&table, document.approved_texts());
    contract.tables.insert(table, document.digest);
    Ok(())
}

fn view(contract: &mut Contract, name: &str, path: &Path) -> Result<(), Failures> {
    let named = ViewName::parse(name).ok_or_else(|| {
        wrong(format!(
            "`{name}` is no view name: schema.view or view, lower case"
        ))
    })?;
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
    let sql = text.trim().trim_end_matches(';').trim_end();
    let view = View::parse(sql).map_err(|error| wrong(format!("{}: {error}", path.display())))?;
    contract.views.insert(named, view);
    Ok(())
}
