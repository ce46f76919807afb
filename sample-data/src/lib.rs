//! Worlds to try policies and questions on: a generated one of four banks, a recorded one of four hospitals.
//!
//! Both come with policies written as their owners would write them, and questions that work or are refused. Nothing here knows the
//! engine: a world is files.

pub mod aml;
mod error;
mod files;
pub mod four_banks;
pub mod hospitals;
mod random;

pub use error::Error;
