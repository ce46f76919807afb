//! One table's policy as its owner wrote it: every value with its place in the file.
//!
//! [`PolicyDocument`] is what the text says, patterns unexpanded; [`TablePolicy`](crate::table::TablePolicy)
//! is the same resolved against the columns that the table really has.

mod column;
mod derive;
mod disclosure;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use chrono::NaiveDate;

pub use column::ColumnRule;
pub use derive::{Derivation, DerivedColumn, Lookup};
pub use disclosure::{Budget, DEFAULT_K, Disclosure, Dp, MinContributors, Mode};
pub use source::PolicySource;

use crate::capability::{Grain, Literal};
use crate::ident::{KeyDomain, PartyId, Purpose, TableName, UnitSpace};
use crate::number::Decimal;
use crate::obligation::Obligations;

/// A value and the bytes of the file it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Byte range in [`PolicySource::text`].
    pub span: Range<usize>,
}

/// Whether the owner's own questions are held to its policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OwnerAccess {
    /// The owner asking of its own tables alone, as only recipient, is not restricted.
    #[default]
    Full,
    /// The owner is held to its own policy.
    Policy,
}

/// `[access]`: who may ask, receive, why and until when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Access {
    /// Parties whose principals may ask; `None`: every party of the contract.
    pub ask: Option<Placed<Vec<PartyId>>>,
    /// Parties that may receive answers; `None`: as `ask`.
    pub receive: Option<Placed<Vec<PartyId>>>,
    /// Purposes; `None`: any of the contract's.
    pub purposes: Option<Placed<Vec<Purpose>>>,
    /// Last day on which it may be asked, UTC.
    pub until: Option<Placed<NaiveDate>>,
    /// Whether the owner is restricted itself.
    pub owner: OwnerAccess,
    /// Where that is written, if it is.
    pub owner_at: Option<Range<usize>>,
}

/// `[[rows.only]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsOnly {
    /// The asker or recipient; `None` is `*`, everybody not named.
    pub party: Option<PartyId>,
    /// Where the party stands.
    pub span: Range<usize>,
    /// The predicate.
    pub predicate: Placed<String>,
}

/// `[rows]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    /// Rows that exist; others are never sealed.
    pub predicate: Option<Placed<String>>,
    /// Further restrictions by party.
    pub only: Vec<RowsOnly>,
}

/// `[joins.DOMAIN]`: consent to link on a key domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinConsent {
    /// With whom.
    pub with: Vec<PartyId>,
    /// Whose side may hold the key more than once.
    pub many: Vec<PartyId>,
    /// Under whose names rows of many of one's own people may stand.
    pub crowds: Vec<PartyId>,
    /// Anti joins and unmatched rows.
    pub negation: bool,
    /// The header's place.
    pub span: Range<usize>,
}

/// What an approved question answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerKind {
    /// Aggregates.
    Aggregate,
    /// A list about the recipient's own entities.
    Own(OwnList),
}

/// The terms of a list about the recipient's own entities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnList {
    /// The recipient's table whose `own` column it lists.
    pub table: TableName,
    /// Entities of the other parties behind each row, counted together.
    pub others: u32,
    /// Most rows that one run may tell; where there are more, none is told.
    pub rows: u32,
    /// By column of the recipient, the column of another owner that mirrors it: a row counts only with a mirror.
    pub confirm: BTreeMap<String, String>,
}

/// Which values a parameter of an approved question may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterValues {
    /// One of these.
    List(Vec<Literal>),
    /// Low, high, step.
    Range {
        /// Lowest.
        low: Decimal,
        /// Highest.
        high: Decimal,
        /// Step.
        step: Decimal,
    },
}

/// One `[[approve]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Its name.
    pub name: Placed<String>,
    /// The file with its text.
    pub sql: Placed<String>,
    /// The text, once it was read.
    pub text: Option<String>,
    /// k for it.
    pub min_contributors: Option<Placed<MinContributors>>,
    /// No noise.
    pub exact: bool,
    /// What it answers.
    pub answer: AnswerKind,
    /// How often it may run.
    pub runs: Option<Budget>,
    /// Its parameters.
    pub parameters: BTreeMap<String, ParameterValues>,
    /// `history = "off"`.
    pub history_off: bool,
    /// `support = "waived"`.
    pub support_waived: bool,
    /// Between two new versions of another party's table.
    pub settled: Option<Grain>,
}

impl Approval {
    /// Whether both have the same terms, wherever they stand in their files.
    #[must_use]
    pub fn same_terms(&self, other: &Self) -> bool {
        let k = |approval: &Self| approval.min_contributors.as_ref().map(|k| k.value.clone());
        let placed = Self {
            name: other.name.clone(),
            sql: other.sql.clone(),
            min_contributors: other.min_contributors.clone(),
            ..self.clone()
        };
        self.name.value == other.name.value
            && self.sql.value == other.sql.value
            && k(self) == k(other)
            && placed == *other
    }
}

impl PolicyDocument {
    /// Units that some column or derived column counts as contributors.
    #[must_use]
    pub fn units(&self) -> BTreeSet<&UnitSpace> {
        self.rules()
            .filter_map(|rule| rule.unit.as_ref())
            .map(|unit| &unit.value)
            .collect()
    }

    /// Whether the table is nobody's secret: k = 1 throughout, no unit, and no mode that asks for more. Never before the house
    /// rules were read in.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.unread_house().is_none()
            && self.disclosure.mode.value == Mode::Statistical
            && self.disclosure.min_contributors.value.largest() <= 1
            && self.units().is_empty()
    }

    /// The house rules that it extends, as long as they have not been read in: until then it says too little.
    #[must_use]
    pub fn unread_house(&self) -> Option<&Placed<String>> {
        let read = self.source.house.is_some();
        self.extends.as_ref().filter(|_| !read)
    }
}

/// One table's policy, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDocument {
    /// The file.
    pub source: PolicySource,
    /// SHA-256 of the file's bytes, and with house rules of theirs too: what is signed.
    pub digest: [u8; 32],
    /// The table.
    pub table: Placed<TableName>,
    /// House rules that this policy narrows.
    pub extends: Option<Placed<String>>,
    /// Who may ask.
    pub access: Access,
    /// Thresholds.
    pub disclosure: Disclosure,
    /// What house rules ask of approved questions as well.
    pub least: Obligations,
    /// Rows that exist.
    pub rows: Rows,
    /// Consents by key domain.
    pub joins: BTreeMap<KeyDomain, JoinConsent>,
    /// Columns, in file order; a named column wins over a pattern.
    pub columns: Vec<ColumnRule>,
    /// Composite keys declared unique.
    pub unique: Vec<Placed<Vec<String>>>,
    /// Derived columns.
    pub derive: Vec<DerivedColumn>,
    /// Approved questions.
    pub approve: Vec<Approval>,
}
