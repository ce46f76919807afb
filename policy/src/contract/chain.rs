//! What must hold within a contract and from one version to the next.

use super::{Contract, View};
use crate::ident::PartyId;
use crate::problem::nearest;

impl Contract {
    /// Names in the contract that lead nowhere, and names that clash.
    #[must_use]
    pub fn contradictions(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for table in self.tables.keys() {
            self.member_or(&table.party, &format!("table {table}"), &mut wrong);
        }
        for party in &self.recipients {
            self.member_or(party, "`recipients`", &mut wrong);
        }
        for (name, view) in &self.views {
            let place = format!("view {name}");
            let clash = name.schema().and_then(|schema| PartyId::new(schema).ok());
            if clash.is_some_and(|party| self.parties.contains_key(&party)) {
                wrong.push(format!(
                    "{place} would stand among the tables of a party: choose another schema"
                ));
            }
            for table in View::tables_in(&view.sql).unwrap_or_default() {
                if !self.tables.contains_key(&table) {
                    wrong.push(format!(
                        "{place} reads {table}, which is not in the contract"
                    ));
                }
            }
        }
        if self.version == 1 && self.previous.is_some() {
            wrong.push("version 1 has no previous version".to_owned());
        }
        if self.version > 1 && self.previous.is_none() {
            wrong.push(format!(
                "version {} does not name the one before",
                self.version
            ));
        }
        wrong
    }

    fn member_or(&self, party: &PartyId, place: &str, wrong: &mut Vec<String>) {
        if self.parties.contains_key(party) {
            return;
        }
        let near = nearest(party.as_str(), self.parties.keys().map(PartyId::as_str));
        let hint = near
            .map(|near| format!("; did you mean {near}?"))
            .unwrap_or_default();
        wrong.push(format!("{place}: {party} is not a member{hint}"));
    }

    /// Whether this is the version that follows `previous`.
    ///
    /// # Errors
    /// In words, what breaks the chain.
    pub fn follows(&self, previous: &Self) -> Result<(), String> {
        if self.name != previous.name {
            return Err(format!(
                "it is another contract: `{}` after `{}`",
                self.name, previous.name
            ));
        }
        if Some(self.version) != previous.version.checked_add(1) {
            return Err(format!(
                "version {} cannot follow version {}",
                self.version, previous.version
            ));
        }
        if self.previous != Some(previous.digest()) {
            return Err("it names another version than the one before it".to_owned());
        }
        Ok(())
    }

    /// The next version to edit: same content, next number, this one as the one before.
    #[must_use]
    pub fn successor(&self) -> Self {
        Self {
            version: self.version.saturating_add(1),
            previous: Some(self.digest()),
            ..self.clone()
        }
    }
}
