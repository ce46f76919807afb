//! A contract in a file of its own, with its signatures in the file beside it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use policy::contract::{Contract, PublicKey, Signatures};
use policy::ident::PartyId;

use crate::failure::{self, Failure, Failures};
use crate::world::write_whole;

/// Reads a contract.
pub(super) fn read(file: &Path) -> Result<Contract, Failures> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::file(file, &error))?;
    Contract::parse(&file.display().to_string(), &text).map_err(in_contract)
}

/// Writes a contract, in the one spelling that it is signed in.
pub(super) fn write(file: &Path, contract: &Contract) -> Result<(), Failures> {
    write_whole(file, contract.to_toml().as_bytes())
        .map_err(|error| Failure::io(file, &error).into())
}

/// `contract.toml` has its signatures in `contract.signatures.toml`.
pub(super) fn beside(file: &Path) -> PathBuf {
    file.with_extension("signatures.toml")
}

/// The signatures beside a contract; none if there is no such file.
pub(super) fn signatures(file: &Path) -> Result<Signatures, Failures> {
    let path = beside(file);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Failure::file(&path, &error).into()),
    };
    Signatures::parse(&path.display().to_string(), &text).map_err(in_contract)
}

fn in_contract(problems: Vec<policy::problem::Problem>) -> Failures {
    failure::coded("contract", problems)
}

/// Who has signed; a signature that is not good is tampering.
pub(super) fn signers(file: &Path, contract: &Contract) -> Result<BTreeSet<PartyId>, Failures> {
    let wrong = |reason| Failure::tampered(format!("{}: {reason}", beside(file).display()));
    let signers = signatures(file)?.signers(contract, &verifies);
    signers.map_err(|reason| wrong(reason).into())
}

/// Whether a signature is good.
pub(super) fn verifies(key: &PublicKey, message: &[u8], signature: &[u8; 64]) -> bool {
    seal::verify_signature(&key.0, message, signature).is_ok()
}
