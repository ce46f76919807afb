//! All payments in order of time: everyday ones computed in parallel, planted ones merged in.

use rayon::prelude::*;

use super::Options;
use super::accounts::Accounts;
use super::background::Background;
use super::patterns::{Plan, Planted};
use super::payment::Payment;
use super::size::Size;
use crate::Error;
use crate::random::Rng;

/// How many everyday payments are in memory at a time.
const CHUNK: u64 = 65_536;

/// The world before it is written.
#[derive(Debug)]
pub(crate) struct Stream {
    rng: Rng,
    size: Size,
    accounts: Accounts,
    plan: Plan,
    chunk: u64,
}

impl Stream {
    pub(crate) fn new(options: &Options) -> Result<Self, Error> {
        let (rng, size) = (Rng::new(options.seed), Size::new(options)?);
        let accounts = Accounts::new(rng, size);
        let plan = Plan::new(rng, size, &accounts)?;
        Ok(Self {
            rng,
            size,
            accounts,
            plan,
            chunk: CHUNK,
        })
    }

    /// The same in chunks of another size, which must not matter.
    #[cfg(test)]
    pub(super) fn chunked(self, chunk: u64) -> Self {
        Self { chunk, ..self }
    }

    pub(crate) fn size(&self) -> Size {
        self.size
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// How many payments there are.
    pub(crate) fn payments(&self) -> u64 {
        self.size.payments + self.plan.payments.len() as u64
    }

    /// Gives all payments, numbered from 1, a chunk at a time. A planted payment follows everyday ones of the same second.
    pub(crate) fn each(
        &self,
        mut take: impl FnMut(&[Payment]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let background = Background::new(self.rng, self.size, &self.accounts);
        let mut planted = self.plan.payments.iter().peekable();
        let mut number = 0;
        let mut start = 0;
        while start < self.size.payments {
            let end = (start + self.chunk).min(self.size.payments);
            let everyday: Vec<Payment> = (start..end)
                .into_par_iter()
                .map(|index| background.payment(index))
                .collect();
            let mut merged = Vec::with_capacity(everyday.len());
            for payment in everyday {
                while let Some(next) = planted.next_if(|next| next.payment.time < payment.time) {
                    merged.push(next.payment);
                }
                merged.push(payment);
            }
            if end == self.size.payments {
                merged.extend(planted.by_ref().map(|planted: &Planted| planted.payment));
            }
            for payment in &mut merged {
                number += 1;
                payment.number = number;
            }
            take(&merged)?;
            start = end;
        }
        Ok(())
    }

    /// The numbers of the planted payments, in order of time.
    pub(crate) fn planted_numbers(&self) -> Vec<(u64, &Planted)> {
        // Everyday payments up to a planted one's second come before it: the merge, without building the payments twice.
        let background = Background::new(self.rng, self.size, &self.accounts);
        let before = |time: u64| {
            let (mut low, mut high) = (0, self.size.payments);
            while low < high {
                let middle = low.midpoint(high);
                if background.payment(middle).time <= time {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            low
        };
        self.plan
            .payments
            .iter()
            .zip(1..)
            .map(|(planted, rank)| (before(planted.payment.time) + rank, planted))
            .collect()
    }
}
