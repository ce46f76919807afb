//! The memory: what was released and withheld before, so that little changes do not show.
//!
//! A part is compared with all earlier parts, whoever asked for them and in whatever words. Where fewer than r of a
//! party's entities differ, the *earlier outcome* stands, be it a value or a withholding. So asking for a group with
//! and without somebody gives the same answer twice, whatever is true of them; refusing would tell.

mod encode;
mod history;
mod print;
mod put;
mod search;
mod trace;
mod within;

pub use encode::Entry;
pub use history::History;
pub(crate) use history::Record;
pub(crate) use print::{clip, combined};
pub(crate) use trace::{Factor, Fresh, Trace, UNCUT, Whose, times};

#[cfg(test)]
mod tests;
