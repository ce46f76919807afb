//! Everyday payments: any of them computed on its own from its number.

use super::accounts::Accounts;
use super::calendar::Calendar;
use super::payment::{Channel, Payment};
use super::quantiles;
use super::size::Size;
use super::words::DAYS;
use crate::random::{Domain, Rng, below, skew2, skew3};

const NEIGHBOURHOOD: u64 = 50;

/// Who pays whom, before refunds.
#[derive(Debug, Clone, Copy)]
struct Parties {
    /// Below 80 from elsewhere, 100 cash in, 120 cash out, else from a member.
    kind: u64,
    from: u64,
    to: u64,
    /// The member that keeps the regular payee, and the payee's place in its list.
    keeper: u64,
    place: u64,
    /// What kind of payee: below 30 a hub.
    payee: u64,
}

/// The everyday payments.
#[derive(Debug)]
pub(crate) struct Background<'a> {
    rng: Rng,
    size: Size,
    accounts: &'a Accounts,
    calendar: Calendar,
    step: u64,
}

impl<'a> Background<'a> {
    pub(crate) fn new(rng: Rng, size: Size, accounts: &'a Accounts) -> Self {
        let start = 2_654_435_761 % size.members;
        let step = (start..=start + size.members)
            .find(|step| gcd(*step, size.members) == 1)
            .unwrap_or(1);
        Self {
            rng,
            size,
            accounts,
            calendar: Calendar::new(size.payments),
            step,
        }
    }

    /// The payment with this number.
    pub(crate) fn payment(&self, index: u64) -> Payment {
        let own = self.parties(index);
        let refunded = self.refunded(index, &own);
        let (from, to) = refunded.map_or((own.from, own.to), |parties| (parties.to, parties.from));
        let outside = from >= self.size.accounts && to >= self.size.accounts;
        let to = if outside {
            self.hub_order(self.below(index, 8, self.size.members))
        } else {
            to
        };
        let channel = self.channel(index, &own, from);
        let amount = self.amount(index, &own, from, channel, refunded.is_some());
        let holder = if channel == Channel::CashIn { to } else { from };
        Payment {
            time: self.time(index),
            from: (channel != Channel::CashIn).then_some(from),
            to: (channel != Channel::CashOut).then_some(to),
            amount,
            currency: u64::from(self.accounts.get(holder).currency),
            channel,
            device: None,
            number: 0,
        }
    }

    fn time(&self, index: u64) -> u64 {
        let slot = self.calendar.slot(index);
        slot.hour * 3600 + (slot.rank * 3600 + self.below(index, 0, 3600)) / slot.count
    }

    fn parties(&self, index: u64) -> Parties {
        let kind = self.below(index, 1, 1000);
        let keeper = self.hub_order(skew2(self.draw(index, 2), self.size.members));
        let place = skew2(
            self.draw(index, 3),
            u64::from(self.accounts.get(keeper).payees),
        );
        let payee = self.rng.below(Domain::Payee, keeper, place * 4, 100);
        let to = self.regular_payee(keeper, place, payee);
        if kind < 80 {
            let from = self.size.accounts + self.below(index, 4, self.size.external);
            let to = self.hub_order(skew3(self.draw(index, 5), self.size.members));
            return Parties {
                kind,
                from,
                to,
                keeper,
                place,
                payee,
            };
        }
        Parties {
            kind,
            from: keeper,
            to,
            keeper,
            place,
            payee,
        }
    }

    fn regular_payee(&self, keeper: u64, place: u64, payee: u64) -> u64 {
        let members = self.size.members;
        let draw = self.rng.draw(Domain::Payee, keeper, place * 4 + 1);
        let chosen = match payee {
            0..30 => self.hub_order(skew3(draw, members)),
            30..85 => self.neighbour(keeper, draw),
            85..95 => below(draw, members),
            _ => self.size.accounts + below(draw, self.size.external),
        };
        match chosen {
            other if other != keeper => other,
            _ if keeper + 1 < members => keeper + 1,
            _ => 0,
        }
    }

    fn neighbour(&self, keeper: u64, draw: u64) -> u64 {
        let chosen = keeper / NEIGHBOURHOOD * NEIGHBOURHOOD + below(draw, NEIGHBOURHOOD);
        let members = self.size.members;
        if chosen < members {
            chosen
        } else {
            members - 1 - (chosen - members)
        }
    }

    /// The payment, of the week before, that this one pays back.
    fn refunded(&self, index: u64, own: &Parties) -> Option<Parties> {
        if own.kind < 120 || index == 0 || self.below(index, 6, 100) >= 3 {
            return None;
        }
        let week = (self.size.payments * 7 / DAYS).max(1);
        let back = self.below(index, 7, index.min(week).max(1));
        let parties = self.parties((index - 1).saturating_sub(back));
        (parties.kind >= 120).then_some(parties)
    }

    fn channel(&self, index: u64, own: &Parties, from: u64) -> Channel {
        let draw = self.below(index, 9, 100);
        match (own.kind, draw) {
            (80..100, _) => Channel::CashIn,
            (100..120, _) => Channel::CashOut,
            _ if from >= self.size.accounts => {
                if draw < 70 {
                    Channel::Wire
                } else {
                    Channel::Ach
                }
            }
            _ if self.accounts.get(from).is_company() => company_channel(draw),
            _ => personal_channel(draw, own.payee < 30),
        }
    }

    fn amount(&self, index: u64, own: &Parties, from: u64, channel: Channel, refund: bool) -> u64 {
        let standing = !refund
            && self.below(index, 11, 100) < 18
            && matches!(channel, Channel::Instant | Channel::Ach);
        let draw = if standing {
            self.rng.draw(Domain::Payee, own.keeper, own.place * 4 + 2)
        } else {
            self.draw(index, 10)
        };
        let payer = self.accounts.get(from);
        let usual = quantiles::amount(channel.amounts(), draw) * u64::from(payer.multiplier) / 16;
        let amount = usual * if payer.is_company() { 8 } else { 1 };
        let amount = if standing { amount / 100 * 100 } else { amount };
        let rounded = match self.below(index, 12, 100) {
            0..8 => (amount / 1000 + 1) * 1000,
            8..12 => (amount / 5000 + 1) * 5000,
            _ => amount,
        };
        rounded.max(1)
    }

    /// Spreads the popular accounts over all numbers.
    fn hub_order(&self, rank: u64) -> u64 {
        (rank * self.step + 12_345 % self.size.members) % self.size.members
    }

    fn draw(&self, index: u64, position: u64) -> u64 {
        self.rng.draw(Domain::Payment, index, position)
    }

    fn below(&self, index: u64, position: u64, n: u64) -> u64 {
        self.rng.below(Domain::Payment, index, position, n)
    }
}

fn company_channel(draw: u64) -> Channel {
    match draw {
        0..62 => Channel::Ach,
        62..76 => Channel::Wire,
        76..90 => Channel::Instant,
        _ => Channel::Cheque,
    }
}

fn personal_channel(draw: u64, to_hub: bool) -> Channel {
    match draw {
        0..72 if to_hub => Channel::Card,
        0..40 => Channel::Instant,
        40..92 => Channel::Ach,
        92..96 => Channel::Cheque,
        _ => Channel::Wire,
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
