//! The data keys of a file that Parquet's own key tools sealed: wrapped in the file itself, or in a
//! file of key material beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use parquet::encryption::decrypt::KeyRetriever;
use parquet::errors::{ParquetError, Result as ParquetResult};
use seal::KeyMaterial;

use crate::keys::KeyFolder;

/// Finds data keys through the material that a file carries.
pub(super) struct FromMaterial {
    file: PathBuf,
    keys: KeyFolder,
}

fn failed(message: impl Into<String>) -> ParquetError {
    ParquetError::General(message.into())
}

impl FromMaterial {
    pub(super) fn new(file: &Path, keys: &KeyFolder) -> Self {
        Self {
            file: file.to_owned(),
            keys: keys.clone(),
        }
    }

    fn material(&self, key_metadata: &[u8]) -> ParquetResult<KeyMaterial> {
        let wrong = || failed("its key metadata is not that of Parquet's key tools (PKMT1)");
        let Some(reference) = KeyMaterial::reference(key_metadata) else {
            return KeyMaterial::from_bytes(key_metadata).map_err(|_| wrong());
        };
        let beside = self.beside();
        let name = beside.display();
        let text = std::fs::read(&beside)
            .map_err(|error| failed(format!("its key material is in {name}: {error}")))?;
        let all: BTreeMap<String, String> = serde_json::from_slice(&text)
            .map_err(|_| failed(format!("{name} is no key material")))?;
        let one = all
            .get(&reference)
            .ok_or_else(|| failed(format!("{name} has no `{reference}`")))?;
        KeyMaterial::from_bytes(one.as_bytes()).map_err(|_| wrong())
    }

    fn beside(&self) -> PathBuf {
        let name = self.file.file_name().unwrap_or_default().to_string_lossy();
        self.file
            .with_file_name(format!("_KEY_MATERIAL_FOR_{name}.json"))
    }
}

impl KeyRetriever for FromMaterial {
    fn retrieve_key(&self, key_metadata: &[u8]) -> ParquetResult<Vec<u8>> {
        let material = self.material(key_metadata)?;
        let id = &material.master_key_id;
        let found = self.keys.existing_master(id);
        let master = found.map_err(|error| failed(error.to_string()))?;
        let master = master.ok_or_else(|| {
            let path = self.keys.master_path(id);
            failed(format!(
                "is sealed under master key `{id}`, which the party does not have; put its 32 bytes, in hexadecimal, at {}",
                path.display()
            ))
        })?;
        let key = material.unwrap(&master).map_err(|_| {
            failed(format!(
                "was not sealed under the master key `{id}` that the party has"
            ))
        })?;
        Ok(key.expose().to_vec())
    }
}
