//! Values that may leave.

use std::fmt;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

/// An answer. Only [`Release::finish`](crate::Release::finish) makes one, so whoever holds one knows that its values
/// have passed the release. What was withheld has left no trace in it.
pub struct Released {
    batch: RecordBatch,
}

impl Released {
    /// Wraps rows that have passed.
    pub(crate) fn new(batch: RecordBatch) -> Self {
        Self { batch }
    }

    /// The rows, sorted by group key.
    #[must_use]
    pub fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// Group keys, then statistics.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        self.batch.schema()
    }

    /// The rows, sorted by group key.
    #[must_use]
    pub fn into_batch(self) -> RecordBatch {
        self.batch
    }
}

impl fmt::Debug for Released {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Released").finish_non_exhaustive()
    }
}
