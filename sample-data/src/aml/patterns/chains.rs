//! Schemes in which money moves on: loops, chains, corridors.

use super::draft::Draft;
use crate::Error;
use crate::aml::payment::Channel;
use crate::aml::words::at;

const HOPS: [u64; 8] = [3, 2, 4, 3, 5, 4, 6, 2];
const MOST_CASH: u64 = 990_000;

pub(super) fn cycle(draft: &mut Draft<'_>, instance: u64) -> Result<(), Error> {
    let count = at(&HOPS, instance % 8);
    let members = draft.several(count)?;
    let mut amount = draft.illicit();
    for part in 0..count {
        let time = draft.time(part, count);
        draft.transfer(
            time,
            at(&members, part),
            at(&members, (part + 1) % count),
            amount,
        );
        amount = amount * (920 + draft.below(75)) / 1000;
    }
    draft.role(&members, "MEMBER");
    Ok(())
}

pub(super) fn pass_through(draft: &mut Draft<'_>) -> Result<(), Error> {
    let count = 4 + draft.below(3);
    let mules = draft.several(count)?;
    let mut amount = 1_500_000 + draft.below(4_000_000);
    let mut time = draft.start;
    for (from, to) in mules.iter().zip(mules.iter().skip(1)) {
        draft.pay(time, Some(*from), Some(*to), amount, Channel::Instant);
        amount = amount * (955 + draft.below(35)) / 1000;
        time += 1200 + draft.below(6 * 3600);
    }
    draft.role(&mules, "MULE");
    Ok(())
}

pub(super) fn peel(draft: &mut Draft<'_>) -> Result<(), Error> {
    let count = 7 + draft.below(5);
    let hops = draft.several(count)?;
    let mut amount = 6_000_000 + draft.below(9_000_000);
    let mut time = draft.start;
    for ((from, to), hop) in hops.iter().zip(hops.iter().skip(1)).zip(2..) {
        draft.transfer(time, *from, *to, amount);
        time += 3600 + draft.below(10 * 3600);
        let peeled = amount * (20 + draft.below(80)) / 1000;
        if hop < count {
            draft.pay(
                time - 1800,
                Some(*to),
                None,
                peeled.min(MOST_CASH),
                Channel::CashOut,
            );
        }
        amount -= peeled;
    }
    draft.role(&hops, "HOP");
    Ok(())
}

pub(super) fn corridor(draft: &mut Draft<'_>) -> Result<(), Error> {
    let count = 4 + draft.below(5);
    let accounts = draft.accounts;
    let abroad: Vec<u64> = (draft.size.accounts..draft.size.all())
        .filter(|account| accounts.get(*account).is_high_risk())
        .collect();
    let gateway = draft.next()?;
    let source = at(&abroad, draft.below(abroad.len() as u64));
    for part in 0..count {
        let amount = draft.illicit() * 3;
        let time = draft.time(part, count);
        draft.pay(time, Some(source), Some(gateway), amount, Channel::Wire);
        let later = time + 3600 * (1 + draft.below(20));
        let to = draft.next()?;
        let kept = amount * (90 + draft.below(8)) / 100;
        draft.transfer(later, gateway, to, kept);
    }
    draft.role(&[gateway], "GATEWAY");
    Ok(())
}
