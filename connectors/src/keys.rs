//! The `file:` back end: a party's secret keys as files that only their owner reads.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use seal::{IdentityKey, MasterKey, RecipientKey, SealError};
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
        let identity = self.load_or_make(
            "identity.key",
            |text| IdentityKey::from_hex(text),
            || IdentityKey::generate().map(|key| key.to_hex_secret()),
        )?;
        let recipient = self.load_or_make(
            "recipient.key",
            |text| RecipientKey::from_hex(text),
            || RecipientKey::generate().map(|key| key.to_hex_secret()),
        )?;
        Ok(PartyKeys {
            identity,
            recipient,
        })
    }

    /// A master key by its id, made if it is not there yet.
    ///
    /// # Errors
    /// As [`Self::party`].
    pub fn master(&self, id: &str) -> Result<MasterKey, ConnectorError> {
        self.load_or_make(
            &master_file(id),
            |text| MasterKey::from_hex(text),
            || MasterKey::generate().map(|key| key.to_hex_secret()),
        )
    }

    /// A master key by its id, if the party has it.
    ///
    /// # Errors
    /// As [`Self::party`].
    pub fn existing_master(&self, id: &str) -> Result<Option<MasterKey>, ConnectorError> {
        let path = self.0.join(master_file(id));
        if path.exists() {
            read(&path, |text| MasterKey::from_hex(text)).map(Some)
        } else {
            Ok(None)
        }
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
            write(&path, &secret).map_err(|error| ConnectorError::key(&path, error))?;
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
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let message = format!("can be read by others (mode {mode:o}); run `chmod 600` on it");
    Err(ConnectorError::key(path, message))
}

#[cfg(not(unix))]
fn check_mode(_path: &Path) -> Result<(), ConnectorError> {
    Ok(())
}

/// Writes a key file whole, or not at all.
fn write(path: &Path, secret: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        make_private(folder)?;
    }
    let staged = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&staged)?;
    file.write_all(secret.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    std::fs::rename(&staged, path)
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
