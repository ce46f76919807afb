//! Whether a table may be asked at all: by whom, for whom, why and when.

use std::ops::Range;

use chrono::NaiveDate;

use crate::denial::{Code, Denial};
use crate::document::OwnerAccess;
use crate::ident::{PartyId, Principal, Purpose};
use crate::table::TablePolicy;

/// The circumstances of a question, all of them arguments: no clock is read here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstances {
    /// Who asks.
    pub principal: Principal,
    /// Who receives the answer.
    pub recipient: PartyId,
    /// What for, when the contract has purposes.
    pub purpose: Option<Purpose>,
    /// Today, UTC.
    pub today: NaiveDate,
}

impl TablePolicy {
    /// Whether principals of a party may ask this table (and so may see that it exists).
    #[must_use]
    pub fn may_ask(&self, party: &PartyId) -> bool {
        self.owner_is_free(party)
            || self
                .access
                .ask
                .as_ref()
                .is_none_or(|ask| ask.value.contains(party))
    }

    /// Whether a party may receive answers over this table.
    #[must_use]
    pub fn may_receive(&self, party: &PartyId) -> bool {
        let listed = self.access.receive.as_ref().or(self.access.ask.as_ref());
        self.owner_is_free(party) || listed.is_none_or(|list| list.value.contains(party))
    }

    /// Whether the owner asks for itself, and does not hold itself to its policy there. Of its own tables alone it
    /// is not asked anything then.
    #[must_use]
    pub fn is_own(&self, principal: &Principal, recipient: &PartyId) -> bool {
        self.owner_is_free(&principal.party) && self.owner_is_free(recipient)
    }

    /// `[access]` against the circumstances of a question that reads more than the asker's own tables.
    ///
    /// # Errors
    /// `E_DENIED_ASKER`, with the line that decided.
    pub fn check_access(&self, asked: &Circumstances) -> Result<(), Box<Denial>> {
        let party = &asked.principal.party;
        if !self.may_ask(party) {
            let at = self.access.ask.as_ref().map(|ask| &ask.span);
            return Err(self.denied(at, format!("{party} may not ask {}", self.table)));
        }
        if !self.may_receive(&asked.recipient) {
            let message = format!(
                "{} may not receive answers from {}",
                asked.recipient, self.table
            );
            let listed = self.access.receive.as_ref().or(self.access.ask.as_ref());
            return Err(self.denied(listed.map(|list| &list.span), message));
        }
        self.check_purpose(asked.purpose.as_ref())?;
        match &self.access.until {
            Some(until) if asked.today > until.value => {
                let message = format!("{} could be asked until {}", self.table, until.value);
                Err(self.denied(Some(&until.span), message))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn check_purpose(&self, purpose: Option<&Purpose>) -> Result<(), Box<Denial>> {
        let Some(allowed) = &self.access.purposes else {
            return Ok(());
        };
        if purpose.is_some_and(|purpose| allowed.value.contains(purpose)) {
            return Ok(());
        }
        let stated = purpose.map_or("no purpose".to_owned(), |p| format!("the purpose `{p}`"));
        let words: Vec<&str> = allowed.value.iter().map(Purpose::as_str).collect();
        let message = format!("{} may not be asked for {stated}", self.table);
        let mut denial = self.denied(Some(&allowed.span), message);
        denial.help = Some(format!("its purposes are {}", words.join(", ")));
        Err(denial)
    }

    fn owner_is_free(&self, party: &PartyId) -> bool {
        self.access.owner == OwnerAccess::Full && self.table.party == *party
    }

    fn denied(&self, at: Option<&Range<usize>>, message: String) -> Box<Denial> {
        Box::new(Denial {
            rule: at.map(|span| self.source.rule(span)),
            party: Some(self.table.party.clone()),
            table: Some(self.table.table.clone()),
            ..Denial::new(Code::DeniedAsker, message)
        })
    }
}
