//! Who asks what for, and what is in force: everything a verdict may depend on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion_expr::{AggregateUDF, ScalarUDF};
use policy::ident::{PartyId, Principal, Purpose, TableName, TableRef};
use policy::table::TablePolicy;

/// The policies and the membership in force.
#[derive(Debug, Clone)]
pub struct Policies {
    /// Every table of the contract.
    pub tables: BTreeMap<TableRef, TablePolicy>,
    /// The contract's parties, in the order that numbers them in tracks.
    pub parties: Vec<PartyId>,
    /// Principals the contract names.
    pub principals: BTreeSet<Principal>,
    /// Purposes the contract names; none: any.
    pub purposes: BTreeSet<Purpose>,
}

impl Policies {
    /// The number of a party in tracks.
    #[must_use]
    pub fn number(&self, party: &PartyId) -> Option<u8> {
        self.parties
            .iter()
            .position(|p| p == party)
            .and_then(|n| u8::try_from(n).ok())
    }

    /// Whether the two name each other as pooling, in every table of theirs that is protected.
    #[must_use]
    pub fn pool_together(&self, a: &PartyId, b: &PartyId) -> bool {
        let names = |owner: &PartyId, other: &PartyId| {
            let mut tables = self
                .tables
                .values()
                .filter(|t| t.table.party == *owner && !t.is_public());
            let mut any = false;
            let all = tables.all(|t| {
                any = true;
                t.disclosure.pool.value.contains(other)
            });
            any && all
        };
        a == b || (names(a, b) && names(b, a))
    }
}

/// One question's circumstances.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who asks.
    pub principal: Principal,
    /// What for.
    pub purpose: Option<Purpose>,
    /// Who will be able to open the answer.
    pub recipient: PartyId,
    /// Every owner has approved this very text: rules about expressions and shapes do not bind it.
    pub approved: bool,
    /// The text is a list about the recipient's own entities, on these terms.
    pub list: Option<OwnList>,
    /// The day it is asked, UTC.
    pub today: NaiveDate,
}

/// The terms of a list about the recipient's own entities: the strictest of all owners.
#[derive(Debug, Clone)]
pub struct OwnList {
    /// The name of the approved text.
    pub name: String,
    /// The recipient's table whose own column it lists.
    pub table: TableName,
    /// Least number of entities of the other parties behind a row, counted together.
    pub others: u32,
    /// Most rows of the text; where there are more, none is told.
    pub rows: u32,
    /// By column of the recipient, the column of another owner that mirrors it.
    pub confirm: BTreeMap<String, String>,
    /// It was called by its name, and stands below the first alias of the plan; otherwise it is the plan.
    pub called: bool,
}

/// Functions that instrumented plans call; the engine provides them.
#[derive(Debug, Clone)]
pub struct Tools {
    /// `(party number, space, value) → track`, NULL for NULL.
    pub track: Arc<ScalarUDF>,
    /// Set union of tracks or of sets of tracks; NULL when empty.
    pub tracks: Arc<AggregateUDF>,
    /// The least value of a group; of equal tracks, the one.
    pub least: Arc<AggregateUDF>,
    /// A track as a set of one; NULL for NULL.
    pub as_set: Arc<ScalarUDF>,
    /// Tracks and sets of them, all of a row's as one set; NULL when empty.
    pub together: Arc<ScalarUDF>,
    /// A keyed hash of its arguments: never NULL, and in an order that nobody can compute.
    pub tie: Arc<ScalarUDF>,
    /// `(party number, track or set of tracks) → whether one of them is the party's`, false for NULL.
    pub of_party: Arc<ScalarUDF>,
}
