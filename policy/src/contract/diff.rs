//! What a new version of a contract changes, in words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::{Contract, Member};

impl Contract {
    /// Every change from `self` to `next`, a sentence each; empty when nothing changes.
    #[must_use]
    pub fn diff(&self, next: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        heads(self, next, &mut lines);
        sets("purpose", &self.purposes, &next.purposes, &mut lines);
        sets("recipient", &self.recipients, &next.recipients, &mut lines);
        sets(
            "accepted engine",
            &self.measurements,
            &next.measurements,
            &mut lines,
        );
        let (before, after) = (self.floors.in_words(), next.floors.in_words());
        lines.extend(
            before
                .iter()
                .filter(|f| !after.contains(f))
                .map(|f| format!("no longer a floor: {f}")),
        );
        lines.extend(
            after
                .iter()
                .filter(|f| !before.contains(f))
                .map(|f| format!("new floor: {f}")),
        );
        members(&self.parties, &next.parties, &mut lines);
        maps(
            "table",
            &self.tables,
            &next.tables,
            "is under another policy",
            &mut lines,
        );
        maps(
            "approved question",
            &texts(self),
            &texts(next),
            "has another text",
            &mut lines,
        );
        maps(
            "view",
            &self.views,
            &next.views,
            "has another text",
            &mut lines,
        );
        lines
    }
}

/// The approved texts by `TABLE NAME`.
fn texts(contract: &Contract) -> BTreeMap<String, &String> {
    let each = contract.approved.iter().flat_map(|(table, texts)| {
        let named = texts.iter();
        named.map(move |(name, text)| (format!("`{name}` of {table}"), text))
    });
    each.collect()
}

fn heads(old: &Contract, new: &Contract, lines: &mut Vec<String>) {
    if old.name != new.name {
        lines.push(format!(
            "it is renamed from `{}` to `{}`",
            old.name, new.name
        ));
    }
    match (old.lab, new.lab) {
        (false, true) => lines
            .push("simulated evidence is now accepted: NOTHING IS ATTESTED any more".to_owned()),
        (true, false) => lines.push("simulated evidence is no longer accepted".to_owned()),
        (true, true) | (false, false) => {}
    }
    if old.expires != new.expires {
        let day =
            |day: Option<chrono::NaiveDate>| day.map_or("never".to_owned(), |day| day.to_string());
        lines.push(format!(
            "it ends {} instead of {}",
            day(new.expires),
            day(old.expires)
        ));
    }
}

fn sets<T: Ord + Display>(
    what: &str,
    old: &BTreeSet<T>,
    new: &BTreeSet<T>,
    lines: &mut Vec<String>,
) {
    lines.extend(
        new.difference(old)
            .map(|item| format!("new {what}: {item}")),
    );
    lines.extend(
        old.difference(new)
            .map(|item| format!("no longer a {what}: {item}")),
    );
}

fn maps<K: Ord + Display, V: PartialEq>(
    what: &str,
    old: &BTreeMap<K, V>,
    new: &BTreeMap<K, V>,
    changed: &str,
    lines: &mut Vec<String>,
) {
    lines.extend(
        new.keys()
            .filter(|k| !old.contains_key(k))
            .map(|k| format!("new {what}: {k}")),
    );
    lines.extend(
        old.keys()
            .filter(|k| !new.contains_key(k))
            .map(|k| format!("{what} {k} is gone")),
    );
    let both = old
        .iter()
        .filter_map(|(k, v)| new.get(k).map(|w| (k, v, w)));
    lines.extend(
        both.filter(|(_, v, w)| v != w)
            .map(|(k, ..)| format!("{what} {k} {changed}")),
    );
}

fn members(
    old: &BTreeMap<crate::ident::PartyId, Member>,
    new: &BTreeMap<crate::ident::PartyId, Member>,
    lines: &mut Vec<String>,
) {
    let joined = new.keys().filter(|party| !old.contains_key(party));
    lines.extend(joined.map(|party| format!("{party} joins")));
    lines.extend(
        old.keys()
            .filter(|p| !new.contains_key(p))
            .map(|party| format!("{party} leaves")),
    );
    for (party, was) in old {
        let Some(is) = new.get(party) else {
            continue;
        };
        if was.identity != is.identity {
            lines.push(format!("{party} has another identity key"));
        }
        if was.recipient != is.recipient {
            lines.push(format!("answers for {party} are sealed to another key"));
        }
        if (&was.broker, &was.broker_pin) != (&is.broker, &is.broker_pin) {
            lines.push(format!("{party} has another key broker"));
        }
        if was.seed != is.seed {
            lines.push(format!(
                "{party} commits to another seed: what it was told before is not remembered"
            ));
        }
        sets(
            &format!("analyst of {party}"),
            &was.analysts,
            &is.analysts,
            lines,
        );
    }
}
