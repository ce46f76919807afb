//! `subrosa party`: a party's identity and recipient keys in a key folder.

use std::path::PathBuf;

use clap::Subcommand;
use connectors::{KeyFolder, PartyKeys};
use policy::ident::PartyId;

use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};
use crate::say;

/// What to do with a party's keys.
#[derive(Debug, Subcommand)]
pub(crate) enum PartyCommand {
    /// Make a party's keys.
    New {
        /// The party's name.
        name: String,
        /// Folder of key files, made private to you.
        #[arg(long, value_name = "DIR")]
        home: PathBuf,
    },
    /// Show a party's public keys.
    Show {
        /// Folder of key files.
        #[arg(long, value_name = "DIR")]
        home: PathBuf,
        /// One line of JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Runs `party`.
pub(crate) fn run(command: &PartyCommand) -> Result<Exit, Failures> {
    match command {
        PartyCommand::New { name, home } => {
            let party = PartyId::new(name).map_err(|error| Failure::usage(error.to_string()))?;
            if home.join("identity.key").exists() {
                let message = format!("{} has keys already; they are kept", home.display());
                return Err(Failure::usage(message).into());
            }
            let keys = KeyFolder::new(home)
                .party()
                .map_err(failure::of_connector)?;
            say::line(&format!("{party} has its keys in {}", home.display()));
            show(&keys, false);
        }
        PartyCommand::Show { home, json } => {
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
                *json,
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
