//! What a gain is about, so that an example of it can be made up.

use chrono::NaiveDate;

use crate::ident::{KeyDomain, PartyId, Purpose};

/// What a new version lets through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Facet {
    /// Somebody asks: this party, or any.
    Asker(Option<PartyId>),
    /// Somebody receives answers: this party, or any.
    Receiver(Option<PartyId>),
    /// It is asked for this, or for anything.
    Purpose(Option<Purpose>),
    /// It is asked after this day.
    After(NaiveDate),
    /// The owner asks anything.
    OwnerFree,
    /// Every visible row is read.
    Public,
    /// Nobody has approved the question.
    Unapproved,
    /// A column is counted.
    Seen(String),
    /// A column is a key.
    Key(String),
    /// A column is compared with columns of a party.
    Compared(String, PartyId),
    /// A column names groups.
    Dimension(String),
    /// A column stands in conditions.
    Filter(String),
    /// A column is summed.
    Measure(String),
    /// Rows are linked on a domain with a party.
    Linked(KeyDomain, PartyId),
    /// Rows of many people stand under a key that a party gave.
    Crowds(KeyDomain, PartyId),
    /// Who is absent decides.
    Negation(KeyDomain),
    /// Answers of questions that were let in before show more, and more of them.
    Answers,
    /// Questions that only a contract holds.
    Agreed,
}
