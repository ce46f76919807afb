//! Questions under differential privacy: spent for before they are computed, computed once, answered from then on.

mod encoded;
mod reserve;
mod run;
mod words;

pub(crate) use reserve::{Asked, Reserved};
pub(crate) use run::release;
pub(crate) use words::{in_words, note};
