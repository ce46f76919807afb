//! The agreement that all parties sign: members and keys, tables with their policies' digests,
//! views, floors, purposes, recipients, measurements and expiry.
//!
//! What is signed is the digest of *canonical* bytes, written by one function from the parsed
//! content; so comments and spacing of a file decide nothing, and nothing outside the language can be
//! in what was signed. Verifying Ed25519 is the caller's: this crate holds no cryptography but SHA-256.

mod answerable;
mod approvals;
mod canonical;
mod chain;
mod compile;
mod diff;
mod floors;
mod key;
mod members;
mod mutual;
mod parse;
mod show;
mod signature;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

pub use answerable::Stated;
pub use canonical::SIGNING_CONTEXT;
pub(crate) use canonical::quoted;
pub use compile::Compiled;
pub use floors::Floors;
pub use key::{DigestHex, PublicKey};
pub use members::Member;
pub use signature::{Signature, Signatures, Verify};
pub use view::{View, ViewName};

use crate::ident::{PartyId, Principal, Purpose, TableRef};

/// What the parties agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Its name.
    pub name: String,
    /// Its version, from 1.
    pub version: u32,
    /// Digest of the version before; `None` for the first.
    pub previous: Option<[u8; 32]>,
    /// Whether simulated evidence is accepted: a laboratory, nothing real.
    pub lab: bool,
    /// Last day on which it holds, UTC.
    pub expires: Option<NaiveDate>,
    /// What may be asked for.
    pub purposes: BTreeSet<Purpose>,
    /// Parties that may receive answers; empty: every member.
    pub recipients: BTreeSet<PartyId>,
    /// Measurements of engines that are accepted, as `platform:hex`.
    pub measurements: BTreeSet<String>,
    /// What no policy goes below.
    pub floors: Floors,
    /// Members by name.
    pub parties: BTreeMap<PartyId, Member>,
    /// Tables with the digest of the policy each is under.
    pub tables: BTreeMap<TableRef, [u8; 32]>,
    /// By table, the texts of the questions that its policy approves, by name.
    pub approved: BTreeMap<TableRef, BTreeMap<String, String>>,
    /// Views by name.
    pub views: BTreeMap<ViewName, View>,
}

impl Contract {
    /// The first version of a contract, without members.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: 1,
            previous: None,
            lab: false,
            expires: None,
            purposes: BTreeSet::new(),
            recipients: BTreeSet::new(),
            measurements: BTreeSet::new(),
            floors: Floors::default(),
            parties: BTreeMap::new(),
            tables: BTreeMap::new(),
            approved: BTreeMap::new(),
            views: BTreeMap::new(),
        }
    }

    /// Whether somebody is an analyst of a member.
    #[must_use]
    pub fn knows(&self, principal: &Principal) -> bool {
        self.parties
            .get(&principal.party)
            .is_some_and(|member| member.analysts.contains(&principal.name))
    }

    /// Whether a party may receive answers.
    #[must_use]
    pub fn may_receive(&self, party: &PartyId) -> bool {
        self.parties.contains_key(party)
            && (self.recipients.is_empty() || self.recipients.contains(party))
    }

    /// Pins the texts of the questions that a table's policy approves.
    pub fn approve(&mut self, table: &TableRef, texts: BTreeMap<String, String>) {
        if texts.is_empty() {
            self.approved.remove(table);
        } else {
            self.approved.insert(table.clone(), texts);
        }
    }

    /// Whether it still holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.expires.is_none_or(|last| day <= last)
    }

    /// Parties that own a table, and so must sign.
    #[must_use]
    pub fn owners(&self) -> BTreeSet<&PartyId> {
        self.tables.keys().map(|table| &table.party).collect()
    }
}
