//! What may be asked of whose data: the policy language, its lattice and the contract.
//!
//! Pure: no IO, no clock, no randomness. A policy is one TOML file per table, written and signed by
//! its owner; a contract binds the parties, their keys, views and floors. Every value keeps the
//! place in the file it came from, so that a refusal can point at the line that decided it.
//!
//! Text becomes a [`PolicyDocument`](document::PolicyDocument) (all errors at once), which becomes a
//! [`TablePolicy`](table::TablePolicy) once the table's real columns are known, which joins the
//! others in a [`PolicySet`](set::PolicySet) under the floors of a [`Contract`](contract::Contract).

pub mod access;
pub mod approved;
pub mod capability;
pub mod contract;
pub mod denial;
pub mod diff;
pub mod document;
pub mod draft;
pub mod explain;
pub mod format;
pub mod house;
pub mod ident;
pub mod lint;
pub mod materialized;
pub mod number;
pub mod obligation;
mod parse;
mod private;
pub mod problem;
pub mod resolve;
pub mod restriction;
pub mod set;
pub mod sql;
pub mod table;
pub mod testfile;
pub mod unsupported;
mod words;

pub use unsupported::unsupported;
