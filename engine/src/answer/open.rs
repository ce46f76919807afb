//! Opening an answer: only with the recipient's key, only if the engine's receipt names its bytes.

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use seal::{Receipt, RecipientKey, SealedAnswer, SignedReceipt, digest_hex};

use super::{decode, info};
use crate::refusal::Refusal;

/// An answer in clear, with what its receipt says.
#[derive(Debug, Clone)]
pub struct OpenedAnswer {
    /// Its columns.
    pub schema: SchemaRef,
    /// Its rows.
    pub batches: Vec<RecordBatch>,
    /// Its receipt.
    pub receipt: Receipt,
}

/// Opens an answer of the engine with this public key.
///
/// # Errors
/// When any byte of it is not what the engine sealed and signed, or it is for somebody else.
pub fn open_answer(
    bytes: &[u8],
    engine: &[u8; 32],
    recipient: &RecipientKey,
) -> Result<OpenedAnswer, Refusal> {
    let wrong = |what: &str| Refusal::Tampered(format!("the answer: {what}"));
    let answer = SealedAnswer::from_bytes(bytes).map_err(|e| wrong(&e.to_string()))?;
    let receipt =
        SignedReceipt::verify(&answer.receipt, engine).map_err(|e| wrong(&e.to_string()))?;
    let sealed = seal::length_prefixed([answer.encapsulated.as_slice(), &answer.ciphertext]);
    if digest_hex(&sealed) != receipt.sealed {
        return Err(wrong("its receipt is about other bytes"));
    }
    let info = info(&receipt.query, &receipt.nonce, receipt.ledger_index);
    let padded = recipient
        .open(&answer.encapsulated, &info, b"", &answer.ciphertext)
        .map_err(|_| wrong("it is not sealed to this key"))?;
    if digest_hex(&padded) != receipt.answer {
        return Err(wrong("its receipt is about another answer"));
    }
    let ipc = seal::unpad(&padded).map_err(|e| wrong(&e.to_string()))?;
    let (schema, batches) = decode(ipc).map_err(|_| wrong("it is malformed"))?;
    Ok(OpenedAnswer {
        schema,
        batches,
        receipt,
    })
}
