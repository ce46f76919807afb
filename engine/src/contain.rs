//! What a question may do at worst: take its time, or panic; either is one constant refusal.
//!
//! A panic on another thread arrives here as the failure of the task that ran there.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::FutureExt;

use crate::pipeline::FAILED;
use crate::refusal::Refusal;

static ANSWERING: AtomicUsize = AtomicUsize::new(0);

/// Whether a question runs in this process: where and why it panics is then nobody's to read.
#[must_use]
pub fn is_answering() -> bool {
    ANSWERING.load(Ordering::Relaxed) > 0
}

/// Counts a question while it runs, however it ends.
struct Answering;

impl Answering {
    fn begin() -> Self {
        ANSWERING.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        ANSWERING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs what touches data, for as long as it may take.
pub(crate) async fn contained<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    let _answering = Answering::begin();
    let caught = AssertUnwindSafe(work).catch_unwind();
    match tokio::time::timeout(limit, caught).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_panic)) => Err(Refusal::Failed(FAILED)),
        Err(_elapsed) => Err(Refusal::Failed(
            "the question took longer than the engine allows",
        )),
    }
}

#[cfg(test)]
mod tests;
