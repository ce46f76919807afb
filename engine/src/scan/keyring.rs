//! The data keys that brokers released, by file: borrowed, and gone when the engine is.

use std::collections::BTreeMap;
use std::sync::Arc;

use attest::{AttestError, KeyRequest, ReleasedKey};
use parquet::encryption::decrypt::FileDecryptionProperties;
use seal::{DataKey, Manifest, RecipientKey, aad_prefix};

/// The keys of one version of a table. Secrets print nothing: there is no `Debug`.
pub(crate) struct Keyring {
    keys: BTreeMap<(String, Option<String>), DataKey>,
}

/// What to ask a broker for: footer, visible columns and restrictions of every visible file.
pub(crate) fn requests(manifest: &Manifest, digest: &str) -> Vec<KeyRequest> {
    let request = |file: &str, column: Option<String>| KeyRequest {
        table: manifest.table.clone(),
        version: manifest.version,
        manifest: digest.to_owned(),
        file: file.to_owned(),
        column,
    };
    let visible = manifest.files.iter().filter(|file| !file.hidden);
    visible
        .flat_map(|file| {
            let columns = manifest.columns.iter().filter(|column| !column.hidden);
            let restrictions = manifest.restrictions.iter();
            let names = columns
                .map(|column| &column.name)
                .chain(restrictions.map(|restriction| &restriction.column));
            let columns = names.map(|name| request(&file.path, Some(name.clone())));
            std::iter::once(request(&file.path, None))
                .chain(columns)
                .collect::<Vec<_>>()
        })
        .collect()
}

impl Keyring {
    /// Opens what a broker sealed to the engine's key in this exchange.
    pub(crate) fn open(
        released: &[ReleasedKey],
        asked: &[KeyRequest],
        engine: &RecipientKey,
        info: &[u8],
    ) -> Result<Self, AttestError> {
        let mut keys = BTreeMap::new();
        for key in released {
            let refused = || AttestError::NotReleased(key.request.table.clone());
            if !asked.contains(&key.request) {
                return Err(refused());
            }
            let aad = key.request.associated_data();
            let opened = engine.open(&key.encapsulated, info, &aad, &key.ciphertext);
            let opened = DataKey::from_bytes(opened.map_err(|_| refused())?);
            keys.insert(
                (key.request.file.clone(), key.request.column.clone()),
                opened,
            );
        }
        Ok(Self { keys })
    }

    /// How to decrypt a file of the table: always under the manifest's AAD prefix.
    pub(crate) fn decryption(
        &self,
        manifest: &Manifest,
        file: &str,
    ) -> Option<Arc<FileDecryptionProperties>> {
        let footer = self.keys.get(&(file.to_owned(), None))?;
        let prefix = aad_prefix(
            &manifest.contract,
            &manifest.party,
            &manifest.table,
            manifest.version,
            file,
        );
        let mut builder =
            FileDecryptionProperties::builder(footer.expose().to_vec()).with_aad_prefix(prefix);
        for ((_, column), key) in self.keys.iter().filter(|((path, _), _)| path == file) {
            if let Some(column) = column {
                builder = builder.with_column_key(column, key.expose().to_vec());
            }
        }
        builder.build().ok()
    }
}
