//! `subrosa party`: a party's identity and recipient keys in a key folder.

use std::path::PathBuf;

use clap::Subcommand;
use connectors::{KeyFolder, PartyKeys};
use policy::ident::PartyId;

use crate::args::ReportArgs;
use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};
use crate::say;

const EXAMPLES: &str = "\
Examples:
  subrosa party new bank_a --home bank_a/keys
  subrosa party show --home bank_a/keys --format json     what to put into a contract";

/// What to do with a party's keys.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum PartyCommand {
    /// Make a party's keys.
    New {
        /// The party's name.
        name: String,
        /// Folder of key files, made private to you.
        #[arg(long, value_name = "DIR")]
        home: PathBuf,
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Show a party's public keys.
    Show {
        /// Folder of key files.
        #[arg(long, value_name = "DIR")]
        home: PathBuf,
        #[command(flatten)]
        report: ReportArgs,
    },
}

/// Runs `party`.
pub(crate) fn run(command: &PartyCommand) -> Result<Exit, Failures> {
    match command {
        PartyCommand::New { name, home, report } => {
            let party = PartyId::new(name).map_err(|error| Failure::usage(error.to_string()))?;
            if home.exists() && !home.is_dir() {
                let message = format!("{} is a file, not a folder", home.display());
                return Err(Failure::usage(message).into());
            }
            if home.join("identity.key").exists() {
                let message = format!("{} has keys already; they are kept", home.display());
                return Err(Failure::usage(message).into());
            }
            let keys = KeyFolder::new(home)
                .party()
                .map_err(failure::of_connector)?;
            if !report.is_json() {
                say::line(&format!("{party} has its keys in {}", home.display()));
            }
            show(&keys, report.is_json());
        }
        PartyCommand::Show { home, report } => {
            if !home.join("identity.key").exists() {
                let failure = Failure::usage(format!("{} holds no keys", home.display()));
                return Err(failure
                    .with_help("`subrosa party new NAME --home DIR` makes them")
                    .into());
            }
            show(
                &KeyFolder::new(home)
                    .party()
                    .map_err(failure::of_connector)?,
                report.is_json(),
            );
        }
    }
    Ok(Exit::Answered)
}

fn show(keys: &PartyKeys, json: bool) {
    let identity = hex::encode(keys.identity.public());
    let recipient = hex::encode(keys.recipient.public());
    if json {
        let value = serde_json::json!({ "identity": identity, "recipient": recipient });
        say::line(&value.to_string());
    } else {
        say::line(&format!(
            "identity  (Ed25519) {identity}\nrecipient (X25519)  {recipient}"
        ));
    }
}
