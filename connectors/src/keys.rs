//! The `file:` back end: a party's secret keys as files that only their owner reads.

use std::path::{Path, PathBuf};

use seal::{IdentityKey, MasterKey, RecipientKey, SealError, Seed};
use zeroize::Zeroizing;

use crate::error::ConnectorError;

/// A folder of key files.
#[derive(Debug, Clone)]
pub struct KeyFolder(PathBuf);

/// The keys by which a party signs and receives.
#[expect(missing_debug_implementations, reason = "secrets print nothing")]
pub struct PartyKeys {
    /// Signs manifests, contracts and checkpoints.
    pub identity: IdentityKey,
    /// Opens answers.
    pub recipient: RecipientKey,
}

impl KeyFolder {
    /// The key folder at a path; it is made when the first key is.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The party's identity and recipient keys, made if they are not there yet.
    ///
    /// # Errors
    /// When a key file cannot be read or written, is readable by others, or holds no key.
    pub fn party(&self) -> Result<PartyKeys, ConnectorError> {
        let identity = self.load_or_make("identity.key", IdentityKey::from_hex, || {
            IdentityKey::generate().map(|key| key.to_hex_secret())
        })?;
        let recipient = self.load_or_make("recipient.key", RecipientKey::from_hex, || {
            RecipientKey::generate().map(|key| key.to_hex_secret())
        })?;
        Ok(PartyKeys {
            identity,
            recipient,
        })
    }

    /// The party's identity key, which must be there.
    ///
    /// # Errors
    /// When there is none, or as [`Self::party`].
    pub fn existing_identity(&self) -> Result<IdentityKey, ConnectorError> {
        let path = self.0.join("identity.key");
        if !path.exists() {
            let message =
                "is not there; restore it from a backup, or make new keys with `subrosa party new`";
            return Err(ConnectorError::key(&path, message));
        }
        read(&path, IdentityKey::from_hex)
    }

    /// A master key by its id, made if it is not there yet.
    ///
    /// # Errors
    /// As [`Self::party`].
    pub fn master(&self, id: &str) -> Result<MasterKey, ConnectorError> {
        self.load_or_make(&master_file(id), MasterKey::from_hex, || {
            MasterKey::generate().map(|key| key.to_hex_secret())
        })
    }

    /// Where the party keeps, or would keep, a master key.
    #[must_use]
    pub fn master_path(&self, id: &str) -> PathBuf {
        self.0.join(master_file(id))
    }

    /// A master key by its id, if the party has it.
    ///
    /// # Errors
    /// As [`Self::party`].
    pub fn existing_master(&self, id: &str) -> Result<Option<MasterKey>, ConnectorError> {
        let path = self.master_path(id);
        if path.exists() {
            read(&path, MasterKey::from_hex).map(Some)
        } else {
            Ok(None)
        }
    }

    /// A seed by its file name without ending, made if it is not there yet.
    ///
    /// # Errors
    /// As [`Self::party`].
    pub fn seed(&self, name: &str) -> Result<Seed, ConnectorError> {
        self.load_or_make(&format!("{name}.seed"), Seed::from_hex, || {
            Seed::generate().map(|seed| seed.to_hex_secret())
        })
    }

    fn load_or_make<K>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<K, SealError>,
        make: impl Fn() -> Result<Zeroizing<String>, SealError>,
    ) -> Result<K, ConnectorError> {
        let path = self.0.join(name);
        if !path.exists() {
            let secret = make().map_err(|error| ConnectorError::key(&path, error))?;
            let line = Zeroizing::new(format!("{}\n", secret.as_str()));
            match ledger::write_new_secret(&path, line.as_bytes()) {
                Ok(()) => {}
                // somebody else has made it meanwhile: that one it is
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(ConnectorError::key(&path, error)),
            }
        }
        read(&path, parse)
    }
}

/// Key ids are free text; file names are not.
fn master_file(id: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let escaped: String = id
        .chars()
        .map(|c| {
            if plain(c) {
                c.to_string()
            } else {
                format!("%{:x}", u32::from(c))
            }
        })
        .collect();
    format!("master/{escaped}.key")
}

fn read<K>(path: &Path, parse: impl Fn(&str) -> Result<K, SealError>) -> Result<K, ConnectorError> {
    check_mode(path)?;
    let text = std::fs::read_to_string(path).map_err(|error| ConnectorError::key(path, error))?;
    let text = Zeroizing::new(text);
    parse(text.trim()).map_err(|_| {
        ConnectorError::key(
            path,
            "does not hold 32 bytes in hexadecimal; restore it from a backup",
        )
    })
}

#[cfg(unix)]
fn check_mode(path: &Path) -> Result<(), ConnectorError> {
    use std::os::unix::fs::PermissionsExt;
    let data = std::fs::metadata(path).map_err(|error| ConnectorError::key(path, error))?;
    let mode = data.permissions().mode() & 0o777;
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    let message = format!("can be read by others (mode {mode:o}); run `chmod 600` on it");
    Err(ConnectorError::key(path, message))
}

#[cfg(not(unix))]
fn check_mode(_path: &Path) -> Result<(), ConnectorError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn whoever_makes_a_key_at_once_has_the_same_one() -> Result<(), Box<dyn std::error::Error>> {
        for _ in 0..20 {
            let dir = tempfile::tempdir()?;
            let keys = KeyFolder::new(dir.path());
            let make = || {
                keys.master("bank_a.t")
                    .map(|key| key.to_hex_secret().to_string())
            };
            let all: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
                let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
                joined.filter_map(Result::ok).collect()
            });
            let distinct = all.into_iter().collect::<Result<BTreeSet<_>, _>>()?;
            assert_eq!(distinct.len(), 1);
        }
        Ok(())
    }
}
