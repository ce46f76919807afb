//! One piece of the state: what one question added, padded so that its size does not tell how much.

use release::Entry;
use seal::SealError;

use super::budget::Charge;
use super::private::{Spent, Told};

/// A piece in clear.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Outcomes to be remembered, as [`Entry`] writes them.
    Outcomes(Vec<Vec<u8>>),
    /// What a question was charged, by table and period.
    Charges(Vec<Charge>),
    /// What a question spends of privacy, before it is computed.
    Spent(Vec<Spent>),
    /// What a question that spent privacy was told.
    Told(Told),
}

impl Piece {
    /// The bytes, padded.
    pub(super) fn to_bytes(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        match self {
            Self::Outcomes(outcomes) => {
                bytes.push(0);
                bytes.extend(seal::length_prefixed(outcomes.iter().map(Vec::as_slice)));
            }
            Self::Charges(charges) => {
                bytes.push(1);
                bytes.extend(serde_json::to_vec(charges).ok()?);
            }
            Self::Spent(spent) => {
                bytes.push(2);
                bytes.extend(serde_json::to_vec(spent).ok()?);
            }
            Self::Told(told) => {
                bytes.push(3);
                bytes.extend(serde_json::to_vec(told).ok()?);
            }
        }
        Some(seal::pad(&bytes))
    }

    /// From bytes; `None` if they are no piece.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (form, mut rest) = seal::unpad(bytes).ok()?.split_first()?;
        match form {
            0 => {
                let mut outcomes = Vec::new();
                while let Some((length, after)) = rest.split_first_chunk::<8>() {
                    let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
                    let (outcome, after) = after.split_at_checked(length)?;
                    outcomes.push(outcome.to_vec());
                    rest = after;
                }
                rest.is_empty().then_some(Self::Outcomes(outcomes))
            }
            1 => serde_json::from_slice(rest).ok().map(Self::Charges),
            2 => serde_json::from_slice(rest).ok().map(Self::Spent),
            3 => serde_json::from_slice(rest).ok().map(Self::Told),
            _ => None,
        }
    }

    /// The outcomes as a piece.
    pub(super) fn of(
        entries: &[Entry],
        seal: &mut impl FnMut(&[String], &[u8]) -> Result<Vec<u8>, SealError>,
    ) -> Result<Self, SealError> {
        let outcomes = entries.iter().map(|entry| entry.to_bytes(seal));
        outcomes.collect::<Result<_, _>>().map(Self::Outcomes)
    }
}
