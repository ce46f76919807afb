//! What each column may be used for: what a new version changes.

use std::collections::BTreeSet;

use super::order::{bounds_within, filter_within, grain_within};
use super::{Facet, PolicyDiff};
use crate::document::{ColumnRule, DerivedColumn, PolicyDocument};
use crate::ident::{KeyDomain, PartyId};
use crate::resolve::ColumnShape;
use crate::words;

pub(super) fn compare(
    old: &PolicyDocument,
    new: &PolicyDocument,
    columns: Option<&[ColumnShape]>,
    diff: &mut PolicyDiff,
) {
    for name in names(old, new, columns) {
        one(&name, find(old, new, &name), find(new, old, &name), diff);
    }
    derived(old, new, diff);
    let keys = |document: &PolicyDocument| -> BTreeSet<Vec<String>> {
        document
            .unique
            .iter()
            .map(|key| key.value.clone())
            .collect()
    };
    if keys(old) != keys(new) {
        diff.changed.push("which keys must be unique".to_owned());
    }
}

/// The table's columns, or every name and pattern of both versions; then the derived ones.
fn names(
    old: &PolicyDocument,
    new: &PolicyDocument,
    columns: Option<&[ColumnShape]>,
) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let rules = old.columns.iter().chain(&new.columns);
    let mut rules: Vec<&ColumnRule> = rules.collect();
    if let Some(columns) = columns {
        names.extend(columns.iter().map(|column| column.name.clone()));
        rules.clear();
    }
    let derived = old.derive.iter().chain(&new.derive);
    for rule in rules
        .into_iter()
        .chain(derived.map(|derived| &derived.rule))
    {
        if !names.contains(&rule.pattern.value) {
            names.push(rule.pattern.value.clone());
        }
    }
    names
}

/// The rule about a name, if it shows something. A pattern is not about what the other version derives.
fn find<'d>(
    document: &'d PolicyDocument,
    other: &PolicyDocument,
    name: &str,
) -> Option<&'d ColumnRule> {
    let named = document.rules().find(|rule| rule.pattern.value == name);
    let matching = || {
        let own = other.derived(name).is_none();
        document.rule_for(name).filter(|_| own)
    };
    named.or_else(matching).filter(|rule| !rule.hidden)
}

fn one(name: &str, old: Option<&ColumnRule>, new: Option<&ColumnRule>, diff: &mut PolicyDiff) {
    let named = |what: &str| format!("`{name}` {what}");
    diff.say(
        old.is_some(),
        new.is_some(),
        named("is seen, and counted where it is not NULL"),
        Facet::Seen(name.to_owned()),
    );
    identity(name, old, new, diff);
    both_ways(
        old.and_then(|r| r.dimension.as_ref()).map(|p| &p.value),
        new.and_then(|r| r.dimension.as_ref()).map(|p| &p.value),
        grain_within,
        (diff, Facet::Dimension(name.to_owned())),
        |grain| named(&format!("leaves as a group key, {}", words::grain(grain))),
    );
    both_ways(
        old.and_then(|r| r.filter.as_ref()).map(|p| &p.value),
        new.and_then(|r| r.filter.as_ref()).map(|p| &p.value),
        filter_within,
        (diff, Facet::Filter(name.to_owned())),
        |filter| named(&format!("is filtered by {}", words::filter(filter))),
    );
    both_ways(
        old.and_then(|r| r.measure.as_ref()).map(|p| &p.value),
        new.and_then(|r| r.measure.as_ref()).map(|p| &p.value),
        bounds_within,
        (diff, Facet::Measure(name.to_owned())),
        |bounds| {
            named(&format!(
                "stands in sums, from {} to {}",
                bounds.low, bounds.high
            ))
        },
    );
    let cut = |rule: Option<&ColumnRule>| rule.and_then(|r| r.cut.as_ref().map(|cut| cut.value));
    if old.is_some() && new.is_some() && cut(old) != cut(new) {
        diff.changed.push(named("is cut elsewhere"));
    }
}

fn identity(name: &str, old: Option<&ColumnRule>, new: Option<&ColumnRule>, diff: &mut PolicyDiff) {
    let domains = |rule: Option<&ColumnRule>| -> BTreeSet<_> {
        rule.map(|r| r.join.iter().cloned().collect())
            .unwrap_or_default()
    };
    let linked = |domain: &KeyDomain| format!("`{name}` is linked as a key of `{domain}`");
    diff.sets(&domains(old), &domains(new), linked, |_| {
        Facet::Key(name.to_owned())
    });
    let partners = |rule: Option<&ColumnRule>| -> BTreeSet<_> {
        rule.map(|r| r.compare.iter().cloned().collect())
            .unwrap_or_default()
    };
    let compared = |party: &PartyId| format!("`{name}` is compared with columns of {party}");
    diff.sets(&partners(old), &partners(new), compared, |party| {
        Facet::Compared(name.to_owned(), party.clone())
    });
    let own = |rule: Option<&ColumnRule>| rule.is_some_and(|r| r.own);
    diff.say(
        own(old),
        own(new),
        format!("`{name}` is listed to its own party"),
        Facet::Agreed,
    );
    let (Some(old), Some(new)) = (old, new) else {
        return;
    };
    let unit = |rule: &ColumnRule| rule.unit.as_ref().map(|unit| unit.value.clone());
    if unit(old) != unit(new) {
        let said = unit(new).map_or("counts nobody any more".to_owned(), |unit| {
            format!("counts the unit `{unit}`")
        });
        diff.changed.push(format!("`{name}` {said}"));
    }
    if old.absent != new.absent {
        diff.changed
            .push(format!("which values of `{name}` are nobody"));
    }
    if old.unique != new.unique {
        diff.changed
            .push(format!("whether `{name}` must be unique"));
    }
}

/// Says the new value if it lets through more, and the old one if that let through more.
fn both_ways<T>(
    old: Option<&T>,
    new: Option<&T>,
    within: impl Fn(&T, &T) -> bool,
    (diff, facet): (&mut PolicyDiff, Facet),
    sentence: impl Fn(&T) -> String,
) {
    let covered = |inner: &T, outer: Option<&T>| outer.is_some_and(|outer| within(inner, outer));
    if let Some(new) = new
        && !covered(new, old)
    {
        diff.gain(sentence(new), facet);
    }
    if let Some(old) = old
        && !covered(old, new)
    {
        diff.no_longer.push(sentence(old));
    }
}

/// Derived columns whose values are others now, whatever they may be used for.
fn derived(old: &PolicyDocument, new: &PolicyDocument, diff: &mut PolicyDiff) {
    for is in &new.derive {
        let name = is.name();
        let same = |was: &DerivedColumn| was.derivation.same_text(&is.derivation);
        if old.derived(name).is_some_and(|was| !same(was)) {
            diff.changed
                .push(format!("`{name}` is computed in another way"));
        }
    }
}
