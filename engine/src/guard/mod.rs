//! What admission's instrumented plans call: tracks, and sets of them.

mod entity_set;
mod of_party;
mod set_of_one;
mod tie;
mod together;
mod track;
mod tracks;
mod tracks_groups;

use std::sync::Arc;

use datafusion::functions_aggregate::min_max::min_udaf;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};

pub(crate) use of_party::OF_PARTY;
pub(crate) use track::{TRACK, TrackKey};
pub(crate) use tracks::TRACKS;

/// The functions that instrumented plans call, with this engine's key in them.
///
/// `cap` bounds how many entities of one party a set keeps: support is tested against k, so a set
/// that holds the largest k of them need not grow.
pub(crate) fn tools(key: &TrackKey, cap: usize) -> admit::Tools {
    admit::Tools {
        track: Arc::new(ScalarUDF::from(track::Track::new(key))),
        tracks: Arc::new(AggregateUDF::from(tracks::Tracks::new(cap))),
        least: min_udaf(),
        as_set: Arc::new(ScalarUDF::from(set_of_one::SetOfOne::new())),
        together: Arc::new(ScalarUDF::from(together::Together::new())),
        tie: tie(key),
        of_party: Arc::new(ScalarUDF::from(of_party::OfParty::new())),
    }
}

/// The function that says which of equal rows comes first, under this engine's key.
pub(crate) fn tie(key: &TrackKey) -> Arc<ScalarUDF> {
    Arc::new(ScalarUDF::from(tie::Tie::new(key)))
}
