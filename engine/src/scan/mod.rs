//! Sealed tables as `DataFusion` scans them.
//!
//! A table is exactly what its signed manifest says: hidden columns and filtered rows are not in its
//! files at all. Before a byte of it is decoded, every file has the size, digest and encrypted
//! footer that were sealed, and every column of it is encrypted under a key of its own.

mod keyring;
mod open;
mod reader;
mod restricted;
mod table;

pub(crate) use keyring::{Keyring, requests};
pub(crate) use open::{OpenFile, open};
pub(crate) use reader::{RESTRICTED, WHOLE};
pub(crate) use restricted::{RestrictedScan, RestrictedTable};
pub(crate) use table::{SealedTable, visible_schema};

#[cfg(test)]
mod tests;
