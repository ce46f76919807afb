//! The release operator: the only way by which a value computed from protected rows may leave.
//!
//! Below it the query engine computes rows of several parties with *tracks* that say whose they are. Here they are
//! grouped once more, and a value comes out only where enough entities of every party stand behind it:
//!
//! 1. Rows are put into *cells* by group key, and within a cell into *parts* by the parties behind them. A row that
//!    nobody stands behind, or a party without a rule, is dropped.
//! 2. A part has support if for every party (or pool) and every track at least k entities stand behind its rows.
//! 3. A statistic has support in a part if at least k entities add something to it. For counts these are entities
//!    with a row that is counted. For sums they are entities whose *net* contribution is not zero, so that rows which
//!    cancel out make no crowd. Averages, variances and deviations are made of a sum and a count, and whoever adds to
//!    the sum is counted, so they need the sum's support.
//!    Of those whom one entity of another track stands behind together, as many count as are its due (`paired`).
//! 4. Every arm of a condition needs support too, and where a party asks for it nobody may dominate.
//! 5. A part that may be told is withheld with one of the same owners and more that may not, or the difference to what one
//!    of them knows would tell how few are in the other.
//! 6. A statistic of a cell is the exact value over the parts in which it is allowed, else NULL; a cell with nothing
//!    but NULL is no row.
//!
//! Where policies ask for jitter, history or noise, [`Duties`] say so; then the release also keeps what every entity
//! adds, and is finished with the memory of earlier releases and the parties' secrets.
//!
//! Everything is exact integer arithmetic whose result does not depend on the order of rows, batches or partitions.
//! Data decides nothing but the released values: what does not fit its type is NULL, never an error.

mod beside;
mod cell;
mod check;
mod dominance;
mod dp;
mod duties;
mod error;
mod finish;
mod hash;
mod measure;
mod memory;
mod need;
mod noise;
mod output;
mod owing;
mod paired;
mod part;
mod plan;
mod release;
mod released;
mod secrets;
mod spec;
mod support;
mod tally;
mod track;
mod value;
mod vector;
mod witness;

pub use dp::{DpGroups, DpTerms, MICRO, PrivateRelease, epsilon, threshold};
pub use duties::{Duties, OwnerCut};
pub use error::{ReleaseError, Result};
pub use memory::{Entry, History};
pub use noise::{Ratio, Stream, discrete_gaussian, discrete_laplace, discrete_laplace_of};
pub use owing::{Finished, Memory};
pub use release::Release;
pub use released::Released;
pub use secrets::Secrets;
pub use spec::{
    Adds, Branch, BranchSource, KeyColumn, MAX_PARTIES, PartyRule, ReleaseSpec, Slot, Statistic,
    StatisticKind, TrackForm,
};
