//! HPKE (RFC 9180), X25519-HKDF-SHA256 with AES-256-GCM: sealing to somebody's public key.

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use zeroize::Zeroizing;

use crate::error::SealError;

type Suite = X25519HkdfSha256;

/// The secret half of a recipient key.
#[expect(missing_debug_implementations, reason = "a secret prints nothing")]
pub struct RecipientKey {
    secret: <Suite as Kem>::PrivateKey,
    public: [u8; 32],
}

impl RecipientKey {
    /// A new key.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, SealError> {
        let mut seed = Zeroizing::new([0_u8; 32]);
        getrandom::fill(seed.as_mut()).map_err(|_| SealError::Random)?;
        let (secret, public) = Suite::derive_keypair(seed.as_slice());
        Self::of(secret, &public)
    }

    fn of(
        secret: <Suite as Kem>::PrivateKey,
        public: &<Suite as Kem>::PublicKey,
    ) -> Result<Self, SealError> {
        let bytes = public.to_bytes();
        let public = <[u8; 32]>::try_from(bytes.as_slice())
            .map_err(|_| SealError::Malformed("a recipient key"))?;
        Ok(Self { secret, public })
    }

    /// The key of 32 bytes in hexadecimal.
    ///
    /// # Errors
    /// When the text is no such key.
    pub fn from_hex(text: &str) -> Result<Self, SealError> {
        let malformed = || SealError::Malformed("a recipient key");
        let bytes = Zeroizing::new(hex::decode(text.trim()).map_err(|_| malformed())?);
        let secret = <Suite as Kem>::PrivateKey::from_bytes(&bytes).map_err(|_| malformed())?;
        let public = Suite::sk_to_pk(&secret);
        Self::of(secret, &public)
    }

    /// The secret in hexadecimal, for a key file.
    #[must_use]
    pub fn to_hex_secret(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.secret.to_bytes()))
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.public
    }

    /// Opens what was sealed to this key.
    ///
    /// # Errors
    /// When it was not, or has been changed.
    pub fn open(
        &self,
        encapsulated: &[u8],
        info: &[u8],
        aad: &[u8],
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let encapsulated = <Suite as Kem>::EncappedKey::from_bytes(encapsulated)
            .map_err(|_| SealError::Decrypt)?;
        let mut context = hpke::setup_receiver::<AesGcm256, HkdfSha256, Suite>(
            &OpModeR::Base,
            &self.secret,
            &encapsulated,
            info,
        )
        .map_err(|_| SealError::Decrypt)?;
        context
            .open(ciphertext, aad)
            .map(Zeroizing::new)
            .map_err(|_| SealError::Decrypt)
    }
}

/// Seals bytes to a public key: the encapsulated key and the ciphertext.
///
/// # Errors
/// When the public key is none.
pub fn seal_to(
    public: &[u8; 32],
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<(Vec<u8>, Vec<u8>), SealError> {
    let public = <Suite as Kem>::PublicKey::from_bytes(public)
        .map_err(|_| SealError::Malformed("a recipient key"))?;
    let (encapsulated, mut context) =
        hpke::setup_sender::<AesGcm256, HkdfSha256, Suite>(&OpModeS::Base, &public, info)
            .map_err(|_| SealError::Random)?;
    let ciphertext = context
        .seal(plaintext, aad)
        .map_err(|_| SealError::Decrypt)?;
    Ok((encapsulated.to_bytes().to_vec(), ciphertext))
}
