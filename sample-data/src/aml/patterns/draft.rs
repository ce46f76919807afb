//! A scheme while it is being planted: its draws in order, its accounts, its payments.

use std::collections::{BTreeSet, HashSet};

use crate::Error;
use crate::aml::BANKS;
use crate::aml::accounts::Accounts;
use crate::aml::patterns::Flag;
use crate::aml::payment::{Channel, Payment};
use crate::aml::quantiles;
use crate::aml::size::Size;
use crate::aml::typology::Typology;
use crate::aml::words::{DAY, DAYS};
use crate::random::{Domain, Rng, below};

const TRIES: u32 = 4096;
const SMALLEST: u64 = 50_000;

/// A scheme in the making.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    rng: Rng,
    pub(super) size: Size,
    pub(super) accounts: &'a Accounts,
    pub(super) typology: Typology,
    /// From 1.
    pub(super) number: u64,
    pub(super) start: u64,
    /// Seconds it spreads over.
    pub(super) span: u64,
    draws: u64,
    turns: u64,
    used: HashSet<u64>,
    pub(super) payments: Vec<Payment>,
    pub(super) roles: Vec<(u64, &'static str)>,
    /// Account, and the account number whose entity it gets.
    pub(super) holders: Vec<(u64, u64)>,
    pub(super) devices: Vec<((u64, u64), u64)>,
    pub(super) flags: BTreeSet<Flag>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        rng: Rng,
        size: Size,
        accounts: &'a Accounts,
        typology: Typology,
        number: u64,
    ) -> Self {
        let span = typology.hours() * 3600;
        let mut draft = Self {
            rng,
            size,
            accounts,
            typology,
            number,
            start: 0,
            span,
            draws: 0,
            turns: 0,
            used: HashSet::new(),
            payments: Vec::new(),
            roles: Vec::new(),
            holders: Vec::new(),
            devices: Vec::new(),
            flags: BTreeSet::new(),
        };
        let latest = DAYS * DAY - span - DAY;
        draft.start = 5 * DAY + draft.below(latest.saturating_sub(5 * DAY).max(1));
        draft
    }

    pub(super) fn below(&mut self, n: u64) -> u64 {
        below(self.draw(), n)
    }

    fn draw(&mut self) -> u64 {
        self.draws += 1;
        self.rng.draw(Domain::Pattern, self.number, self.draws)
    }

    /// A device of its own.
    pub(super) fn device(&self) -> u64 {
        crate::random::mix(self.rng.key(Domain::Device, 1_000_000_000 + self.number)) >> 1
    }

    /// An account at a bank that the scheme does not use yet.
    pub(super) fn at_bank(&mut self, bank: u8) -> Result<u64, Error> {
        for _ in 0..TRIES {
            let account = self.below(self.size.members);
            if self.accounts.get(account).bank == Some(bank) && self.used.insert(account) {
                return Ok(account);
            }
        }
        Err(Error::NoAccount {
            pattern: self.number,
        })
    }

    /// An account at the next bank in turn, so that every scheme spans several.
    pub(super) fn next(&mut self) -> Result<u64, Error> {
        self.turns += 1;
        let bank = (self.number + self.turns) % u64::from(BANKS);
        self.at_bank(u8::try_from(bank).unwrap_or_default())
    }

    pub(super) fn several(&mut self, count: u64) -> Result<Vec<u64>, Error> {
        (0..count).map(|_| self.next()).collect()
    }

    pub(super) fn illicit(&mut self) -> u64 {
        quantiles::amount(&quantiles::ILLICIT, self.draw()).max(SMALLEST)
    }

    /// A time in the `part`-th of `parts` equal parts of a stretch of time.
    pub(super) fn within(&mut self, start: u64, span: u64, part: u64, parts: u64) -> u64 {
        start + span * part / parts + self.below((span / parts).max(1))
    }

    /// The same over the whole scheme.
    pub(super) fn time(&mut self, part: u64, parts: u64) -> u64 {
        self.within(self.start, self.span, part, parts)
    }

    /// A payment by batch transfer, instantly or by wire.
    pub(super) fn transfer(&mut self, time: u64, from: u64, to: u64, amount: u64) {
        let channel = match self.below(6) {
            0..3 => Channel::Ach,
            3..5 => Channel::Instant,
            _ => Channel::Wire,
        };
        self.pay(time, Some(from), Some(to), amount, channel);
    }

    pub(super) fn pay(
        &mut self,
        time: u64,
        from: Option<u64>,
        to: Option<u64>,
        amount: u64,
        channel: Channel,
    ) {
        let holder = from.or(to).unwrap_or_default();
        let own = u64::from(self.accounts.get(holder).currency);
        let currency = if self.typology.in_dollars() { 0 } else { own };
        self.payments.push(Payment {
            time,
            from,
            to,
            amount,
            currency,
            channel,
            device: None,
            number: 0,
        });
    }

    pub(super) fn role(&mut self, accounts: &[u64], role: &'static str) {
        self.roles
            .extend(accounts.iter().map(|account| (*account, role)));
    }

    /// A quarter of the accounts ends up on its bank's list.
    pub(super) fn flag_some(&mut self) {
        for index in 0..self.roles.len() {
            let Some((account, _)) = self.roles.get(index).copied() else {
                return;
            };
            if account < self.size.accounts && self.below(100) < 25 {
                let day = 20 + self.below(60);
                self.flags.insert((account, "SAR_FILED", day));
            }
        }
    }
}
