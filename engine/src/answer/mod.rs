//! Answers: encoded, padded, sealed to their recipient, and opened again.

mod encode;
mod note;
mod open;
mod sealing;

pub(crate) use encode::{decode, encode};
pub(crate) use note::note;
pub use open::{OpenedAnswer, open_answer};
pub(crate) use sealing::commit;

/// What an answer's seal is bound to: the statement, the request and the ledger's entry.
pub(crate) fn info(query: &str, nonce: &str, ledger_index: u64) -> Vec<u8> {
    let index = ledger_index.to_be_bytes();
    seal::length_prefixed([query.as_bytes(), nonce.as_bytes(), index.as_slice()])
}
