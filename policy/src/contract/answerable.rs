//! What of a contract can never be answered, whatever is asked: it is signed, and promises nothing.
//!
//! Every finding is a proof from public figures: names, dates, thresholds, and for each sealed table
//! its rows and the most rows that share a value of a column. What is not found may still have no
//! answer; what is found has none until something is changed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use chrono::NaiveDate;

use super::{Contract, View};
use crate::approved;
use crate::document::{AnswerKind, Approval, PolicyDocument};
use crate::ident::{PartyId, Purpose, TableRef, UnitSpace};
use crate::problem::{Problem, sorted};

/// What a sealed table's manifest states.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// Rows.
    pub rows: u64,
    /// Most rows that share a value, by unit and key column.
    pub most_rows: BTreeMap<String, u64>,
}

impl Contract {
    /// What can never be answered on this day or a later one.
    ///
    /// `stated` has the tables that are sealed; of others no figures are known, and nothing is said that
    /// would need them.
    #[must_use]
    pub fn unanswerable(
        &self,
        policies: &BTreeMap<TableRef, PolicyDocument>,
        stated: &BTreeMap<TableRef, Stated>,
        today: NaiveDate,
    ) -> Vec<Problem> {
        let mut check = Check {
            contract: self,
            policies,
            stated,
            today,
            problems: Vec::new(),
        };
        for (table, document) in policies.iter().filter(|(_, d)| !d.is_public()) {
            check.people(table, document);
            check.support(table, document);
            check.approvals(table, document);
            check.linked(table, document);
        }
        check.views();
        sorted(check.problems)
    }

    /// What the contract alone shuts out on this day: it has ended, or nobody may ask or receive.
    #[must_use]
    pub fn shut(&self, today: NaiveDate) -> Vec<String> {
        let mut wrong = Vec::new();
        if let Some(expires) = self.expires.filter(|_| !self.holds_on(today)) {
            wrong.push(format!(
                "nothing is answered: the contract ended on {expires}"
            ));
        }
        if self
            .parties
            .values()
            .all(|member| member.analysts.is_empty())
        {
            wrong.push("nothing is answered: no party has an analyst".to_owned());
        }
        if !self.parties.keys().any(|party| self.may_receive(party)) {
            wrong.push("nothing is answered: no recipient is a party of the contract".to_owned());
        }
        wrong
    }
}

