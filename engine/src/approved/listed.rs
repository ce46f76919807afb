//! `SHOW APPROVED`: the questions that owners have approved, and who has not yet.

use std::collections::{BTreeMap, BTreeSet};

use policy::document::ParameterValues;
use policy::ident::{PartyId, TableRef};
use policy::table::TablePolicy;
use serde::Serialize;

use super::call::{Parameters, placeholders};
use super::{Candidate, list};
use crate::engine::{Engine, Question};
use crate::refusal::Refusal;

/// An approved question as `SHOW APPROVED` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApprovedQuestion {
    /// Its name.
    pub name: String,
    /// How it is called.
    pub call: String,
    /// By parameter, the values that every owner permits, in words.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// What it answers: `aggregates`, or whose entities it lists and within which bounds.
    pub answers: String,
    /// Owners who have approved it.
    pub approved_by: Vec<String>,
    /// Owners whose approval is missing; without it, it does not run.
    pub missing: Vec<String>,
    /// Its text.
    pub sql: String,
}

impl Engine {
    /// The approved questions over tables that a party may ask, by name.
    pub(crate) async fn approved(&self, question: &Question) -> Vec<ApprovedQuestion> {
        let mut found = Vec::new();
        let texts = self.setup.contract.approved.values().flatten();
        let texts: BTreeSet<(&String, &String)> = texts.collect();
        for (name, sql) in texts {
            if let Ok(listed) = self.listed(question, name, sql).await
                && !found.contains(&listed)
            {
                found.push(listed);
            }
        }
        found
    }

    async fn listed(
        &self,
        question: &Question,
        name: &str,
        sql: &str,
    ) -> Result<ApprovedQuestion, Refusal> {
        let text = policy::approved::question(sql).map_err(Refusal::invalid)?;
        let candidate = Candidate {
            name: name.to_owned(),
            text,
            parameters: Parameters::new(),
            called: true,
        };
        let tables = self.tables_of(question, &candidate).await?;
        let approvals = self.approvals(&candidate, &tables);
        let protected = tables.iter().filter_map(|t| self.policies.tables.get(t));
        let protected: Vec<&TablePolicy> = protected.filter(|p| !p.is_public()).collect();
        let owners = protected.iter().map(|policy| &policy.table.party);
        let owners: BTreeSet<&PartyId> = owners.collect();
        let floors = self.setup.contract.floors.obligations();
        let each = approvals.values().flatten().map(|(_, approval)| *approval);
        let answers = match list::agreed(&candidate, each, &protected, &floors) {
            Ok(None) => "aggregates".to_owned(),
            Ok(Some(list)) => list::in_short(&list),
            Err(_) => "its owners disagree".to_owned(),
        };
        let (by, missing): (Vec<&PartyId>, Vec<&PartyId>) = owners
            .into_iter()
            .partition(|owner| approvals.contains_key(*owner));
        let wanted = placeholders(&candidate.text);
        let values = |parameter: &String| {
            let each = approvals.values().flatten();
            let words = each.filter_map(|(_, approval)| approval.parameters.get(parameter));
            let words: BTreeSet<String> = words.map(ParameterValues::in_words).collect();
            (parameter.clone(), words.into_iter().collect())
        };
        Ok(ApprovedQuestion {
            name: name.to_owned(),
            call: call(name, &wanted),
            parameters: wanted.iter().map(values).collect(),
            answers,
            approved_by: by.into_iter().map(ToString::to_string).collect(),
            missing: missing.into_iter().map(ToString::to_string).collect(),
            sql: sql.to_owned(),
        })
    }

    /// The tables that a text reads, if this party sees them all.
    async fn tables_of(
        &self,
        question: &Question,
        candidate: &Candidate,
    ) -> Result<BTreeSet<TableRef>, Refusal> {
        let names = policy::approved::relations(&candidate.text);
        let visible = self.visible(&question.principal.party).await?;
        let known = |name: &String| visible.iter().any(|table| table.name == *name);
        if !names.iter().filter(|name| name.contains('.')).all(known) {
            return Err(Refusal::invalid("it reads what this party does not see"));
        }
        Ok(self.setup.contract.tables_read(&candidate.text))
    }
}

fn call(name: &str, parameters: &[String]) -> String {
    let name = name.replace('\'', "''");
    let values = parameters.iter().map(|name| format!("{name} => …"));
    let args: Vec<String> = std::iter::once(format!("'{name}'")).chain(values).collect();
    format!("SELECT * FROM approved({})", args.join(", "))
}
