//! What can go wrong. A spec's errors speak of columns and types; errors after data has been seen are constants.

/// Why a release cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// The spec does not fit the schema. Depends on plan and policies only.
    #[error("release: {0}")]
    Spec(String),
    /// A batch whose columns are not those the release was made for.
    #[error("release: a batch does not have the schema of the release")]
    Batch,
    /// Two releases of different questions.
    #[error("release: only releases of the same spec can be merged")]
    Mismatch,
    /// More cells, parts or distinct values than can be numbered.
    #[error("release: the result is too large")]
    Overflow,
    /// Jitter, history or noise is owed, and the release was finished without.
    #[error("release: more than support is owed")]
    Owed,
    /// A party's secret is not there, without which nothing of its may leave.
    #[error("release: the secret of a party is missing")]
    Secret,
    /// An array operation failed; the reason may hold values and is not kept.
    #[error("release: the values cannot be released")]
    Values,
}

impl ReleaseError {
    /// Drops an Arrow error, whose text may contain values.
    pub(crate) fn hide(_: arrow::error::ArrowError) -> Self {
        Self::Values
    }
}

/// The result of a release operation.
pub type Result<T, E = ReleaseError> = std::result::Result<T, E>;
