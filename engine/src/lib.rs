//! The enclave side: parses, binds, admits, guards, executes, releases and seals answers.
//!
//! A question earns its way out: each stage's type is made by the stage before it, and nothing
//! leaves before its ledger entry is durable. [`Engine::ask`] drives the stages.

mod about;
mod answer;
mod approved;
mod ask;
mod brokers;
mod charge;
mod contain;
mod engine;
mod execute;
mod explanation;
mod gather;
mod guard;
mod judge;
mod nearest;
mod offer;
mod optimize;
mod pace;
mod parse;
mod phase;
mod pipeline;
mod plan;
mod private;
mod refusal;
mod restriction;
mod safe;
mod scan;
mod seeds;
mod state;
mod unlock;

pub use answer::{OpenedAnswer, open_answer};
pub use approved::ApprovedQuestion;
pub use ask::Reply;
pub use brokers::PartyLink;
pub use contain::is_answering;
pub use engine::{ContractTable, Engine, Question, Setup};
pub use execute::logical_rules;
pub use explanation::{ColumnUse, Explanation};
pub use judge::{Agreed, Asked, Judge, visible_columns};
pub use pace::TimeBuckets;
pub use parse::MAX_STATEMENT_BYTES;
pub use phase::{Phase, watched};
pub use plan::{BoundPlan, VisibleColumn, VisibleTable};
pub use refusal::Refusal;
pub use restriction::RestrictedRows;
pub use state::StateSetup;
