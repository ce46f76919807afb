//! Verifying a ledger offline: every entry, the root, the signatures.

use std::path::Path;

use crate::checkpoint::SignedCheckpoint;
use crate::entry::{Entry, Event};
use crate::store::{CHECKPOINT, ENTRIES, LedgerError};
use crate::tree::{leaf_hash, root};

/// Who must have signed a checkpoint, with their public keys, by the digest of the contract that was
/// in force; `None` if no such contract is known.
///
/// Everybody of it must: a host that may leave out the parties' signatures could show each of them a
/// ledger of its own.
pub type Signatories<'a> = dyn Fn(&str) -> Option<Vec<(String, [u8; 32])>> + 'a;

/// What a verified ledger holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its entries.
    pub entries: Vec<Entry>,
    /// Their hashes, the leaves of the tree.
    pub leaves: Vec<[u8; 32]>,
    /// Entries that the checkpoint covers.
    pub covered: u64,
    /// Who signed the checkpoint.
    pub signers: Vec<String>,
    /// The checkpoint, if there is one.
    pub checkpoint: Option<SignedCheckpoint>,
}

/// Verifies the ledger in a folder.
///
/// # Errors
/// When a file cannot be read or anything differs from what was signed.
pub fn verify(folder: &Path, signatories: &Signatories<'_>) -> Result<Report, LedgerError> {
    let path = folder.join(ENTRIES);
    let bytes = std::fs::read(&path).map_err(|source| LedgerError::Io { path, source })?;
    let whole = bytes
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |at| at.saturating_add(1));
    let lines: Vec<&[u8]> = bytes
        .get(..whole)
        .unwrap_or_default()
        .split_inclusive(|b| *b == b'\n')
        .map(|line| line.strip_suffix(b"\n").unwrap_or(line))
        .collect();
    check(folder, &lines, signatories)
}

/// Checks entries against the checkpoint beside them.
pub(crate) fn check(
    folder: &Path,
    lines: &[&[u8]],
    signatories: &Signatories<'_>,
) -> Result<Report, LedgerError> {
    let tampered = |reason: &str| LedgerError::Tampered {
        path: folder.to_owned(),
        reason: reason.to_owned(),
    };
    let mut entries = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let entry: Entry =
            serde_json::from_slice(line).map_err(|_| tampered("an entry is malformed"))?;
        if entry.index != index as u64 {
            return Err(tampered("entries are missing or out of order"));
        }
        entries.push(entry);
    }
    let Some(signed) = read_checkpoint(folder, &tampered)? else {
        // A crash between the very first entry and its checkpoint; nothing was ever acknowledged.
        return if entries.len() <= 1 {
            Ok(Report {
                entries,
                leaves: lines.iter().map(|line| leaf_hash(line)).collect(),
                covered: 0,
                signers: Vec::new(),
                checkpoint: None,
            })
        } else {
            Err(tampered("the checkpoint is missing"))
        };
    };
    let covered = usize::try_from(signed.checkpoint.size).unwrap_or(usize::MAX);
    let kept = lines
        .get(..covered)
        .ok_or_else(|| tampered("entries under the checkpoint are missing"))?;
    let leaves: Vec<[u8; 32]> = kept.iter().map(|line| leaf_hash(line)).collect();
    if root(&leaves) != signed.checkpoint.root {
        return Err(tampered(
            "the entries are not those that the checkpoint covers",
        ));
    }
    if lines.len() > covered.saturating_add(1) {
        return Err(tampered("entries that no checkpoint covers"));
    }
    let in_force = entries.get(..covered).unwrap_or_default();
    check_signatures(&signed, in_force, signatories).map_err(|reason| tampered(&reason))?;
    let signers = signed
        .signatures
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    let leaves = lines.iter().map(|line| leaf_hash(line)).collect();
    Ok(Report {
        entries,
        leaves,
        covered: signed.checkpoint.size,
        signers,
        checkpoint: Some(signed),
    })
}

