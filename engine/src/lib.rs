//! The enclave side: parses, binds, admits, guards, executes, releases and seals answers.

mod guard;
mod parse;
mod pipeline;
mod plan;
mod refusal;

pub use parse::MAX_STATEMENT_BYTES;
pub use plan::{VisibleColumn, VisibleTable};
pub use refusal::Refusal;
