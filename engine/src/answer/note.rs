//! The constant note of a protected answer: a function of the policies alone.

use std::collections::{BTreeMap, BTreeSet};

use policy::ident::TableRef;
use policy::table::TablePolicy;

/// What is left out, in one sentence; `None` if every table is public or the asker's own.
pub(crate) fn note<'a>(
    tables: impl IntoIterator<Item = &'a TableRef>,
    policies: &BTreeMap<TableRef, TablePolicy>,
) -> Option<String> {
    let mut owners = BTreeSet::new();
    let (mut history, mut noise) = (false, false);
    let mut sizes: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for policy in tables.into_iter().filter_map(|table| policies.get(table)) {
        if policy.is_public() {
            continue;
        }
        owners.insert(policy.table.party.as_str());
        history |= policy.disclosure.history.value;
        noise |= policy.disclosure.noise.value;
        for unit in policy.units() {
            sizes
                .entry(unit.to_string())
                .or_default()
                .insert(policy.min_contributors(unit));
        }
    }
    let parts: Vec<String> = sizes
        .iter()
        .filter_map(|(unit, k)| Some(format!("{} {}", k.last()?, several(unit))))
        .collect();
    if parts.is_empty() {
        return None;
    }
    let place = place(&owners);
    let few = format!("fewer than {} at a {place}", parts.join(" or "));
    let changes = if history {
        format!("; changes by {few} are not shown")
    } else {
        String::new()
    };
    let noise = if noise {
        "; numbers carry noise, and the same question gets the same numbers"
    } else {
        ""
    };
    Some(format!("groups with {few} are left out{changes}{noise}"))
}

fn several(unit: &str) -> String {
    match unit {
        "person" => "people".to_owned(),
        unit if unit.ends_with('s') => unit.to_owned(),
        unit => format!("{}s", unit.replace('_', " ")),
    }
}

/// `bank` for `bank_a`, `bank_b`; `party` for names that have no kind in common.
fn place<'a>(owners: &BTreeSet<&'a str>) -> &'a str {
    let kinds: BTreeSet<&str> = owners
        .iter()
        .filter_map(|owner| owner.rsplit_once('_'))
        .map(|(kind, _)| kind)
        .collect();
    let all = owners.iter().all(|owner| owner.contains('_'));
    match kinds.first() {
        Some(kind) if all && kinds.len() == 1 => kind,
        Some(_) | None => "party",
    }
}
