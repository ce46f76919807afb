//! Digests of traces: what noise is a function of.

use std::collections::BTreeSet;

use arrow::datatypes::i256;
use sha2::{Digest, Sha256};

use crate::memory::{Fresh, clip};
use crate::noise::gcd;

/// The digest of a value and of who adds what to it, cut, all in units of `unit`.
///
/// Tracks that say the same of the same people count once, so that a join that changes nothing changes nothing here.
pub(crate) fn of_value(traces: &[Fresh], value: i256, unit: i128) -> [u8; 32] {
    let each: BTreeSet<[u8; 32]> = traces.iter().map(|fresh| of_trace(fresh, unit)).collect();
    let mut whole = Sha256::new();
    for digest in each {
        whole.update(digest);
    }
    let unit = i256::from_i128(unit);
    whole.update(value.checked_div(unit).unwrap_or(value).to_be_bytes());
    whole.update(value.checked_rem(unit).unwrap_or(value).to_be_bytes());
    whole.finalize().into()
}

/// The digest of one trace in units of `unit`.
pub(crate) fn of_trace(fresh: &Fresh, unit: i128) -> [u8; 32] {
    let mut whole = Sha256::new();
    let mut text = |text: &str| {
        whole.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        whole.update(text.as_bytes());
    };
    fresh.whose.parties.iter().for_each(|party| text(party));
    text("");
    text(&fresh.whose.space);
    for (entity, amount) in &fresh.entries {
        let amount = clip(*amount, fresh.cut);
        whole.update(entity.to_be_bytes());
        whole.update(amount.checked_div(unit).unwrap_or(amount).to_be_bytes());
    }
    whole.finalize().into()
}

/// The largest number of which everything that anybody adds is a multiple: a value counted in it is the same value
/// however it was multiplied.
pub(crate) fn unit(traces: &[Fresh]) -> i128 {
    if traces.iter().any(|fresh| !fresh.additive) {
        return 1;
    }
    let amounts = traces.iter().flat_map(|fresh| &fresh.entries);
    let common = amounts.fold(0, |common, (_, amount)| {
        if common == 1 {
            1
        } else {
            gcd(common, amount.unsigned_abs())
        }
    });
    i128::try_from(common).unwrap_or(1).max(1)
}
