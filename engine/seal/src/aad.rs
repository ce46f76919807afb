//! Length-prefixed concatenation: no two lists of parts have the same bytes.

/// Every part behind its length in eight big-endian bytes.
#[must_use]
pub fn length_prefixed<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    for part in parts {
        out.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}

/// The AAD prefix of a sealed file: contract, party, table, version, file. A moved file does not open.
#[must_use]
pub fn aad_prefix(contract: &str, party: &str, table: &str, version: u64, file: &str) -> Vec<u8> {
    length_prefixed([
        contract.as_bytes(),
        party.as_bytes(),
        table.as_bytes(),
        version.to_be_bytes().as_slice(),
        file.as_bytes(),
    ])
}
