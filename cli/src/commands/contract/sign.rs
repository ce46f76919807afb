//! `contract sign`: with a key folder here, or with a signer elsewhere in two steps.

use std::path::{Path, PathBuf};

use clap::Args;
use connectors::KeyFolder;
use policy::contract::{Contract, Member, Signature};
use policy::ident::PartyId;

use super::file;
use crate::args::ReportArgs;
use crate::failure::{self, Failure, Failures};
use crate::say;
use crate::world::write_whole;

/// Arguments of `contract sign`.
#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    /// The contract's TOML; signatures go into FILE.signatures.toml beside it.
    file: PathBuf,
    /// Print digest and message in hexadecimal instead of signing.
    #[arg(long)]
    prepare: bool,
    /// The party that signs.
    #[arg(long, required_unless_present = "prepare")]
    party: Option<String>,
    /// Its key folder.
    #[arg(long, value_name = "DIR", conflicts_with = "prepare")]
    home: Option<PathBuf>,
    /// A signature made elsewhere: 128 hexadecimal digits, or a file that holds them or its 64 bytes.
    #[arg(long, value_name = "HEX|FILE", conflicts_with_all = ["prepare", "home"])]
    signature: Option<String>,
    #[command(flatten)]
    report: ReportArgs,
}

/// Runs `contract sign`.
pub(super) fn run(args: &SignArgs) -> Result<(), Failures> {
    let contract = file::read(&args.file)?;
    if args.prepare {
        prepare(&contract, &args.report);
        return Ok(());
    }
    let name = args.party.as_deref().unwrap_or_default();
    let party = PartyId::new(name).map_err(|error| Failure::usage(error.to_string()))?;
    let member = contract.parties.get(&party).ok_or_else(|| {
        Failure::usage(format!("{party} is not a member of the contract"))
            .with_help("`subrosa contract add FILE --party NAME --home DIR` adds it")
    })?;
    let signature = match (&args.home, &args.signature) {
        (Some(home), _) => with_key(&contract, &party, member, home)?,
        (None, Some(given)) => given_one(&contract, &party, member, given)?,
        (None, None) => {
            let failure = Failure::usage("there is nothing to sign with");
            return Err(failure
                .with_help("give `--home DIR`, or `--prepare` and then `--signature HEX`")
                .into());
        }
    };
    keep(args, &contract, &party, signature)
}

fn prepare(contract: &Contract, report: &ReportArgs) {
    let digest = contract.digest();
    let message = hex::encode(Contract::signing_message(&digest));
    let digest = hex::encode(digest);
    if report.is_json() {
        let value = serde_json::json!({
            "name": contract.name,
            "version": contract.version,
            "digest": digest,
            "message": message,
            "algorithm": "Ed25519",
        });
        say::line(&value.to_string());
    } else {
        say::line(&format!("digest  {digest}\nmessage {message}"));
        say::note(
            "sign the bytes of the message with Ed25519, then give the signature to \
             `contract sign FILE --party NAME --signature HEX`",
        );
    }
}

/// A folder that holds a party's keys; nothing is made by signing.
pub(super) fn has_keys(home: &Path) -> Result<(), Failures> {
    if home.join("identity.key").exists() {
        return Ok(());
    }
    let failure = Failure::usage(format!("{} holds no keys", home.display()));
    let help = "`subrosa party new NAME --home DIR` makes them";
    Err(failure.with_help(help).into())
}

fn with_key(
    contract: &Contract,
    party: &PartyId,
    member: &Member,
    home: &Path,
) -> Result<[u8; 64], Failures> {
    has_keys(home)?;
    let keys = KeyFolder::new(home)
        .party()
        .map_err(failure::of_connector)?;
    if member.identity.0 != keys.identity.public() {
        let failure = Failure::usage(format!("the contract names another key for {party}"));
        let help = "`subrosa party show --home DIR` shows the key of a folder";
        return Err(failure.with_help(help).into());
    }
    let message = Contract::signing_message(&contract.digest());
    Ok(keys.identity.sign(&message))
}

fn given_one(
    contract: &Contract,
    party: &PartyId,
    member: &Member,
    given: &str,
) -> Result<[u8; 64], Failures> {
    let bytes = match hex::decode(given) {
        Ok(bytes) => bytes,
        Err(_) => from_file(Path::new(given))?,
    };
    let signature: [u8; 64] = bytes.as_slice().try_into().map_err(|_| {
        let message = format!("a signature has 64 bytes, this one {}", bytes.len());
        Failure::usage(message)
    })?;
    let message = Contract::signing_message(&contract.digest());
    if !file::verifies(&member.identity, &message, &signature) {
        let message = format!("the signature is not one of {party}'s key over this contract");
        let help = "sign what `--prepare` prints for this file as it is now";
        return Err(Failure::tampered(message).with_help(help).into());
    }
    Ok(signature)
}

fn from_file(path: &Path) -> Result<Vec<u8>, Failures> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, &error))?;
    let text = std::str::from_utf8(&bytes).map(str::trim);
    Ok(text
        .ok()
        .and_then(|text| hex::decode(text).ok())
        .unwrap_or(bytes))
}

fn keep(
    args: &SignArgs,
    contract: &Contract,
    party: &PartyId,
    signature: [u8; 64],
) -> Result<(), Failures> {
    let digest = contract.digest();
    let mut all = file::signatures(&args.file)?;
    all.0
        .retain(|old| old.digest == digest && old.party != *party);
    all.0.insert(Signature {
        party: party.clone(),
        digest,
        signature,
    });
    let path = file::beside(&args.file);
    write_whole(&path, all.to_toml().as_bytes()).map_err(|error| Failure::io(&path, &error))?;
    if args.report.is_json() {
        let value = serde_json::json!({
            "party": party.as_str(),
            "digest": hex::encode(digest),
            "signature": hex::encode(signature),
            "file": path.display().to_string(),
        });
        say::line(&value.to_string());
    } else {
        let shown = path.display();
        say::line(&format!(
            "{party} has signed {}: {shown}",
            hex::encode(digest)
        ));
    }
    Ok(())
}
