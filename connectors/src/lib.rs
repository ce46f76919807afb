//! The party side: reads a party's tables, checks and seals them, keeps its keys, and releases data
//! keys to engines that its contract accepts.
//!
//! A connector cannot decide what may be asked: it never sees a question. It cannot be made to give
//! up more than data keys of exposed columns either.

mod broker;
mod check;
mod derive;
mod error;
mod expression;
mod keys;
mod only;
mod open;
mod rows;
mod sealing;
mod source;
mod store;
mod types;
mod witness;
mod words;

pub use broker::{Broker, Challenge, KeyGrant};
pub use check::{Clamped, Findings, Restricted};
pub use error::ConnectorError;
pub use keys::{KeyFolder, PartyKeys};
pub use open::{newest_manifest, open_table, opened_schema, read_manifest, verify_files};
pub use sealing::{SealRequest, Sealed, declarations, seal_table};
pub use source::{Others, Outline, Outside, Source, columns_of};
pub use store::{Store, version_folder};
pub use types::{column_kind, shape_of};
pub use witness::Witness;
