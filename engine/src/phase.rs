//! How far a question has come, for whoever waits for it: stages, never rows.

use std::future::Future;

use tokio::sync::watch::Sender;

/// A stage of a question's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Parsed, bound and judged.
    Judging,
    /// Admitted; the owners' keys are asked for.
    Unlocking,
    /// Over open tables.
    Running,
    /// Released, noted in the ledger and sealed.
    Sealing,
}

tokio::task_local! {
    static WATCHER: Sender<Phase>;
}

/// Does the work while a watcher is told of its phases.
pub async fn watched<T>(watcher: Sender<Phase>, work: impl Future<Output = T>) -> T {
    WATCHER.scope(watcher, work).await
}

/// Tells the watcher, if there is one.
pub(crate) fn enter(phase: Phase) {
    let _nobody_watches = WATCHER.try_with(|watcher| watcher.send_replace(phase));
}
