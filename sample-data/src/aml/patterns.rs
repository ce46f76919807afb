//! Planted schemes: who, when, how much, and what the truth tables say about them.

use std::collections::{BTreeSet, HashMap};

use super::accounts::Accounts;
use super::payment::Payment;
use super::size::Size;
use super::typology::Typology;
use super::words::{REASONS, at};
use crate::Error;
use crate::random::{Domain, Rng};

mod chains;
mod draft;
mod habits;
mod hubs;
mod layers;

use draft::Draft;

/// A row of a bank's list of flagged customers: account, reason, day.
pub(crate) type Flag = (u64, &'static str, u64);

/// A planted scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) typology: Typology,
    pub(crate) payments: u64,
    pub(crate) accounts: u64,
    pub(crate) banks: u64,
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) roles: Vec<(u64, &'static str)>,
}

/// A payment of a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Planted {
    pub(crate) payment: Payment,
    /// The scheme's number, from 1.
    pub(crate) pattern: u64,
    /// Its place in the scheme, from 1.
    pub(crate) sequence: u64,
}

/// Everything planted.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) patterns: Vec<Pattern>,
    /// In order of time.
    pub(crate) payments: Vec<Planted>,
    pub(crate) flags: BTreeSet<Flag>,
    /// Accounts that schemes gave to another entity.
    holders: HashMap<u64, u64>,
}

impl Plan {
    pub(crate) fn new(rng: Rng, size: Size, accounts: &Accounts) -> Result<Self, Error> {
        let mut plan = Self::default();
        let mut holders = Vec::new();
        let mut devices = HashMap::new();
        for instance in 0..size.instances {
            for typology in Typology::ALL {
                let mut draft = Draft::new(
                    rng,
                    size,
                    accounts,
                    typology,
                    plan.patterns.len() as u64 + 1,
                );
                plant(&mut draft, instance)?;
                draft.flag_some();
                holders.append(&mut draft.holders);
                devices.extend(draft.devices.drain(..));
                plan.take(draft);
            }
        }
        plan.settle(accounts, holders, &devices);
        plan.flag_strangers(rng, size);
        Ok(plan)
    }

    /// The entity that holds an account.
    pub(crate) fn entity(&self, accounts: &Accounts, account: u64) -> u64 {
        self.holders
            .get(&account)
            .copied()
            .unwrap_or_else(|| accounts.get(account).entity)
    }

    fn take(&mut self, mut draft: Draft<'_>) {
        draft.payments.sort_by_key(|payment| payment.time);
        let mut touched: BTreeSet<u64> = draft.roles.iter().map(|(account, _)| *account).collect();
        touched.extend(
            draft
                .payments
                .iter()
                .flat_map(|payment| [payment.from, payment.to])
                .flatten(),
        );
        let banks: BTreeSet<u8> = touched
            .iter()
            .filter_map(|account| draft.accounts.get(*account).bank)
            .collect();
        for (payment, sequence) in draft.payments.iter().zip(1..) {
            self.payments.push(Planted {
                payment: *payment,
                pattern: draft.number,
                sequence,
            });
        }
        self.flags.append(&mut draft.flags);
        self.patterns.push(Pattern {
            typology: draft.typology,
            payments: draft.payments.len() as u64,
            accounts: touched.len() as u64,
            banks: banks.len() as u64,
            first: draft.payments.first().map_or(0, |payment| payment.time),
            last: draft.payments.last().map_or(0, |payment| payment.time),
            roles: draft.roles,
        });
    }

    fn settle(
        &mut self,
        accounts: &Accounts,
        holders: Vec<(u64, u64)>,
        devices: &HashMap<(u64, u64), u64>,
    ) {
        // An account named twice keeps its first place in the order and its last entity.
        let last: HashMap<u64, u64> = holders.iter().copied().collect();
        for (account, _) in holders {
            if let (Some(of), false) = (last.get(&account), self.holders.contains_key(&account)) {
                let entity = self.entity(accounts, *of);
                self.holders.insert(account, entity);
            }
        }
        for planted in &mut self.payments {
            if let (Some(from), Some(to)) = (planted.payment.from, planted.payment.to) {
                planted.payment.device = devices.get(&(from, to)).copied();
            }
        }
        self.payments.sort_by_key(|planted| planted.payment.time);
    }

    fn flag_strangers(&mut self, rng: Rng, size: Size) {
        for index in 0..(size.accounts * 8 / 1000).max(1) {
            let draw = |position, n| rng.below(Domain::Flag, index, position, n);
            self.flags
                .insert((draw(0, size.members), at(&REASONS, draw(1, 3)), draw(2, 90)));
        }
    }
}

fn plant(draft: &mut Draft<'_>, instance: u64) -> Result<(), Error> {
    match draft.typology {
        Typology::FanIn => hubs::fan(draft, true),
        Typology::FanOut => hubs::fan(draft, false),
        Typology::Cycle => chains::cycle(draft, instance),
        Typology::ScatterGather => hubs::scatter_gather(draft),
        Typology::GatherScatter => hubs::gather_scatter(draft),
        Typology::Bipartite => layers::stack(draft, 2),
        Typology::Stack => layers::stack(draft, 3),
        Typology::Random => layers::random(draft),
        Typology::Structuring => habits::structuring(draft),
        Typology::PassThrough => chains::pass_through(draft),
        Typology::PeelChain => chains::peel(draft),
        Typology::Dormant => hubs::dormant(draft, instance),
        Typology::SharedDevice => habits::shared_device(draft),
        Typology::Corridor => chains::corridor(draft),
        Typology::RoundAmounts => habits::round_amounts(draft),
        Typology::Velocity => habits::velocity(draft),
        Typology::Benford => habits::benford(draft),
        Typology::FlagOverlap => habits::flag_overlap(draft),
    }
}
