//! What holds for an approved question: whose approval it has, and on which terms.

use std::collections::{BTreeMap, BTreeSet};

use policy::approved::question;
use policy::denial::Code;
use policy::document::{Approval, Budget};
use policy::ident::{PartyId, TableRef};
use policy::obligation::Obligations;
use policy::table::TablePolicy;

use super::call::Parameters;
use super::{Candidate, denied, list};
use crate::engine::Engine;
use crate::refusal::Refusal;

/// The terms of a question that every owner has approved.
pub(crate) struct Terms {
    pub(crate) name: String,
    /// All policies, with the question's terms in those of its owners.
    pub(crate) policies: admit::Policies,
    /// What owners gave up for it, in words.
    pub(crate) waivers: Vec<String>,
    /// Its terms as a list about the recipient's own entities.
    pub(crate) list: Option<admit::OwnList>,
    /// How often it may run.
    pub(crate) runs: Vec<Run>,
}

/// An owner's bound on runs, or on versions of a table between which somebody could compare.
pub(crate) struct Run {
    pub(crate) table: TableRef,
    /// What is counted, in words.
    pub(crate) what: String,
    pub(crate) budget: Budget,
    /// What makes two runs one; `None`: the question over the same data.
    pub(crate) same: Option<String>,
}

/// An owner's approvals of one text, by the table whose policy says so.
type Approvals<'e> = BTreeMap<PartyId, Vec<(&'e TableRef, &'e Approval)>>;

impl Engine {
    /// The terms of a candidate over the tables that it reads; `None` if it is an ordinary question after all.
    ///
    /// # Errors
    /// When it was called by name and an owner has not approved it, or not with these parameters.
    pub(crate) fn terms(
        &self,
        candidate: &Candidate,
        tables: &BTreeSet<TableRef>,
    ) -> Result<Option<Terms>, Refusal> {
        let approvals = self.approvals(candidate, tables);
        let protected = tables.iter().filter_map(|t| self.policies.tables.get(t));
        let protected: Vec<&TablePolicy> = protected.filter(|p| !p.is_public()).collect();
        let missing = protected
            .iter()
            .map(|policy| &policy.table.party)
            .find(|owner| !approvals.contains_key(*owner));
        if let Some(owner) = missing {
            if !candidate.called {
                return Ok(None);
            }
            let message = format!("{owner} has not approved `{}`", candidate.name);
            let help = "every owner of a protected table in it must";
            return Err(denied(Code::Template, message, help));
        }
        for (_, approval) in approvals.values().flatten() {
            permitted(&candidate.name, approval, &candidate.parameters)?;
        }
        let floors = self.setup.contract.floors.obligations();
        let each = approvals.values().flatten().map(|(_, approval)| *approval);
        let list = list::agreed(candidate, each, &protected, &floors)?;
        let mut policies = self.policies.clone();
        for policy in &protected {
            if let Some(of_owner) = approvals.get(&policy.table.party) {
                policies
                    .tables
                    .insert(policy.table.clone(), applied(policy, of_owner, &floors));
            }
        }
        let mut runs = counted(&candidate.name, &approvals);
        runs.extend(self.settled(&candidate.name, &approvals, tables));
        Ok(Some(Terms {
            name: candidate.name.clone(),
            policies,
            waivers: waivers(&approvals),
            list,
            runs,
        }))
    }

