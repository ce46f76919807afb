//! Detached signatures of a contract, and for which tables they put it in force.
//!
//! A contract is in force for a table when the table's *owner* has signed its digest; a view, when all
//! owners in it have. Nobody's signature stands in for another's.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::key::{bytes, digest};
use super::{Contract, DigestHex, PublicKey, View};
use crate::document::PolicySource;
use crate::ident::{PartyId, TableRef};
use crate::parse::reader::{Reader, Value, parse_toml};
use crate::problem::{Problem, sorted};

/// Verifies an Ed25519 signature: key, message, signature.
pub type Verify<'v> = &'v dyn Fn(&PublicKey, &[u8], &[u8; 64]) -> bool;

/// One party's signature of one digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signature {
    /// Who signed.
    pub party: PartyId,
    /// What was signed.
    pub digest: [u8; 32],
    /// Ed25519 over [`Contract::signing_message`].
    pub signature: [u8; 64],
}

/// The signatures beside a contract.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signatures(pub BTreeSet<Signature>);

impl Signatures {
    /// Parses the file of signatures.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let source = PolicySource::new(file, text);
        let parsed = parse_toml(&source)?;
        let root = parsed.get_ref();
        let mut reader = Reader::new(&source);
        reader.only_keys(root, "a file of signatures", &["signature"]);
        let list = root
            .get("signature")
            .and_then(|v| reader.list(v, "signature", one));
        if reader.problems.is_empty() {
            Ok(Self(list.unwrap_or_default().into_iter().collect()))
        } else {
            Err(sorted(reader.problems))
        }
    }

    /// The file of signatures.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        for Signature {
            party,
            digest,
            signature,
        } in &self.0
        {
            // writing to a String cannot fail
            let _ = writeln!(
                out,
                "[[signature]]\nparty = \"{party}\"\ndigest = \"{}\"\nsignature = \"{}\"",
                DigestHex(digest),
                hex::encode(signature)
            );
        }
        out
    }

    /// The members whose signature of this contract is good.
    ///
    /// # Errors
    /// The first signature of this digest that is not good, or not a member's: somebody tampered.
    pub fn signers(
        &self,
        contract: &Contract,
        verify: Verify<'_>,
    ) -> Result<BTreeSet<PartyId>, String> {
        let digest = contract.digest();
        let message = Contract::signing_message(&digest);
        let mut signers = BTreeSet::new();
        for signature in self.0.iter().filter(|s| s.digest == digest) {
            let party = &signature.party;
            let member = contract.parties.get(party);
            let Some(member) = member else {
                return Err(format!(
                    "{party} has signed but is not a member of the contract"
                ));
            };
            if !verify(&member.identity, &message, &signature.signature) {
                return Err(format!("the signature of {party} does not verify"));
            }
            signers.insert(party.clone());
        }
        Ok(signers)
    }
}

impl Contract {
    /// Whether it is in force for a table: its owner has signed.
    #[must_use]
    pub fn in_force_for(&self, table: &TableRef, signers: &BTreeSet<PartyId>) -> bool {
        self.tables.contains_key(table) && signers.contains(&table.party)
    }

    /// Whether a view is in force: every owner of a table in it has signed.
    #[must_use]
    pub fn view_in_force(&self, view: &View, signers: &BTreeSet<PartyId>) -> bool {
        view.owners.is_subset(signers)
    }
}

fn one(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Signature> {
    let table = reader.table(value, "signature")?;
    reader.only_keys(table, "[[signature]]", &["party", "digest", "signature"]);
    let party = table
        .get("party")
        .and_then(|v| reader.name(v, "party", PartyId::new));
    let signed = table
        .get("digest")
        .and_then(|v| v.get_ref().as_str())
        .and_then(digest);
    let signature = table
        .get("signature")
        .and_then(|v| v.get_ref().as_str())
        .and_then(bytes);
    if let (Some(party), Some(digest), Some(signature)) = (party, signed, signature) {
        Some(Signature {
            party: party.value,
            digest,
            signature,
        })
    } else {
        let help = "it has a party, a digest of 64 and a signature of 128 hexadecimal digits";
        reader.error_help(&value.span(), "not a signature", help);
        None
    }
}
