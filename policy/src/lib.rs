//! What may be asked of whose data: the policy language, its lattice and the contract.
//!
//! Pure: no IO, no clock, no randomness. A policy is one TOML file per table, written and signed by
//! its owner; a contract binds the parties, their keys, views and floors. Every value keeps the
//! place in the file it came from, so that a refusal can point at the line that decided it.

pub mod capability;
pub mod denial;
pub mod document;
pub mod ident;
pub mod number;
pub mod table;
