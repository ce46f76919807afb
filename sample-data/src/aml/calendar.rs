//! When payments happen: by weekday, hour, and more on the 1st and 25th of a month.

use super::words::{DAYS, HOURS, WEEKDAYS, at};

const FIRST_WEEKDAY: u64 = 2;
const FEBRUARY: u64 = 31;
const MARCH: u64 = FEBRUARY + 28;

/// For every hour the number of the first payment in it; one entry more than hours.
#[derive(Debug)]
pub(super) struct Calendar {
    starts: Vec<u64>,
}

/// Where a payment falls: its hour, its rank in it, how many share it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) hour: u64,
    pub(super) rank: u64,
    pub(super) count: u64,
}

impl Calendar {
    pub(super) fn new(payments: u64) -> Self {
        let weights = (0..DAYS).flat_map(|day| HOURS.iter().map(move |hour| weight(day) * hour));
        let total: u64 = weights.clone().sum();
        let mut sum = 0;
        let mut starts = vec![0];
        for weight in weights {
            sum += weight;
            starts.push(split(payments, sum, total));
        }
        Self { starts }
    }

    pub(super) fn slot(&self, payment: u64) -> Slot {
        let hour = self
            .starts
            .partition_point(|start| *start <= payment)
            .saturating_sub(1);
        let start = self.starts.get(hour).copied().unwrap_or_default();
        let end = self.starts.get(hour + 1).copied().unwrap_or(start + 1);
        Slot {
            hour: hour as u64,
            rank: payment - start,
            count: end - start,
        }
    }
}

fn weight(day: u64) -> u64 {
    let date = 1 + if day < FEBRUARY {
        day
    } else if day < MARCH {
        day - FEBRUARY
    } else {
        day - MARCH
    };
    let busy = if date == 1 || date == 25 { 135 } else { 100 };
    at(&WEEKDAYS, (day + FIRST_WEEKDAY) % 7) * busy
}

fn split(payments: u64, sum: u64, total: u64) -> u64 {
    u64::try_from(u128::from(payments) * u128::from(sum) / u128::from(total)).unwrap_or(payments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_payment_has_a_slot_and_slots_do_not_go_back() {
        let calendar = Calendar::new(5_000);
        let mut last = (0, 0);
        for payment in 0..5_000 {
            let slot = calendar.slot(payment);
            assert!(slot.rank < slot.count, "payment {payment}: {slot:?}");
            assert!((slot.hour, slot.rank) >= last, "payment {payment}");
            last = (slot.hour, slot.rank);
        }
        assert!(last.0 < DAYS * 24);
    }

    #[test]
    fn paydays_are_busier() {
        assert!(weight(31) > weight(32) && weight(24) > weight(25));
    }
}