/// Everybody who must have signed has, and nobody else.
fn check_signatures(
    signed: &SignedCheckpoint,
    covered: &[Entry],
    signatories: &Signatories<'_>,
) -> Result<(), String> {
    let contract = covered.iter().rev().find_map(|entry| match &entry.event {
        Event::Contract { digest, .. } => Some(digest),
        Event::KeyReleased { .. }
        | Event::SeedReleased { .. }
        | Event::State { .. }
        | Event::Admitted { .. }
        | Event::Denied { .. }
        | Event::Released { .. }
        | Event::Failed { .. } => None,
    });
    let contract = contract.ok_or("no contract is in force under the checkpoint")?;
    let wanted = signatories(contract).ok_or("the contract in force is not known")?;
    for (name, key) in &wanted {
        if !signed.signatures.iter().any(|(signer, _)| signer == name) {
            return Err(format!("{name} has not signed the checkpoint"));
        }
        signed
            .verify(name, key)
            .map_err(|_| format!("the signature of {name} does not verify"))?;
    }
    if signed.signatures.len() == wanted.len() {
        Ok(())
    } else {
        Err("somebody unknown has signed the checkpoint".to_owned())
    }
}

fn read_checkpoint(
    folder: &Path,
    tampered: &dyn Fn(&str) -> LedgerError,
) -> Result<Option<SignedCheckpoint>, LedgerError> {
    let path = folder.join(CHECKPOINT);
    match std::fs::read_to_string(&path) {
        Ok(note) => SignedCheckpoint::parse(&note)
            .map(Some)
            .map_err(|_| tampered("the checkpoint is malformed")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(tampered("the checkpoint is malformed"))
        }
        Err(source) => Err(LedgerError::Io { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use seal::IdentityKey;

    use super::*;
    use crate::entry::Event;
    use crate::signer::{OwnSigner, Signer};
    use crate::store::Ledger;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn contract(digest: &str) -> Event {
        Event::Contract {
            digest: digest.to_owned(),
            version: 1,
        }
    }

    #[test]
    fn everybody_of_the_contract_in_force_must_have_signed() -> Outcome {
        let dir = tempfile::tempdir()?;
        let keys = [IdentityKey::generate()?, IdentityKey::generate()?];
        let [engine, party] = &keys;
        let own = |name, key| OwnSigner { name, key };
        let (first, second) = (own("engine", engine), own("bank_a", party));
        let both: [&dyn Signer; 2] = [&first, &second];
        let named = vec![
            ("engine".to_owned(), engine.public()),
            ("bank_a".to_owned(), party.public()),
        ];
        let signatories = |digest: &str| match digest {
            "alone" => Some(named.iter().take(1).cloned().collect()),
            "both" => Some(named.clone()),
            _unknown => None,
        };
        let mut ledger = Ledger::open(dir.path(), "test", &signatories)?;
        ledger.append("now", contract("alone"), &both[..1])?;
        assert!(verify(dir.path(), &signatories).is_ok());
        ledger.append("now", contract("both"), &both)?;
        assert!(verify(dir.path(), &signatories).is_ok());
        let path = dir.path().join(CHECKPOINT);
        let note = std::fs::read_to_string(&path)?;
        let without = |name: &str| {
            let kept = note.split_inclusive('\n');
            kept.filter(|line| !line.starts_with(&format!("\u{2014} {name} ")))
                .collect::<String>()
        };
        for name in ["engine", "bank_a"] {
            std::fs::write(&path, without(name))?;
            let refused = verify(dir.path(), &signatories).err();
            let refused = refused.map(|error| error.to_string()).unwrap_or_default();
            assert!(refused.ends_with(&format!("{name} has not signed the checkpoint")));
        }
        std::fs::write(&path, &note)?;
        ledger.append("now", contract("neither"), &both)?;
        assert!(verify(dir.path(), &signatories).is_err());
        Ok(())
    }
}
