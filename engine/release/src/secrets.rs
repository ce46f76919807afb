//! The parties' secrets from which noise and jitter are drawn.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use hmac::Mac;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::noise::{Stream, keyed};
use crate::{ReleaseError, Result};

/// One secret a party. What is drawn for values of several parties depends on the secrets of all of them.
#[derive(Default)]
pub struct Secrets(BTreeMap<String, Zeroizing<[u8; 32]>>);

impl Secrets {
    /// Adds a party's secret.
    pub fn insert(&mut self, party: &str, secret: Zeroizing<[u8; 32]>) {
        self.0.insert(party.to_owned(), secret);
    }

    /// The stream that belongs to a message of these parties.
    pub(crate) fn stream<'p>(
        &self,
        parties: impl Iterator<Item = &'p str>,
        label: &str,
        message: &[u8; 32],
    ) -> Result<Stream> {
        let mut whole = Sha256::new();
        for party in parties.collect::<BTreeSet<_>>() {
            let secret = self.0.get(party).ok_or(ReleaseError::Secret)?;
            let mut mac = keyed(secret);
            mac.update(label.as_bytes());
            mac.update(&[0]);
            mac.update(message);
            whole.update(mac.finalize().into_bytes());
        }
        Ok(Stream::new(&whole.finalize().into(), label))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(..)")
    }
}
