//! Rows that a table's owner lets only some parties use: `[[rows.only]]`.
//!
//! A question is restricted by its asker and by whoever receives its answer, all at once: what a party may not read it
//! cannot be told through another.

use std::collections::BTreeSet;

use crate::capability::RuleSpan;
use crate::document::{OwnerAccess, PolicyDocument, RowsOnly};
use crate::ident::PartyId;
use crate::table::TablePolicy;

/// One `[[rows.only]]`, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restriction {
    /// Whom it restricts; `None`: everybody but the owner whom no other names.
    pub party: Option<PartyId>,
    /// The condition on its rows, as written.
    pub predicate: String,
    /// Its line.
    pub rule: RuleSpan,
}

/// The restrictions that a policy writes, in its order.
pub(crate) fn of(document: &PolicyDocument) -> Vec<Restriction> {
    let restriction = |only: &RowsOnly| Restriction {
        party: only.party.clone(),
        predicate: only.predicate.value.clone(),
        rule: document.source.rule(&only.span),
    };
    document.rows.only.iter().map(restriction).collect()
}

impl TablePolicy {
    /// What restricts the rows of this table for a party.
    #[must_use]
    pub fn restrictions_of(&self, party: &PartyId) -> Vec<&Restriction> {
        let whom = |whom: Option<&PartyId>| -> Vec<&Restriction> {
            let only = self.only.iter();
            only.filter(|only| only.party.as_ref() == whom).collect()
        };
        let named = whom(Some(party));
        if named.is_empty() && *party != self.table.party {
            return whom(None);
        }
        named
    }

    /// What restricts the rows of this table in a question, all of which must hold: what restricts its asker, and what
    /// restricts its recipient. `alone`: it reads public tables and the asker's own only, so that its owner may be free.
    #[must_use]
    pub fn restrictions<'a>(
        &'a self,
        asker: &'a PartyId,
        recipient: &'a PartyId,
        alone: bool,
    ) -> Vec<(&'a PartyId, &'a Restriction)> {
        let owner = &self.table.party;
        let itself = asker == owner && recipient == owner;
        if alone && itself && self.access.owner == OwnerAccess::Full {
            return Vec::new();
        }
        let parties = BTreeSet::from([asker, recipient]);
        let each = parties.into_iter().flat_map(|party| {
            let restrictions = self.restrictions_of(party).into_iter();
            restrictions.map(move |only| (party, only))
        });
        each.collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::resolve::{ColumnKind, ColumnShape};

    fn policy(sections: &str) -> TablePolicy {
        let text = format!(
            "policy = 1\ntable = \"t\"\n{sections}\n[columns]\nid = {{ unit = \"person\" }}\nx = {{ hidden = true }}\n"
        );
        let document = PolicyDocument::parse("t.policy.toml", &text).unwrap();
        let columns =
            ["id", "x"].map(|name| ColumnShape::new(name.to_owned(), ColumnKind::Integer));
        TablePolicy::resolve(&document, &party("owner"), &columns, &[]).unwrap()
    }

    fn party(name: &str) -> PartyId {
        PartyId::new(name).unwrap()
    }

    fn only(who: &str, rows: &str) -> String {
        format!("[[rows.only]]\nparty = \"{who}\"\nwhere = \"{rows}\"\n")
    }

    fn found(policy: &TablePolicy, asker: &str, recipient: &str, alone: bool) -> Vec<String> {
        let (asker, recipient) = (party(asker), party(recipient));
        let found = policy.restrictions(&asker, &recipient, alone);
        let one = |(party, only): &(&PartyId, &Restriction)| format!("{party}: {}", only.predicate);
        found.iter().map(one).collect()
    }

    #[test]
    fn asker_and_recipient_restrict_together_and_a_name_wins_over_everybody() {
        let sections = [only("b", "x > 1"), only("*", "x > 2"), only("b", "x < 9")].concat();
        let policy = policy(&sections);
        let (of_b, of_c) = (["b: x > 1", "b: x < 9"], ["c: x > 2"]);
        assert_eq!(found(&policy, "b", "b", false), of_b);
        assert_eq!(found(&policy, "c", "d", false), ["c: x > 2", "d: x > 2"]);
        assert_eq!(found(&policy, "c", "b", false), [&of_b[..], &of_c].concat());
        assert_eq!(found(&policy, "b", "owner", false), of_b);
        assert_eq!(found(&policy, "owner", "c", false), of_c);
        assert_eq!(found(&policy, "owner", "owner", false), [""; 0]);
        let lines: Vec<usize> = policy.only.iter().map(|only| only.rule.line).collect();
        assert_eq!(lines, [4, 7, 10]);
    }

    #[test]
    fn an_owner_is_restricted_where_it_is_named_and_not_free() {
        let rows = only("owner", "x > 1");
        let free = policy(&rows);
        let named = ["owner: x > 1"];
        assert_eq!(found(&free, "owner", "owner", true), [""; 0]);
        assert_eq!(found(&free, "owner", "owner", false), named);
        assert_eq!(found(&free, "owner", "b", true), named);
        let held = policy(&format!("[access]\nowner = \"policy\"\n{rows}"));
        assert_eq!(found(&held, "owner", "owner", true), named);
    }
}
