//! Keys for what an engine keeps between boots, and the seeds that they are derived from.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::aad::length_prefixed;
use crate::error::SealError;
use crate::master_key::{decrypt, encrypt, random};
use crate::sha256::digest;

/// A secret of 32 bytes from which others are derived: of a party, of an operator, of an image.
#[expect(missing_debug_implementations, reason = "a secret prints nothing")]
pub struct Seed(Zeroizing<[u8; 32]>);

impl Seed {
    /// A new seed.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, SealError> {
        Self::from_slice(&random(32)?)
    }

    /// The seed of 32 bytes in hexadecimal.
    ///
    /// # Errors
    /// When the text is no such seed.
    pub fn from_hex(text: &str) -> Result<Self, SealError> {
        let bytes = hex::decode(text.trim()).map(Zeroizing::new);
        Self::from_slice(&bytes.map_err(|_| SealError::Malformed("a seed"))?)
    }

    /// The seed of 32 bytes.
    ///
    /// # Errors
    /// When there are not 32 of them.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, SealError> {
        let seed = <[u8; 32]>::try_from(bytes).map_err(|_| SealError::Malformed("a seed"))?;
        Ok(Self(Zeroizing::new(seed)))
    }

    /// The seed in hexadecimal, for a key file.
    #[must_use]
    pub fn to_hex_secret(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_slice()))
    }

    /// The bytes, to be sealed to an engine.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// What a contract says of the seed, so that no other can be put in its place.
    #[must_use]
    pub fn commitment(&self, party: &str) -> [u8; 32] {
        digest(&length_prefixed([
            b"subrosa seed commitment v1".as_slice(),
            party.as_bytes(),
            self.0.as_slice(),
        ]))
    }
}

/// A key for state at rest.
#[expect(missing_debug_implementations, reason = "a secret prints nothing")]
pub struct StateKey(Zeroizing<[u8; 32]>);

impl StateKey {
    /// A new key.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, SealError> {
        Self::from_slice(&random(32)?)
    }

    /// A key of 32 bytes.
    ///
    /// # Errors
    /// When there are not 32 of them.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, SealError> {
        Seed::from_slice(bytes).map(|seed| Self(seed.0))
    }

    /// The key of some secrets, all of which are needed, for one use. HKDF-SHA256 over length-prefixed parts.
    #[must_use]
    pub fn derive<'s>(secrets: impl IntoIterator<Item = &'s [u8]>, label: &str) -> Self {
        let secrets = Zeroizing::new(length_prefixed(secrets));
        let mut key = Zeroizing::new([0_u8; 32]);
        let derived = Hkdf::<Sha256>::new(Some(b"subrosa state v1"), &secrets);
        // 32 bytes are never too many for SHA-256
        let expanded = derived.expand(&length_prefixed([label.as_bytes()]), key.as_mut_slice());
        debug_assert!(expanded.is_ok(), "32 bytes can be derived");
        Self(key)
    }

    /// The bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// `nonce₁₂ ‖ ciphertext ‖ tag₁₆` under AES-256-GCM.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn seal(&self, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        encrypt(self.0.as_slice(), aad, plaintext)
    }

    /// Undoes [`Self::seal`].
    ///
    /// # Errors
    /// When it was sealed under another key or to other data, or changed.
    pub fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        decrypt(self.0.as_slice(), aad, sealed)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_derived_key_needs_every_secret_in_its_place() {
        let of =
            |secrets: &[&[u8]], label| *StateKey::derive(secrets.iter().copied(), label).expose();
        let key = of(&[b"ab", b"c"], "x");
        assert_eq!(key, of(&[b"ab", b"c"], "x"));
        for other in [
            of(&[b"a", b"bc"], "x"),
            of(&[b"c", b"ab"], "x"),
            of(&[b"ab"], "x"),
            of(&[b"ab", b"c"], "y"),
        ] {
            assert_ne!(key, other);
        }
    }

    #[test]
    fn what_is_sealed_opens_under_its_key_and_data_only() {
        let key = StateKey::generate().unwrap();
        let sealed = key.seal(b"place", b"secret").unwrap();
        assert_eq!(key.open(b"place", &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(
            key.open(b"elsewhere", &sealed).unwrap_err(),
            SealError::Decrypt
        );
        assert_eq!(
            StateKey::generate()
                .unwrap()
                .open(b"place", &sealed)
                .unwrap_err(),
            SealError::Decrypt
        );
        assert_ne!(sealed, key.seal(b"place", b"secret").unwrap());
    }

    #[test]
    fn a_commitment_is_to_party_and_seed() {
        let seed = Seed::from_hex(&"07".repeat(32)).unwrap();
        assert_eq!(
            seed.commitment("a"),
            Seed::from_slice(&[7; 32]).unwrap().commitment("a")
        );
        assert_ne!(seed.commitment("a"), seed.commitment("b"));
        assert_ne!(
            seed.commitment("a"),
            Seed::from_slice(&[8; 32]).unwrap().commitment("a")
        );
        assert!(Seed::from_hex("07").is_err());
    }
}
