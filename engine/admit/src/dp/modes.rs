//! Which tables may meet: all of them differentially private, or none.

use std::collections::{BTreeMap, BTreeSet};

use policy::denial::{Code, Denial};
use policy::document::Mode;
use policy::ident::{PartyId, TableRef, UnitSpace};
use policy::table::TablePolicy;

use crate::request::{Policies, Request};

/// Whether any of some tables is differentially private.
pub(crate) fn is_asked(tables: &BTreeSet<TableRef>, policies: &Policies) -> bool {
    protected(tables, policies).any(is_private)
}

fn protected<'a>(
    tables: &'a BTreeSet<TableRef>,
    policies: &'a Policies,
) -> impl Iterator<Item = &'a TablePolicy> {
    let found = tables.iter().filter_map(|table| policies.tables.get(table));
    found.filter(|policy| !policy.is_public())
}

fn is_private(policy: &TablePolicy) -> bool {
    policy.disclosure.mode.value == Mode::Dp
}

/// Refuses what differential privacy could not hold for: other modes beside it, texts whose rules are waived, two units of
/// one party.
pub(crate) fn check(
    tables: &BTreeSet<TableRef>,
    policies: &Policies,
    request: &Request,
) -> Result<(), Denial> {
    let Some(private) = protected(tables, policies).find(|policy| is_private(policy)) else {
        return Ok(());
    };
    if request.approved || request.list.is_some() {
        let message = format!(
            "{} is differentially private, and approved texts are not",
            private.table
        );
        let help = "ask the question without its name, or let its owner approve it in another mode";
        return Err(refused(private, message, help));
    }
    if let Some(other) = protected(tables, policies).find(|policy| !is_private(policy)) {
        let message = format!(
            "{} is differentially private and {} is not: what is computed of both would be neither",
            private.table, other.table
        );
        let help = "ask each of them alone, or let both owners write `mode = \"dp\"`";
        return Err(refused(private, message, help));
    }
    let mut units: BTreeMap<&PartyId, &UnitSpace> = BTreeMap::new();
    for policy in protected(tables, policies) {
        let Some(dp) = &policy.disclosure.dp else {
            let message = format!("{} has no terms of differential privacy", policy.table);
            let help = "its owner must write [disclosure.dp]";
            return Err(refused(policy, message, help));
        };
        let unit = units.entry(&policy.table.party).or_insert(&dp.value.unit);
        if **unit != dp.value.unit {
            let message = format!(
                "{} protects every {}, another table of {} every {unit}",
                policy.table, dp.value.unit, policy.table.party
            );
            let help = "ask tables that protect the same unit together";
            return Err(refused(policy, message, help));
        }
    }
    Ok(())
}

fn refused(policy: &TablePolicy, message: String, help: &str) -> Denial {
    let mut denial = Denial::new(Code::Mode, message);
    denial.party = Some(policy.table.party.clone());
    denial.table = Some(policy.table.table.clone());
    denial.rule = Some(policy.source.rule(&policy.disclosure.mode.span));
    denial.help = Some(help.to_owned());
    denial
}
