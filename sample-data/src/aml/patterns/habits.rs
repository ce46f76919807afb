//! Schemes that show in how accounts are used rather than in who pays whom.

use super::draft::Draft;
use crate::Error;
use crate::aml::payment::Channel;
use crate::aml::words::{DAY, at};

pub(super) fn structuring(draft: &mut Draft<'_>) -> Result<(), Error> {
    let accounts = draft.several(3)?;
    let count = 9 + draft.below(9);
    one_person(draft, &accounts);
    for part in 0..count {
        let time = draft.time(part, count);
        let amount = 800_000 + draft.below(190_000);
        draft.pay(
            time,
            None,
            Some(at(&accounts, part % 3)),
            amount,
            Channel::CashIn,
        );
    }
    draft.role(&accounts, "SMURF");
    Ok(())
}

pub(super) fn shared_device(draft: &mut Draft<'_>) -> Result<(), Error> {
    let count = 6 + draft.below(6);
    let ring = draft.several(count)?;
    let collector = draft.next()?;
    let device = draft.device();
    for (account, part) in ring.iter().zip(0..) {
        let time = draft.time(part, count);
        let amount = draft.illicit();
        draft.pay(
            time,
            Some(*account),
            Some(collector),
            amount,
            Channel::Instant,
        );
        draft.devices.push(((*account, collector), device));
    }
    draft.role(&ring, "RING");
    draft.role(&[collector], "COLLECTOR");
    Ok(())
}

pub(super) fn round_amounts(draft: &mut Draft<'_>) -> Result<(), Error> {
    let shells = draft.several(3)?;
    let count = 12 + draft.below(8);
    for part in 0..count {
        let time = draft.time(part, count);
        let amount = 100_000 * (5 + draft.below(45));
        draft.pay(
            time,
            Some(at(&shells, part % 3)),
            Some(at(&shells, (part + 1) % 3)),
            amount,
            Channel::Wire,
        );
    }
    draft.role(&shells, "SHELL");
    Ok(())
}

pub(super) fn velocity(draft: &mut Draft<'_>) -> Result<(), Error> {
    let outlier = draft.next()?;
    let count = 45 + draft.below(30);
    let payees = draft.several(12)?;
    for part in 0..count {
        let time = draft.time(part, count);
        let payee = at(&payees, draft.below(12));
        let amount = 30_000 + draft.below(120_000);
        draft.pay(time, Some(outlier), Some(payee), amount, Channel::Instant);
    }
    draft.role(&[outlier], "OUTLIER");
    Ok(())
}

pub(super) fn benford(draft: &mut Draft<'_>) -> Result<(), Error> {
    let fabricator = draft.next()?;
    let count = 150 + draft.below(60);
    let payees = draft.several(10)?;
    draft.start = 6 * DAY;
    for part in 0..count {
        let time = draft.time(part, count);
        let payee = at(&payees, draft.below(10));
        let amount = 400_000 + draft.below(550_000);
        draft.pay(time, Some(fabricator), Some(payee), amount, Channel::Ach);
    }
    draft.role(&[fabricator], "FABRICATOR");
    Ok(())
}

pub(super) fn flag_overlap(draft: &mut Draft<'_>) -> Result<(), Error> {
    let accounts = (0..3)
        .map(|bank| draft.at_bank(bank))
        .collect::<Result<Vec<_>, _>>()?;
    one_person(draft, &accounts);
    for account in &accounts {
        let day = 30 + draft.below(40);
        draft.flags.insert((*account, "FRAUD_CONFIRMED", day));
    }
    draft.role(&accounts, "FLAGGED");
    Ok(())
}

/// Gives all accounts to the entity of the first.
fn one_person(draft: &mut Draft<'_>, accounts: &[u64]) {
    let entity = draft.accounts.get(at(accounts, 0)).entity;
    draft
        .holders
        .extend(accounts.iter().map(|account| (*account, entity)));
}
