//! Master keys of a party and the data keys that they wrap.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes128Gcm, Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::error::SealError;

/// A key for one file or one of its columns.
#[expect(missing_debug_implementations, reason = "a secret prints nothing")]
pub struct DataKey(Zeroizing<Vec<u8>>);

impl DataKey {
    /// A new 256-bit key.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, SealError> {
        random(32).map(Self)
    }

    /// A key from its bytes.
    #[must_use]
    pub fn from_bytes(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The bytes, for a cipher.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// Random bytes.
pub(crate) fn random(length: usize) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let mut bytes = Zeroizing::new(vec![0_u8; length]);
    getrandom::fill(&mut bytes).map_err(|_| SealError::Random)?;
    Ok(bytes)
}

/// A master key as the `file:` back end keeps it: 32 bytes that never leave the party.
#[expect(missing_debug_implementations, reason = "a secret prints nothing")]
pub struct MasterKey(Zeroizing<Vec<u8>>);

impl MasterKey {
    /// A new key.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, SealError> {
        random(32).map(Self)
    }

    /// The key of 32 bytes in hexadecimal.
    ///
    /// # Errors
    /// When the text is no such key.
    pub fn from_hex(text: &str) -> Result<Self, SealError> {
        let bytes = hex::decode(text.trim()).map(Zeroizing::new);
        match bytes {
            Ok(bytes) if bytes.len() == 32 => Ok(Self(bytes)),
            Ok(_) | Err(_) => Err(SealError::Malformed("a master key")),
        }
    }

    /// The key in hexadecimal, for a key file.
    #[must_use]
    pub fn to_hex_secret(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_slice()))
    }

    /// `base64(nonce₁₂ ‖ ciphertext ‖ tag₁₆)` under AES-256-GCM with the key's id as AAD.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn wrap(&self, key: &[u8], key_id: &str) -> Result<String, SealError> {
        encrypt(&self.0, key_id.as_bytes(), key).map(|sealed| STANDARD.encode(sealed))
    }

    /// Undoes [`Self::wrap`].
    ///
    /// # Errors
    /// When it was wrapped under another key or id, or changed.
    pub fn unwrap(&self, wrapped: &str, key_id: &str) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let sealed = STANDARD.decode(wrapped).map_err(|_| SealError::Decrypt)?;
        decrypt(&self.0, key_id.as_bytes(), &sealed)
    }
}

/// `nonce ‖ ciphertext ‖ tag` under AES-GCM with a key of 16 or 32 bytes.
pub(crate) fn encrypt(key: &[u8], aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
    let nonce_bytes = random(12)?;
    let nonce = Nonce::try_from(nonce_bytes.as_slice()).map_err(|_| SealError::Random)?;
    let payload = Payload {
        msg: plaintext,
        aad,
    };
    let sealed = match key.len() {
        16 => Aes128Gcm::new_from_slice(key)
            .ok()
            .and_then(|c| c.encrypt(&nonce, payload).ok()),
        32 => Aes256Gcm::new_from_slice(key)
            .ok()
            .and_then(|c| c.encrypt(&nonce, payload).ok()),
        _other => None,
    };
    let sealed = sealed.ok_or(SealError::Malformed("a key"))?;
    Ok([nonce_bytes.as_slice(), &sealed].concat())
}

/// Undoes [`encrypt`].
pub(crate) fn decrypt(
    key: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (nonce, msg) = sealed.split_at_checked(12).ok_or(SealError::Decrypt)?;
    let nonce = Nonce::try_from(nonce).map_err(|_| SealError::Decrypt)?;
    let payload = Payload { msg, aad };
    let opened = match key.len() {
        16 => Aes128Gcm::new_from_slice(key)
            .ok()
            .and_then(|c| c.decrypt(&nonce, payload).ok()),
        32 => Aes256Gcm::new_from_slice(key)
            .ok()
            .and_then(|c| c.decrypt(&nonce, payload).ok()),
        _other => None,
    };
    opened.map(Zeroizing::new).ok_or(SealError::Decrypt)
}
