//! Why something sealed cannot be opened or something signed not be believed.

/// What failed. Never says more than the kind: details would be an oracle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// A ciphertext, tag or key does not fit.
    #[error("decryption failed: wrong key or changed bytes")]
    Decrypt,
    /// A signature does not verify.
    #[error("the signature does not verify")]
    Signature,
    /// Bytes that are not of the format.
    #[error("{0} is malformed")]
    Malformed(&'static str),
    /// The system gave no randomness.
    #[error("no randomness from the system")]
    Random,
}
