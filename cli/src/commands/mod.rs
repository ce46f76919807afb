//! The subcommands, one a file.

pub(crate) mod answer;
pub(crate) mod attest;
pub(crate) mod contract;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod generate;
pub(crate) mod init;
pub(crate) mod lab;
pub(crate) mod lab_show;
pub(crate) mod ledger;
pub(crate) mod party;
pub(crate) mod policy;
pub(crate) mod shell;
pub(crate) mod table;

use std::future::Future;

use crate::failure::{Failure, Failures};

/// Runs asynchronous work to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failures>>) -> Result<T, Failures> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(8 << 20)
        .build()
        .map_err(|error| Failure::io(std::path::Path::new("runtime"), &error))?;
    runtime.block_on(work)
}
