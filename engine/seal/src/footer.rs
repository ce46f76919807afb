//! The tail of a sealed Parquet file: encrypted footer, its length, and the magic that says so.

use crate::error::SealError;

/// Magic of a file with an encrypted footer.
pub const ENCRYPTED_FOOTER_MAGIC: &[u8; 4] = b"PARE";

/// The footer of a whole file, with its length and magic.
///
/// # Errors
/// When the file is a Parquet file in clear, or none.
pub fn footer_of(file: &[u8]) -> Result<&[u8], SealError> {
    let (rest, magic) = file
        .split_last_chunk::<4>()
        .ok_or(SealError::Malformed("a sealed file"))?;
    if magic != ENCRYPTED_FOOTER_MAGIC {
        return Err(SealError::Malformed("a sealed file"));
    }
    let (_, length) = rest
        .split_last_chunk::<4>()
        .ok_or(SealError::Malformed("a sealed file"))?;
    let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let start = file
        .len()
        .checked_sub(8)
        .and_then(|end| end.checked_sub(length));
    start
        .and_then(|start| file.get(start..))
        .ok_or(SealError::Malformed("a sealed file"))
}
