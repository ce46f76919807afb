//! One payment, before it is written into ledgers.

use super::quantiles::{self, Knots};
use super::words::{RATES, at};

/// How money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Card,
    Instant,
    Ach,
    Cheque,
    Wire,
    CashIn,
    CashOut,
}

impl Channel {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Card => "CARD",
            Self::Instant => "INSTANT",
            Self::Ach => "ACH",
            Self::Cheque => "CHEQUE",
            Self::Wire => "WIRE",
            Self::CashIn => "CASH_IN",
            Self::CashOut => "CASH_OUT",
        }
    }

    /// The usual amounts.
    pub(super) const fn amounts(self) -> &'static Knots {
        match self {
            Self::Card => &quantiles::CARD,
            Self::Instant => &quantiles::INSTANT,
            Self::Ach => &quantiles::ACH,
            Self::Cheque => &quantiles::CHEQUE,
            Self::Wire => &quantiles::WIRE,
            Self::CashIn => &quantiles::CASH_IN,
            Self::CashOut => &quantiles::CASH_OUT,
        }
    }

    /// Made on a phone or in a browser, so that a device is known.
    pub(super) const fn has_device(self) -> bool {
        matches!(self, Self::Card | Self::Instant | Self::Ach)
    }
}

/// A payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Payment {
    /// Seconds since the first day.
    pub(crate) time: u64,
    /// The payer; `None` is cash.
    pub(crate) from: Option<u64>,
    /// The payee; `None` is cash.
    pub(crate) to: Option<u64>,
    /// In hundredths of the currency.
    pub(crate) amount: u64,
    pub(crate) currency: u64,
    pub(crate) channel: Channel,
    /// The device, if a scheme says so.
    pub(crate) device: Option<u64>,
    /// Its number, in order of time, from 1.
    pub(crate) number: u64,
}

impl Payment {
    /// Its value in US cents.
    pub(crate) fn cents(&self) -> u64 {
        self.amount * at(&RATES, self.currency) / 1_000_000
    }
}
