//! Nonces: single use, sixty seconds.

use std::collections::BTreeMap;

use crate::appraise::AttestError;

const SECONDS: u64 = 60;

/// The nonces a broker has given out.
#[derive(Debug, Default)]
pub struct NonceBook {
    given: BTreeMap<String, u64>,
}

impl NonceBook {
    /// Notes a nonce as given out at a time, in seconds.
    pub fn give(&mut self, nonce: &str, now: u64) {
        self.given
            .retain(|_, at| now.saturating_sub(*at) <= SECONDS);
        self.given.insert(nonce.to_owned(), now);
    }

    /// Uses a nonce up.
    ///
    /// # Errors
    /// When it was not given out, is used already or older than a minute.
    pub fn take(&mut self, nonce: &str, now: u64) -> Result<(), AttestError> {
        match self.given.remove(nonce) {
            Some(at) if now.saturating_sub(at) <= SECONDS => Ok(()),
            Some(_) | None => Err(AttestError::Nonce),
        }
    }
}