struct Check<'c> {
    contract: &'c Contract,
    policies: &'c BTreeMap<TableRef, PolicyDocument>,
    stated: &'c BTreeMap<TableRef, Stated>,
    today: NaiveDate,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn warn(&mut self, document: &PolicyDocument, at: &Range<usize>, says: String, help: &str) {
        let problem = Problem::warning(&document.source, at, says);
        self.problems.push(problem.with_help(help));
    }

    /// Parties other than the owner whose analysts may ask.
    fn askers(&self, table: &TableRef, document: &PolicyDocument) -> BTreeSet<&PartyId> {
        let ask = document.access.ask.as_ref();
        let asks = |party: &PartyId| ask.is_none_or(|list| list.value.contains(party));
        let members = self.contract.parties.iter();
        let able = members.filter(|(_, member)| !member.analysts.is_empty());
        able.map(|(party, _)| party)
            .filter(|party| **party != table.party && asks(party))
            .collect()
    }

    fn purposes(&self, document: &PolicyDocument) -> BTreeSet<Purpose> {
        let all = &self.contract.purposes;
        match &document.access.purposes {
            Some(list) => list
                .value
                .iter()
                .filter(|p| all.contains(*p))
                .cloned()
                .collect(),
            None => all.clone(),
        }
    }

    /// Somebody must be there to ask and to receive, on a day to come.
    fn people(&mut self, table: &TableRef, document: &PolicyDocument) {
        let access = &document.access;
        if let Some(until) = access
            .until
            .as_ref()
            .filter(|until| until.value < self.today)
        {
            let says = format!(
                "{table} is answered no more: its last day was {}",
                until.value
            );
            self.warn(
                document,
                &until.span,
                says,
                "write a later day, or drop `until`",
            );
        }
        if let Some(ask) = access.ask.as_ref().filter(|ask| !ask.value.is_empty())
            && self.askers(table, document).is_empty()
            && !ask.value.contains(&table.party)
        {
            let says = format!("nobody can ask {table}: no party in `ask` has an analyst");
            self.warn(
                document,
                &ask.span,
                says,
                "name parties of the contract that have analysts",
            );
        }
        let listed = access
            .receive
            .as_ref()
            .filter(|list| !list.value.is_empty());
        if let Some(receive) = listed {
            let may = |party: &PartyId| {
                self.contract.parties.contains_key(party) && self.contract.may_receive(party)
            };
            if !receive.value.iter().any(may) {
                let says = format!(
                    "nobody can receive answers over {table}: the contract lets none of `receive`"
                );
                self.warn(
                    document,
                    &receive.span,
                    says,
                    "name recipients of the contract",
                );
            }
        }
    }

    fn k(&self, document: &PolicyDocument, unit: &UnitSpace, approval: Option<&Approval>) -> u32 {
        let own = &document.disclosure;
        let asked = approval.and_then(|approval| approval.min_contributors.as_ref());
        let asked = asked.unwrap_or(&own.min_contributors).value.of(unit);
        let asked = if approval.is_some_and(|a| a.support_waived) {
            1
        } else {
            asked
        };
        let floor = own.floor.as_ref().map_or(1, |floor| floor.value);
        let contract = self.contract.floors.obligations().min_contributors.of(unit);
        asked.max(floor).max(contract)
    }

    /// The most entities of a unit that a sealed table can hold.
    fn most(&self, table: &TableRef, document: &PolicyDocument, unit: &UnitSpace) -> Option<u64> {
        let stated = self.stated.get(table)?;
        let counts = document.rules().filter(|rule| {
            rule.unit
                .as_ref()
                .is_some_and(|counted| counted.value == *unit)
        });
        let columns = stated.most_rows.iter().filter(|(column, _)| {
            let rule = document.rule_for(column);
            rule.and_then(|rule| rule.unit.as_ref())
                .is_some_and(|counted| counted.value == *unit)
        });
        let of = |most: u64| match stated.rows {
            0 => 0,
            rows => rows.saturating_sub(most.max(1)).saturating_add(1),
        };
        let bounds: Vec<u64> = columns.map(|(_, most)| of(*most)).collect();
        // each column is a track of its own: the richest decides
        let known = counts.count() > 0;
        known.then(|| bounds.into_iter().max().unwrap_or(stated.rows))
    }

    /// The most entities of a table and of those that it counts its own together with.
    fn most_pooled(
        &self,
        table: &TableRef,
        document: &PolicyDocument,
        unit: &UnitSpace,
    ) -> Option<u64> {
        let mut all = self.most(table, document, unit)?;
        let pools = |d: &PolicyDocument, party: &PartyId| d.disclosure.pool.value.contains(party);
        for (other, theirs) in self.policies {
            let mutual = pools(document, &other.party) && pools(theirs, &table.party);
            if mutual && other.party != table.party && theirs.units().contains(unit) {
                all = all.saturating_add(self.most(other, theirs, unit)?);
            }
        }
        Some(all)
    }

    /// A ring of eight under a k of 25.
    fn support(&mut self, table: &TableRef, document: &PolicyDocument) {
        for unit in document.units() {
            let k = self.k(document, unit, None);
            let Some(most) = self.most_pooled(table, document, unit) else {
                continue;
            };
            if most < u64::from(k) {
                let at = document.disclosure.min_contributors.span.clone();
                let says = format!(
                    "no value over {table} can leave: it takes {k} of unit `{unit}`, and there are {most} at most"
                );
                self.warn(document, &at, says, "a smaller k, a unit with more members, or an approved question with a k of its own");
            }
        }
    }

    fn approvals(&mut self, table: &TableRef, document: &PolicyDocument) {
        for approval in &document.approve {
            let name = &approval.name.value;
            for unit in document.units() {
                let k = self.k(document, unit, Some(approval));
                let most = self.most_pooled(table, document, unit);
                if let Some(most) = most.filter(|most| *most < u64::from(k)) {
                    let says = format!(
                        "`{name}` can have no answer: it takes {k} of unit `{unit}` of {table}, and there are {most} at most"
                    );
                    let at = approval.min_contributors.as_ref();
                    let at = at.map_or(&approval.name.span, |k| &k.span).clone();
                    self.warn(
                        document,
                        &at,
                        says,
                        "give it a `min_contributors` that can be met",
                    );
                }
            }
            self.others(table, document, approval);
        }
    }

    /// The most entities that these tables hold together, where that is known.
    fn most_of<'t>(&self, tables: impl Iterator<Item = &'t TableRef>) -> Option<u64> {
        let mut all = 0_u64;
        for table in tables {
            let theirs = self.policies.get(table)?;
            for unit in theirs.units() {
                all = all.saturating_add(self.most(table, theirs, unit)?);
            }
        }
        Some(all)
    }

    /// The others behind each row of a list are counted together over the tables of its text.
    fn others(&mut self, table: &TableRef, document: &PolicyDocument, approval: &Approval) {
        let AnswerKind::Own(list) = &approval.answer else {
            return;
        };
        let text = self
            .contract
            .approved
            .get(table)
            .and_then(|t| t.get(&approval.name.value));
        let Some(query) = text.and_then(|text| approved::question(text).ok()) else {
            return;
        };
        let read = self.contract.tables_read(&query);
        let recipients = read.iter().filter(|table| table.table == list.table);
        let each: Option<Vec<u64>> = recipients
            .map(|own| self.most_of(read.iter().filter(|other| other.party != own.party)))
            .collect();
        let Some(all) = each.and_then(|each| each.into_iter().max()) else {
            return;
        };
        let others = list.others;
        if all < u64::from(others) {
            let says = format!(
                "`{}` can list nothing: it takes {others} others behind each row, and the tables of other parties hold {all} at most",
                approval.name.value
            );
            let at = approval.name.span.clone();
            self.warn(
                document,
                &at,
                says,
                "a smaller `others`, or more tables in its text",
            );
        }
    }

    /// Two tables whose owners agree to link them, and which no purpose allows together.
    fn linked(&mut self, table: &TableRef, document: &PolicyDocument) {
        for (domain, consent) in &document.joins {
            for (other, theirs) in self.policies.iter().filter(|(other, _)| *other > table) {
                let back = theirs.joins.get(domain);
                let both = consent.with.contains(&other.party)
                    && back.is_some_and(|back| back.with.contains(&table.party));
                if both && let Some(why) = self.apart(&[table, other]) {
                    let says =
                        format!("no question can link {table} with {other} on `{domain}`: {why}");
                    self.warn(
                        document,
                        &consent.span,
                        says,
                        "let both be asked by one party for one purpose",
                    );
                }
            }
        }
    }

    fn views(&mut self) {
        for (name, view) in &self.contract.views {
            let tables = View::tables_in(&view.sql).unwrap_or_default();
            let tables: Vec<&TableRef> = tables.iter().collect();
            let Some((_, document)) = tables
                .iter()
                .find_map(|table| Some((table, self.policies.get(*table)?)))
            else {
                continue;
            };
            if let Some(why) = self.apart(&tables) {
                let says = format!("no question can read the view {name}: {why}");
                let at = document.table.span.clone();
                self.warn(
                    document,
                    &at,
                    says,
                    "let all its tables be asked by one party for one purpose",
                );
            }
        }
    }

    /// Why no question may read all of these tables; owners of one always may ask it themselves.
    fn apart(&self, tables: &[&TableRef]) -> Option<String> {
        let known = tables
            .iter()
            .filter_map(|table| Some((*table, self.policies.get(*table)?)));
        let known: Vec<_> = known
            .filter(|(_, document)| !document.is_public())
            .collect();
        let purposes = known.iter().map(|(_, document)| self.purposes(document));
        let common = purposes.reduce(|a, b| a.intersection(&b).cloned().collect());
        let stated = known
            .iter()
            .any(|(_, document)| document.access.purposes.is_some());
        if stated && common.is_some_and(|common| common.is_empty()) {
            return Some("their policies have no purpose in common".to_owned());
        }
        let able = self
            .contract
            .parties
            .iter()
            .filter(|(_, member)| !member.analysts.is_empty());
        let fits = |party: &PartyId| {
            known.iter().all(|(table, document)| {
                let ask = document.access.ask.as_ref();
                table.party == *party || ask.is_none_or(|list| list.value.contains(party))
            })
        };
        let mut able = able.map(|(party, _)| party);
        (!able.any(fits)).then(|| "no party may ask all of them".to_owned())
    }
}