    /// By owner, the approvals of this very text by policies of tables that it reads.
    pub(crate) fn approvals(
        &self,
        candidate: &Candidate,
        tables: &BTreeSet<TableRef>,
    ) -> Approvals<'_> {
        let mut found = Approvals::new();
        let policies = tables
            .iter()
            .filter_map(|t| self.policies.tables.get_key_value(t));
        for (table, policy) in policies {
            let texts = self.setup.contract.approved.get(table);
            let text = texts.and_then(|texts| texts.get(&candidate.name));
            let same = text
                .and_then(|text| question(text).ok())
                .is_some_and(|text| text == candidate.text);
            let mut named = policy.approve.iter();
            let approval = named.find(|a| a.name.value == candidate.name);
            if let (true, Some(approval)) = (same, approval) {
                let of_owner = found.entry(table.party.clone()).or_default();
                of_owner.push((table, approval));
            }
        }
        found
    }

    /// Where several parties' tables meet, one version of each in a while: two versions could be compared. Another policy
    /// makes another version: by what its owner calls nobody, it leaves rows out as well as by its data. Public tables
    /// count, too: they are somebody's choice of rows.
    fn settled(
        &self,
        name: &str,
        approvals: &Approvals<'_>,
        tables: &BTreeSet<TableRef>,
    ) -> Vec<Run> {
        let per = approvals
            .values()
            .flatten()
            .map(|(_, approval)| period(approval.settled.as_ref()))
            .max_by_key(|per| PERIODS.iter().position(|known| known == per));
        let owners: BTreeSet<&PartyId> = tables.iter().map(|table| &table.party).collect();
        let (Some(per), true) = (per, owners.len() > 1) else {
            return Vec::new();
        };
        let version = |policy: &TablePolicy| {
            let current = self.setup.tables.get(&policy.table)?;
            Some(Run {
                table: policy.table.clone(),
                what: format!("versions of {} under `{name}`", policy.table),
                budget: Budget {
                    count: 1,
                    per: per.to_owned(),
                },
                same: Some(format!("{} {}", current.digest, hex::encode(policy.digest))),
            })
        };
        let policies = tables.iter().filter_map(|t| self.policies.tables.get(t));
        policies.filter_map(version).collect()
    }
}

const PERIODS: [&str; 4] = ["day", "week", "month", "year"];

/// The period of budgets that is not shorter than a span.
fn period(span: Option<&policy::capability::Grain>) -> &'static str {
    use policy::capability::{Grain, TimeUnit};
    let Some(Grain::Time { count, unit }) = span else {
        return "day";
    };
    let days = match unit {
        TimeUnit::Second | TimeUnit::Minute | TimeUnit::Hour | TimeUnit::Day => 1,
        TimeUnit::Week => 7,
        TimeUnit::Month => 31,
        TimeUnit::Quarter => 92,
        TimeUnit::Year => 366,
    };
    match count.saturating_mul(days) {
        0..=1 => "day",
        2..=7 => "week",
        8..=31 => "month",
        _longer => "year",
    }
}

/// A table's policy on the terms of its owner: its own approval's, and the strictest of the owner's others.
fn applied(
    policy: &TablePolicy,
    approvals: &[(&TableRef, &Approval)],
    floors: &Obligations,
) -> TablePolicy {
    let own = approvals.iter().find(|(table, _)| **table == policy.table);
    let first = own.or_else(|| approvals.first());
    let Some((_, first)) = first else {
        return policy.clone();
    };
    let mut found = first.applied(policy, floors);
    if own.is_none() {
        for (_, other) in approvals {
            let other = other.applied(policy, floors);
            found
                .disclosure
                .raise(&Obligations::from(&other.disclosure));
        }
    }
    found
}

/// Whether an owner lets the parameters have these values.
pub(super) fn permitted(
    name: &str,
    approval: &Approval,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    for (parameter, (_, value)) in parameters {
        let values = approval.parameters.get(parameter);
        if !values.is_some_and(|values| values.permit(value)) {
            let message = format!("`{name}` is not approved with this value of {parameter}");
            let help = match values {
                Some(values) => format!("it may be {}", values.in_words()),
                None => "an owner gives the parameter no values".to_owned(),
            };
            return Err(denied(Code::Template, message, &help));
        }
    }
    Ok(())
}

fn counted(name: &str, approvals: &Approvals<'_>) -> Vec<Run> {
    let each = approvals.values().flatten();
    let bounded = each.filter_map(|(table, approval)| {
        let runs = approval.runs.as_ref()?;
        Some(Run {
            table: (*table).clone(),
            what: format!("runs of `{name}`"),
            budget: runs.clone(),
            same: None,
        })
    });
    bounded.collect()
}

fn waivers(approvals: &Approvals<'_>) -> Vec<String> {
    let each = approvals.values().flatten();
    let words = each.flat_map(|(table, approval)| {
        let waived = approval.waivers().into_iter();
        waived.map(move |words| format!("{table}: {words}"))
    });
    words.collect()
}
