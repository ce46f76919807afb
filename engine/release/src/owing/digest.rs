//! Digests of traces: what noise is a function of.

use std::collections::BTreeSet;

use arrow::datatypes::i256;
use sha2::{Digest, Sha256};

use crate::memory::{Fresh, clip};

/// The digest of a value and of who adds what to it, cut.
///
/// Tracks that say the same of the same people count once, so that a join that changes nothing changes nothing here.
pub(crate) fn of_value(traces: &[Fresh], value: i256) -> [u8; 32] {
    let each: BTreeSet<[u8; 32]> = traces.iter().map(of_trace).collect();
    let mut whole = Sha256::new();
    for digest in each {
        whole.update(digest);
    }
    whole.update(value.to_be_bytes());
    whole.finalize().into()
}

/// The digest of one trace.
pub(crate) fn of_trace(fresh: &Fresh) -> [u8; 32] {
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
        whole.update(amount.to_be_bytes());
    }
    whole.finalize().into()
}
