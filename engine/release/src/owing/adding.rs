//! How many of a view add more than an amount.
//!
//! Of those whom one entity of another view stands behind together, one counts: else whoever alone pays at ten shops were the
//! ten who add most there, and what is counted of them is hers.

use crate::paired::Partners;

/// What those of a view add, by place.
pub(crate) struct Adding<'p> {
    amounts: Vec<u128>,
    partners: Option<&'p Partners>,
    limit: usize,
}

impl Adding<'_> {
    /// How many add more than that: of so many as decide about a level for k, all; of more perhaps fewer.
    pub(crate) fn more_than(&self, amount: u128) -> usize {
        let all = self.amounts.iter().enumerate();
        let over = all.filter(|(_, own)| **own > amount);
        let over: Vec<usize> = over.map(|(place, _)| place).collect();
        let apart = self
            .partners
            .map(|partners| partners.apart(&over, self.limit));
        apart.unwrap_or(usize::MAX).min(over.len())
    }
}

impl<'p> Adding<'p> {
    /// For a level of which `k` exceed the half.
    pub(crate) fn of(amounts: Vec<u128>, partners: Option<&'p Partners>, k: u32) -> Self {
        let k = usize::try_from(k).unwrap_or(usize::MAX);
        Self {
            amounts,
            partners,
            limit: k.saturating_add(1).saturating_mul(2),
        }
    }
}
