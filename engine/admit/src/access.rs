//! Who may ask what for: everything that is decided before the plan's shape matters.

use std::collections::BTreeSet;

use datafusion_common::tree_node::TreeNodeRecursion;
use datafusion_expr::LogicalPlan;
use policy::access::Circumstances;
use policy::denial::{Code, Denial};
use policy::document::Mode;
use policy::ident::TableRef;
use policy::table::TablePolicy;

use crate::Admitted;
use crate::dp;
use crate::request::{Policies, Request};
use crate::scan::table_of;

/// Every table the plan reads, subqueries included.
///
/// # Errors
/// `E_UNKNOWN` for what is no table of the contract.
pub fn tables_read(plan: &LogicalPlan) -> Result<BTreeSet<TableRef>, Denial> {
    let mut tables = BTreeSet::new();
    let mut unknown = false;
    let walked = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            match table_of(&scan.table_name) {
                Some(table) => {
                    tables.insert(table);
                }
                // A recursive query reads its own rows under its own name.
                None => unknown |= scan.table_name.schema().is_some(),
            }
        }
        Ok(TreeNodeRecursion::Continue)
    });
    if walked.is_err() || unknown {
        return Err(Denial::new(Code::Unknown, "unknown table"));
    }
    Ok(tables)
}

fn policies_of<'a>(
    tables: &'a BTreeSet<TableRef>,
    policies: &'a Policies,
) -> impl Iterator<Item = &'a TablePolicy> {
    tables.iter().filter_map(|t| policies.tables.get(t))
}

/// Principal, purpose, recipient and date, against every table's policy.
pub(crate) fn check(
    tables: &BTreeSet<TableRef>,
    policies: &Policies,
    request: &Request,
) -> Result<(), Denial> {
    if tables.iter().any(|t| !policies.tables.contains_key(t)) {
        return Err(Denial::new(Code::Unknown, "unknown table"));
    }
    let refused = |message: String, help: String| {
        let mut denial = Denial::new(Code::DeniedAsker, message);
        denial.help = Some(help);
        Err(denial)
    };
    if !policies.principals.contains(&request.principal) {
        // Who belongs to the contract is not told to somebody who does not.
        return refused(
            format!("{} is not an analyst of the contract", request.principal),
            "`subrosa contract show` lists its analysts".to_owned(),
        );
    }
    if !policies.parties.contains(&request.recipient) {
        return refused(
            format!("{} is not a party of the contract", request.recipient),
            format!("it has {}", listed(&policies.parties)),
        );
    }
    if let Some(purpose) = &request.purpose
        && !policies.purposes.is_empty()
        && !policies.purposes.contains(purpose)
    {
        return refused(
            format!("`{purpose}` is not a purpose of the contract"),
            format!("it has {}", listed(&policies.purposes)),
        );
    }
    let plain = is_plain(tables, policies, request);
    // Nobody's secret still has an owner, who says who may ask what for; only an owner who asks for itself is asked nothing.
    let asked = || policies_of(tables, policies).filter(|p| !(plain && is_own(p, request)));
    let circumstances = Circumstances {
        principal: request.principal.clone(),
        recipient: request.recipient.clone(),
        purpose: request.purpose.clone(),
        today: request.today,
    };
    for policy in asked() {
        policy
            .check_access(&circumstances)
            .map_err(|denial| *denial)?;
    }
    for policy in asked() {
        check_mode(policy, request)?;
    }
    if plain {
        return Ok(());
    }
    dp::check(tables, policies, request)
}

/// The first of some names.
fn listed<T: std::fmt::Display>(names: impl IntoIterator<Item = T>) -> String {
    const MOST: usize = 12;
    let all: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    let more = all.len().saturating_sub(MOST);
    let shown = all.into_iter().take(MOST).collect::<Vec<_>>().join(", ");
    if more > 0 {
        format!("{shown} and {more} more")
    } else {
        shown
    }
}

/// Tables of mode `template` answer approved questions only.
fn check_mode(policy: &TablePolicy, request: &Request) -> Result<(), Denial> {
    let mode = &policy.disclosure.mode;
    match mode.value {
        Mode::Template if !request.approved => {
            let message = format!(
                "{} answers only questions that its owner approved",
                policy.table
            );
            let mut denial = Denial::new(Code::Template, message);
            denial.party = Some(policy.table.party.clone());
            denial.table = Some(policy.table.table.clone());
            denial.rule = Some(policy.source.rule(&mode.span));
            denial.help =
                Some("SHOW APPROVED lists them; ask SELECT * FROM approved('name')".to_owned());
            Err(denial)
        }
        Mode::Template | Mode::Statistical | Mode::Dp => Ok(()),
    }
}

/// Only public tables, or the asker's own alone for itself.
pub(crate) fn is_plain(
    tables: &BTreeSet<TableRef>,
    policies: &Policies,
    request: &Request,
) -> bool {
    policies_of(tables, policies).all(|policy| policy.is_public() || is_own(policy, request))
}

/// The asker's own, asked freely and for itself.
fn is_own(policy: &TablePolicy, request: &Request) -> bool {
    policy.is_own(&request.principal, &request.recipient)
}

/// A plain question keeps its plan; which functions it may call the engine knows.
pub(crate) fn plain(plan: &LogicalPlan, tables: BTreeSet<TableRef>) -> Admitted {
    Admitted::Plain {
        plan: plan.clone(),
        tables,
    }
}
