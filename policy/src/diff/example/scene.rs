//! What is supposed around two versions of a policy: columns, parties, and their tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use chrono::NaiveDate;

use crate::capability::{Filter, Grain, Literal};
use crate::document::{ColumnRule, PolicyDocument};
use crate::draft::filter_written;
use crate::ident::{KeyDomain, PartyId, Purpose};
use crate::resolve::{ColumnKind, ColumnShape};

/// What a party may be called that no policy names.
const OUTSIDERS: [&str; 3] = ["somebody", "somebody_else", "an_outsider"];
/// What a purpose may be called that no policy names.
const OTHER_PURPOSES: [&str; 3] = ["anything", "anything_else", "another_purpose"];

/// A column that is supposed to be there.
#[derive(Debug, Clone)]
pub(super) struct SupposedColumn {
    /// The name or pattern of the rule that it stands for.
    pub(super) rule: String,
    /// Its name and kind.
    pub(super) shape: ColumnShape,
}

/// What is supposed.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Whose policy it is.
    pub owner: PartyId,
    /// All parties, the owner first.
    pub parties: Vec<PartyId>,
    /// Every purpose named, and one that is not.
    pub purposes: BTreeSet<Purpose>,
    /// Parties that have a table like this one, with its policy.
    pub policies: BTreeMap<PartyId, String>,
    pub(super) columns: Vec<SupposedColumn>,
    pub(super) supposed: Vec<PartyId>,
    pub(super) outsider: PartyId,
    pub(super) other_purpose: Purpose,
    pub(super) today: NaiveDate,
}

impl Scene {
    /// The columns of every table.
    #[must_use]
    pub fn shapes(&self) -> Vec<ColumnShape> {
        self.columns
            .iter()
            .map(|column| column.shape.clone())
            .collect()
    }
}

/// What is supposed around two versions; `None` if a name that it needs is taken.
#[must_use]
pub fn scene(
    old: &PolicyDocument,
    new: &PolicyDocument,
    owner: &PartyId,
    today: NaiveDate,
) -> Option<Scene> {
    let mut named = BTreeSet::new();
    let mut purposes = BTreeSet::new();
    let mut linked = BTreeSet::new();
    for document in [old, new] {
        let access = &document.access;
        let lists = access.ask.iter().chain(&access.receive);
        named.extend(lists.flat_map(|list| list.value.iter().cloned()));
        purposes.extend(
            access
                .purposes
                .iter()
                .flat_map(|list| list.value.iter().cloned()),
        );
        for consent in document.joins.values() {
            let lists = [&consent.with, &consent.many, &consent.crowds];
            linked.extend(lists.into_iter().flatten().cloned());
        }
        linked.extend(
            document
                .rules()
                .flat_map(|rule| rule.compare.iter().cloned()),
        );
    }
    named.extend(linked.iter().cloned());
    named.remove(owner);
    linked.remove(owner);
    let free = |name: &&str| !named.iter().any(|party| party.as_str() == *name);
    let outsider = OUTSIDERS
        .iter()
        .find(|name| free(name) && **name != owner.as_str())?;
    let outsider = PartyId::new(*outsider).ok()?;
    let free = |name: &&&str| !purposes.iter().any(|purpose| purpose.as_str() == **name);
    let other_purpose = Purpose::new(*OTHER_PURPOSES.iter().find(free)?).ok()?;
    purposes.insert(other_purpose.clone());
    let columns = columns(old, new);
    let policies = linked
        .iter()
        .map(|party| (party.clone(), counterpart(&columns, [old, new], owner)));
    let parties = [owner.clone()]
        .into_iter()
        .chain(named)
        .chain([outsider.clone()]);
    Some(Scene {
        owner: owner.clone(),
        parties: parties.collect(),
        purposes,
        policies: policies.collect(),
        columns,
        supposed: linked.into_iter().collect(),
        outsider,
        other_purpose,
        today,
    })
}

fn columns(old: &PolicyDocument, new: &PolicyDocument) -> Vec<SupposedColumn> {
    let mut columns: Vec<SupposedColumn> = Vec::new();
    for rule in new.rules().chain(old.rules()) {
        let pattern = &rule.pattern.value;
        let name = pattern.replace('*', "x");
        let known = |column: &SupposedColumn| column.rule == *pattern || column.shape.name == name;
        if columns.iter().any(known) {
            continue;
        }
        let rules = [new, old].map(|document| document.rule_for(&name));
        let kind = rules.iter().flatten().find_map(|rule| kind(rule));
        let shape = ColumnShape::new(name, kind.unwrap_or(ColumnKind::Text));
        columns.push(SupposedColumn {
            rule: pattern.clone(),
            shape,
        });
    }
    columns
}

/// The kind of value that a rule fits, where it tells.
fn kind(rule: &ColumnRule) -> Option<ColumnKind> {
    let of_grain = |grain: &Grain| match grain {
        Grain::Any => None,
        Grain::Number(_) => Some(ColumnKind::Decimal),
        Grain::Time { .. } => Some(ColumnKind::Timestamp),
    };
    let of_value = |value: &Literal| match value {
        Literal::Text(_) => ColumnKind::Text,
        Literal::Number(_) => ColumnKind::Decimal,
        Literal::Bool(_) => ColumnKind::Bool,
    };
    if rule.measure.is_some() {
        return Some(ColumnKind::Decimal);
    }
    let filter = rule.filter.as_ref().and_then(|filter| match &filter.value {
        Filter::Grain(grain) => of_grain(grain),
        Filter::Values(values) => values.first().map(of_value),
    });
    filter.or_else(|| {
        rule.dimension
            .as_ref()
            .and_then(|grain| of_grain(&grain.value))
    })
}

/// The policy of a table like this one, whose owner consents to whatever it is asked for.
fn counterpart(
    columns: &[SupposedColumn],
    [old, new]: [&PolicyDocument; 2],
    owner: &PartyId,
) -> String {
    let mut domains: BTreeSet<&KeyDomain> = BTreeSet::new();
    let mut rules = String::new();
    let mut unit = "unit = \"supposed\", ";
    for column in columns {
        let name = crate::contract::quoted(&column.shape.name);
        let found = [new, old].map(|document| document.rule_for(&column.shape.name));
        let found: Vec<&ColumnRule> = found.into_iter().flatten().filter(|r| !r.hidden).collect();
        let keys: BTreeSet<&KeyDomain> = found.iter().flat_map(|rule| &rule.join).collect();
        // writing to a String cannot fail
        if !keys.is_empty() {
            let list: Vec<String> = keys.iter().map(|key| format!("\"{key}\"")).collect();
            let _ = writeln!(rules, "{name} = {{ {unit}join = [{}] }}", list.join(", "));
            unit = "";
            domains.extend(keys);
        } else if let Some(filter) = found.iter().find_map(|rule| rule.filter.as_ref()) {
            let filter = filter_written(&filter.value);
            let _ = writeln!(
                rules,
                "{name} = {{ filter = {filter}, compare = [\"{owner}\"] }}"
            );
        }
    }
    let mut text = format!("policy = 1\ntable = \"{}\"\n", new.table.value);
    text.push_str("[disclosure]\njitter = false\nhistory = \"off\"\nnoise = \"off\"\n");
    for domain in domains {
        let _ = writeln!(
            text,
            "[joins.{domain}]\nwith = [\"{owner}\"]\nmany = [\"{owner}\"]\ncrowds = [\"{owner}\"]\nnegation = true"
        );
    }
    text.push_str("[columns]\n");
    text.push_str(&rules);
    text
}
