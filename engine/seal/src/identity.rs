//! Ed25519 identity of parties and engines.

use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use zeroize::Zeroizing;

use crate::error::SealError;

/// A signing key.
#[expect(missing_debug_implementations, reason = "a secret prints nothing")]
pub struct IdentityKey(SigningKey);

impl IdentityKey {
    /// A new key.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, SealError> {
        let mut seed = Zeroizing::new([0_u8; 32]);
        getrandom::fill(seed.as_mut()).map_err(|_| SealError::Random)?;
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// The key of a 32-byte seed in hexadecimal.
    ///
    /// # Errors
    /// When the text is no such seed.
    pub fn from_hex(text: &str) -> Result<Self, SealError> {
        let mut seed = Zeroizing::new([0_u8; 32]);
        hex::decode_to_slice(text.trim(), seed.as_mut())
            .map_err(|_| SealError::Malformed("an identity key"))?;
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// The seed in hexadecimal, for a key file.
    #[must_use]
    pub fn to_hex_secret(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.to_bytes()))
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

/// Checks an Ed25519 signature.
///
/// # Errors
/// When the key is none or the signature does not verify.
pub fn verify_signature(
    public: &[u8; 32],
    message: &[u8],
    signature: &[u8],
) -> Result<(), SealError> {
    let key = VerifyingKey::from_bytes(public).map_err(|_| SealError::Signature)?;
    let signature = Signature::from_slice(signature).map_err(|_| SealError::Signature)?;
    key.verify(message, &signature)
        .map_err(|_| SealError::Signature)
}
