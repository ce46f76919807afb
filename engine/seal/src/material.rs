//! Key material as Parquet's key tools write it into a file (`PKMT1`), so that an owner's own tools
//! open its sealed files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::error::SealError;
use crate::master_key::{DataKey, MasterKey, decrypt, encrypt, random};

/// The key material of a footer or column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyMaterial {
    #[serde(rename = "keyMaterialType")]
    kind: String,
    /// Absent where the material lies in a file of its own.
    #[serde(default = "internal")]
    internal_storage: bool,
    is_footer_key: bool,
    #[serde(rename = "kmsInstanceID", skip_serializing_if = "Option::is_none")]
    kms_instance_id: Option<String>,
    #[serde(rename = "kmsInstanceURL", skip_serializing_if = "Option::is_none")]
    kms_instance_url: Option<String>,
    /// The master key it is wrapped under.
    #[serde(rename = "masterKeyID")]
    pub master_key_id: String,
    #[serde(rename = "wrappedDEK")]
    wrapped_dek: String,
    double_wrapping: bool,
    #[serde(rename = "keyEncryptionKeyID", skip_serializing_if = "Option::is_none")]
    kek_id: Option<String>,
    #[serde(rename = "wrappedKEK", skip_serializing_if = "Option::is_none")]
    wrapped_kek: Option<String>,
}

fn internal() -> bool {
    true
}

/// What a file carries if its key material lies beside it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    #[serde(rename = "keyMaterialType")]
    kind: String,
    internal_storage: bool,
    #[serde(rename = "keyReference")]
    name: String,
}

impl KeyMaterial {
    /// Wraps a data key twice: under a fresh key-encryption key, and that under the master key.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn wrap(
        key: &DataKey,
        master: &MasterKey,
        master_key_id: &str,
        is_footer_key: bool,
    ) -> Result<Self, SealError> {
        let kek = random(16)?;
        let kek_id = random(16)?;
        let instance = is_footer_key.then(|| "DEFAULT".to_owned());
        Ok(Self {
            kind: "PKMT1".to_owned(),
            internal_storage: true,
            is_footer_key,
            kms_instance_id: instance.clone(),
            kms_instance_url: instance,
            master_key_id: master_key_id.to_owned(),
            wrapped_dek: STANDARD.encode(encrypt(&kek, &kek_id, key.expose())?),
            double_wrapping: true,
            kek_id: Some(STANDARD.encode(kek_id.as_slice())),
            wrapped_kek: Some(master.wrap(&kek, master_key_id)?),
        })
    }

    /// The data key.
    ///
    /// # Errors
    /// When it was wrapped under another key, or changed.
    pub fn unwrap(&self, master: &MasterKey) -> Result<DataKey, SealError> {
        if !self.double_wrapping {
            return master
                .unwrap(&self.wrapped_dek, &self.master_key_id)
                .map(DataKey::from_bytes);
        }
        let malformed = SealError::Malformed("key material");
        let (Some(kek_id), Some(wrapped_kek)) = (&self.kek_id, &self.wrapped_kek) else {
            return Err(malformed);
        };
        let kek_id = STANDARD.decode(kek_id).map_err(|_| malformed.clone())?;
        let dek = STANDARD.decode(&self.wrapped_dek).map_err(|_| malformed)?;
        let kek = master.unwrap(wrapped_kek, &self.master_key_id)?;
        decrypt(&kek, &kek_id, &dek).map(DataKey::from_bytes)
    }

    /// The bytes for a file's key metadata.
    ///
    /// # Errors
    /// Never for material made here.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SealError> {
        serde_json::to_vec(self).map_err(|_| SealError::Malformed("key material"))
    }

    /// The name under which a file of key material has it, if the metadata only refers there.
    #[must_use]
    pub fn reference(bytes: &[u8]) -> Option<String> {
        let found: Reference = serde_json::from_slice(bytes).ok()?;
        let external = found.kind == "PKMT1" && !found.internal_storage;
        external.then_some(found.name)
    }

    /// Material from a file's key metadata.
    ///
    /// # Errors
    /// When it is no internal `PKMT1` material.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let found: Self =
            serde_json::from_slice(bytes).map_err(|_| SealError::Malformed("key material"))?;
        if found.kind == "PKMT1" && found.internal_storage {
            Ok(found)
        } else {
            Err(SealError::Malformed("key material"))
        }
    }
}
