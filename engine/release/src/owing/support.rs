//! Support with jitter: nobody can stand exactly on the threshold, because nobody knows where it is.

use arrow::datatypes::i256;

use super::digest;
use crate::memory::Fresh;
use crate::noise::{Ratio, discrete_gaussian};
use crate::secrets::Secrets;
use crate::{ReleaseError, Result};

/// Whether enough entities stand behind something.
///
/// Without jitter that is k. With jitter, n + z must reach k + 3k/5, where z is noise of deviation k/5 that belongs to
/// these very entities: asking again, in other words or with other rows of theirs, gives the same z. Never below k; and
/// z is never more than 3k/5, so from 2k + k/5 on nothing is withheld.
pub(crate) fn enough(set: &Fresh, jitter: bool, secrets: &Secrets) -> Result<bool> {
    let (n, k) = (
        i128::try_from(set.entries.len()).unwrap_or(i128::MAX),
        i128::from(set.k.max(1)),
    );
    if n < k || !jitter {
        return Ok(n >= k);
    }
    // in fifths of an entity, so that k/5 is a whole number of them
    let (centre, most) = (8 * k, 3 * k);
    if 5 * n >= centre + most {
        return Ok(true);
    }
    let message = digest::of_value(std::slice::from_ref(set), i256::ZERO, 1);
    let mut stream = secrets.stream(
        set.whose.parties.iter().map(String::as_str),
        "subrosa jitter v1",
        &message,
    )?;
    let k = u128::from(set.k.max(1));
    let variance = Ratio::new(k * k, 1).ok_or(ReleaseError::Overflow)?;
    let z = discrete_gaussian(&mut stream, variance).clamp(-most, most);
    Ok(5 * n + z >= centre)
}

/// What is added to k where nearness to a value is judged: at most k/2, and nobody knows it.
pub(crate) fn slack(trace: &Fresh, jitter: bool, secrets: &Secrets) -> Result<u32> {
    if !jitter {
        return Ok(0);
    }
    let message = digest::of_trace(trace, 1);
    let mut stream = secrets.stream(
        trace.whose.parties.iter().map(String::as_str),
        "subrosa reach v1",
        &message,
    )?;
    let drawn = stream.below(u128::from(trace.k / 2) + 1);
    Ok(u32::try_from(drawn).unwrap_or(0))
}
