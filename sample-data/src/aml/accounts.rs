//! Accounts: pure functions of their number, kept only as far as payments need them.

use rayon::prelude::*;

use super::BANKS;
use super::quantiles;
use super::size::Size;
use super::words::{
    ABROAD, CURRENCY_SHARES, HIGH_RISK_FROM, HOME, INCOME, KYC_SHARES, MULTIPLIERS, SEGMENT_SHARES,
    at, share,
};
use crate::random::{Domain, Rng, mix};

/// What payments need to know of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    /// The bank; `None` is elsewhere.
    pub(crate) bank: Option<u8>,
    pub(crate) segment: u8,
    /// How many regular payees it has.
    pub(crate) payees: u8,
    pub(crate) multiplier: u8,
    pub(crate) currency: u8,
    /// The country, as an index into [`ABROAD`]; `None` is the bank's own.
    pub(crate) country: Option<u8>,
    /// The entity that holds it.
    pub(crate) entity: u64,
}

impl Account {
    /// A company, with larger amounts.
    pub(crate) fn is_company(&self) -> bool {
        (2..=4).contains(&self.segment)
    }

    /// In a high-risk country.
    pub(crate) fn is_high_risk(&self) -> bool {
        self.country
            .is_some_and(|country| u64::from(country) >= HIGH_RISK_FROM)
    }

    pub(crate) fn country(&self) -> &'static str {
        match (self.country, self.bank) {
            (Some(country), _) => at(&ABROAD, u64::from(country)),
            (None, Some(bank)) => at(&HOME, u64::from(bank)),
            (None, None) => "",
        }
    }

    /// The code of its bank.
    pub(crate) fn bic(&self) -> String {
        match self.bank {
            Some(bank) => format!(
                "BNK{}{}2A",
                char::from(b'A' + bank),
                at(&HOME, u64::from(bank))
            ),
            None => format!("EXT{}XXX", self.country()),
        }
    }

    /// Its number as text: country, two digits, four letters of the bank, fourteen digits.
    pub(crate) fn text(&self, account: u64) -> String {
        let number = (account * 48_271 + 11) % 99_999_999_977;
        let country = self
            .bank
            .map_or_else(|| self.country(), |bank| at(&HOME, u64::from(bank)));
        let bank: String = self.bic().chars().take(4).collect();
        format!("{country}{}{bank}{number:014}", number % 90 + 10)
    }
}

/// All accounts.
#[derive(Debug)]
pub(crate) struct Accounts {
    rng: Rng,
    size: Size,
    all: Vec<Account>,
}

impl Accounts {
    pub(crate) fn new(rng: Rng, size: Size) -> Self {
        let all = (0..size.all())
            .into_par_iter()
            .map(|account| make(rng, size, account))
            .collect();
        Self { rng, size, all }
    }

    /// An account by its number.
    pub(crate) fn get(&self, account: u64) -> Account {
        const NOBODY: Account = Account {
            bank: None,
            segment: 0,
            payees: 1,
            multiplier: 16,
            currency: 0,
            country: None,
            entity: 0,
        };
        usize::try_from(account)
            .ok()
            .and_then(|index| self.all.get(index))
            .copied()
            .unwrap_or(NOBODY)
    }

    /// The numbers of the accounts of a bank.
    pub(crate) fn of_bank(&self, bank: u8) -> impl Iterator<Item = u64> + '_ {
        (0..self.size.accounts).filter(move |account| self.get(*account).bank == Some(bank))
    }

    /// The hash of an entity, as banks exchange it.
    pub(crate) fn entity_hash(&self, entity: u64) -> String {
        format!("{:016x}", mix(self.rng.key(Domain::Entity, entity)))
    }

    pub(crate) fn phone(&self, entity: u64) -> u64 {
        mix(self.rng.key(Domain::Entity, entity).wrapping_add(7)) >> 1
    }

    pub(crate) fn device(&self, entity: u64) -> u64 {
        mix(self.rng.key(Domain::Device, entity)) >> 1
    }

    /// A fifth of the addresses belongs to somebody else too.
    pub(crate) fn address(&self, account: u64) -> u64 {
        let strangers = (self.size.accounts / 3).max(1);
        let of = if self.below(account, 7, 100) < 20 {
            self.below(account, 8, strangers)
        } else {
            self.get(account).entity
        };
        mix(self.rng.key(Domain::Address, of)) >> 1
    }

    /// Days before the first day on which it was opened; dormant ones are old.
    pub(crate) fn age(&self, account: u64) -> u64 {
        self.below(account, 9, 3650) + if account >= self.size.members { 400 } else { 0 }
    }

    pub(crate) fn kyc_risk(&self, account: u64) -> u64 {
        1 + share(&KYC_SHARES, self.below(account, 10, 1000))
    }

    /// Declared monthly income in US cents, whole dollars.
    pub(crate) fn declared(&self, account: u64) -> u64 {
        let this = self.get(account);
        let typical =
            quantiles::amount(&quantiles::ACH, self.rng.draw(Domain::Account, account, 13));
        typical * u64::from(this.multiplier) / 16 * at(&INCOME, u64::from(this.segment)) / 100 * 100
    }

    fn below(&self, account: u64, position: u64, n: u64) -> u64 {
        self.rng.below(Domain::Account, account, position, n)
    }
}

fn make(rng: Rng, size: Size, account: u64) -> Account {
    let below = |position, n| rng.below(Domain::Account, account, position, n);
    let member = account < size.accounts;
    let abroad = below(12, ABROAD.len() as u64);
    let country = match (member, below(11, 100)) {
        (true, 6..) => None,
        (true, _) => Some(small(abroad % HIGH_RISK_FROM)),
        (false, _) => Some(small(abroad)),
    };
    let shares = member && account > 0 && below(5, 100) < 30;
    Account {
        bank: member.then(|| bank(below(0, bank_weights().sum()))),
        segment: small(share(&SEGMENT_SHARES, below(1, 1000))),
        payees: small(1 + (1000 / (1 + below(2, 1000))).min(63)),
        multiplier: small(at(&MULTIPLIERS, below(3, 8))),
        currency: small(share(&CURRENCY_SHARES, below(4, 1000))),
        country,
        entity: if shares { below(6, account) } else { account },
    }
}

fn bank_weights() -> impl Iterator<Item = u64> {
    (0..u64::from(BANKS)).map(|bank| 1000 / (bank + 2))
}

fn bank(draw: u64) -> u8 {
    let ends = bank_weights().scan(0, |sum, weight| {
        *sum += weight;
        Some(*sum)
    });
    small(ends.take_while(|end| *end <= draw).map(|_| 1).sum())
}

/// Values of small tables fit.
fn small(value: u64) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}
