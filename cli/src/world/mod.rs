//! A world in one process: every party's side, the contract between them, and an engine.

mod agreement;
mod collaboration;
mod layout;
mod link;
mod seeds;
mod session;
mod signatories;
mod start;
mod tables;

pub(crate) use agreement::{current as current_contract, history as contract_history};
pub(crate) use collaboration::{Collaboration, FILE as COLLABORATION, WorldTable};
pub(crate) use layout::Layout;
pub(crate) use ledger::write_whole;
pub(crate) use link::Shown;
pub(crate) use session::{Answered, Outcome, Session};
pub(crate) use signatories::signatories;
pub(crate) use start::{World, engine_public, start, store as open_store};
pub(crate) use tables::{TableStatus, policies as read_policies, table_version};
