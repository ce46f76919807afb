//! Payments of four banks over ninety days, with planted laundering schemes: the generator `xbank-aml/1`.
//!
//! Whole numbers only and randomness by counter, so every platform and every number of threads makes the same bytes. The data streams:
//! memory grows with accounts and planted schemes, not with payments. What was planted is written beside the banks' tables, under `truth/`,
//! so that recall can be computed; no engine ever needs it.

use std::path::Path;

use crate::Error;

mod accounts;
mod background;
mod calendar;
mod columns;
mod ledger;
mod patterns;
mod payment;
mod quantiles;
mod size;
mod stream;
mod tables;
mod truth;
mod typology;
mod words;

pub use typology::Typology;

/// How many banks there are.
pub const BANKS: u8 = 4;

/// What to generate.
///
/// With `patterns` unset, the ledgers of a scale and a seed are fixed for ever: [`ledger_digest`] of scale 0.01, 0.1 and 1 with seed 42
/// are published. Setting it plants more (or fewer) schemes of each kind over the same kind of background, which changes the ledgers.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// 1 is a million payments and 25 000 accounts; at least 0.01.
    pub scale: f64,
    /// The seed.
    pub seed: u64,
    /// How many schemes of each kind to plant; if unset, 5 times the scale, at least 2.
    pub patterns: Option<u32>,
}

impl Options {
    /// About how many payments there will be: those of every day, without the planted ones.
    #[must_use]
    pub fn payments(&self) -> u64 {
        size::Size::new(self).map_or(0, |size| size.payments)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            scale: 0.1,
            seed: 42,
            patterns: None,
        }
    }
}

/// What was generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Payments, planted ones among them.
    pub payments: u64,
    /// Rows of each bank's ledger.
    pub ledger_rows: Vec<u64>,
    /// Accounts at the banks.
    pub accounts: u64,
    /// Planted schemes.
    pub patterns: u64,
    /// Payments that belong to a planted scheme.
    pub planted: u64,
}

/// Writes `bank_a/transactions.parquet`, `accounts.parquet`, `flagged.parquet` and so on, `ref/country_risk.parquet` and `truth/`.
///
/// Every file appears whole or not at all. `progress` is told how many payments are done.
///
/// # Errors
/// Options out of range; files that cannot be written.
pub fn generate(dir: &Path, options: &Options, progress: &dyn Fn(u64)) -> Result<Summary, Error> {
    let stream = stream::Stream::new(options)?;
    let ledger_rows = columns::write(dir, &stream, progress)?;
    tables::write(dir, &stream)?;
    truth::write(dir, &stream)?;
    Ok(Summary {
        payments: stream.payments(),
        ledger_rows,
        accounts: stream.size().accounts,
        patterns: stream.plan().patterns.len() as u64,
        planted: stream.plan().payments.len() as u64,
    })
}

/// SHA-256 of all ledgers in a canonical text form, in hexadecimal, without writing them.
///
/// # Errors
/// Options out of range.
pub fn ledger_digest(options: &Options) -> Result<String, Error> {
    ledger::digest(&stream::Stream::new(options)?)
}
