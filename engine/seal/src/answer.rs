//! A sealed answer: padded, sealed to the recipient, with its receipt beside it.

use crate::error::SealError;

const MAGIC: &[u8; 8] = b"SUBROSA1";
const LEAST: usize = 16 * 1024;

/// An answer as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedAnswer {
    /// `COSE_Sign1` of the receipt.
    pub receipt: Vec<u8>,
    /// HPKE encapsulated key.
    pub encapsulated: Vec<u8>,
    /// HPKE ciphertext of the padded answer.
    pub ciphertext: Vec<u8>,
}

impl SealedAnswer {
    /// The bytes: magic, then every part behind its length.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let parts = [
            self.receipt.as_slice(),
            &self.encapsulated,
            &self.ciphertext,
        ];
        [MAGIC.as_slice(), &crate::aad::length_prefixed(parts)].concat()
    }

    /// From bytes.
    ///
    /// # Errors
    /// When they are not of the format, to the last byte.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let malformed = SealError::Malformed("a sealed answer");
        let rest = bytes
            .strip_prefix(MAGIC.as_slice())
            .ok_or_else(|| malformed.clone())?;
        let (receipt, rest) = part(rest).ok_or_else(|| malformed.clone())?;
        let (encapsulated, rest) = part(rest).ok_or_else(|| malformed.clone())?;
        let (ciphertext, rest) = part(rest).ok_or_else(|| malformed.clone())?;
        if !rest.is_empty() {
            return Err(malformed);
        }
        Ok(Self {
            receipt,
            encapsulated,
            ciphertext,
        })
    }
}

fn part(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
    let (part, rest) = rest.split_at_checked(length)?;
    Some((part.to_vec(), rest))
}

/// The bytes behind their length, padded with zeros to a power of two of at least 16 KiB.
#[must_use]
pub fn pad(bytes: &[u8]) -> Vec<u8> {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let mut out = [length.to_be_bytes().as_slice(), bytes].concat();
    let whole = out.len().next_power_of_two().max(LEAST);
    out.resize(whole, 0);
    out
}

/// Undoes [`pad`].
///
/// # Errors
/// When the bytes were not padded so.
pub fn unpad(bytes: &[u8]) -> Result<&[u8], SealError> {
    let malformed = || SealError::Malformed("a padded answer");
    let (length, rest) = bytes.split_first_chunk::<8>().ok_or_else(malformed)?;
    let length = usize::try_from(u64::from_be_bytes(*length)).map_err(|_| malformed())?;
    let (answer, padding) = rest.split_at_checked(length).ok_or_else(malformed)?;
    let padded = bytes.len() >= LEAST && bytes.len().is_power_of_two();
    if padded && padding.iter().all(|b| *b == 0) {
        Ok(answer)
    } else {
        Err(malformed())
    }
}
