//! One thing that a drafted policy lets through, and the text of many.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::capability::{Filter, Grain, Literal};
use crate::ident::{KeyDomain, PartyId, TableRef, UnitSpace};

/// What is granted. In this order: what is tried to be left out first stands first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// Values without noise.
    Exact,
    /// No memory of earlier answers.
    Unremembered,
    /// A sharp threshold.
    Unjittered,
    /// Who is absent may decide.
    Negation(KeyDomain),
    /// A key may repeat on the other side.
    Many(KeyDomain, PartyId),
    /// Rows of many people stand under another's name.
    Crowds(KeyDomain, PartyId),
    /// Rows are linked.
    With(KeyDomain, PartyId),
    /// Compared with columns of an owner.
    Compare(String, PartyId),
    /// Names groups of the answer.
    Dimension(String, Grain),
    /// Stands in conditions.
    Filter(String, Filter),
    /// Is summed.
    Measure(String, [i64; 2]),
    /// A key of a domain.
    Key(String, KeyDomain),
    /// Says whom a row is about.
    Unit(String, UnitSpace),
    /// Is seen at all.
    Seen(String),
}

/// A grant on a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) table: TableRef,
    pub(super) what: What,
}

impl What {
    /// Its place in the order of trying.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Exact => 0,
            Self::Unremembered => 1,
            Self::Unjittered => 2,
            Self::Negation(_) => 3,
            Self::Many(..) => 4,
            Self::Crowds(..) => 5,
            Self::With(..) => 6,
            Self::Compare(..) => 7,
            Self::Dimension(..) => 8,
            Self::Filter(..) => 9,
            Self::Measure(..) => 10,
            Self::Key(..) => 11,
            Self::Unit(..) => 12,
            Self::Seen(_) => 13,
        }
    }

    /// The key of the policy language that it is written with.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Self::Exact => "noise",
            Self::Unremembered => "history",
            Self::Unjittered => "jitter",
            Self::Negation(_) => "negation",
            Self::Many(..) => "many",
            Self::Crowds(..) => "crowds",
            Self::With(..) => "with",
            Self::Compare(..) => "compare",
            Self::Dimension(..) => "dimension",
            Self::Filter(..) => "filter",
            Self::Measure(..) => "measure",
            Self::Key(..) => "join",
            Self::Unit(..) => "unit",
            Self::Seen(_) => "{}",
        }
    }

    /// The column or domain that it is about; nothing for those of `[disclosure]`.
    pub(super) fn subject(&self) -> &str {
        match self {
            Self::Exact | Self::Unremembered | Self::Unjittered => "",
            Self::Negation(domain)
            | Self::Many(domain, _)
            | Self::Crowds(domain, _)
            | Self::With(domain, _) => domain.as_str(),
            Self::Compare(column, _)
            | Self::Dimension(column, _)
            | Self::Filter(column, _)
            | Self::Measure(column, _)
            | Self::Key(column, _)
            | Self::Unit(column, _)
            | Self::Seen(column) => column,
        }
    }

    /// The column that it is about, if it is about one.
    pub(super) fn about(&self) -> Option<&str> {
        (self.section() == Section::Columns).then(|| self.subject())
    }

    /// The section that it stands in.
    fn section(&self) -> Section {
        match self {
            Self::Exact | Self::Unremembered | Self::Unjittered => Section::Disclosure,
            Self::Negation(_) | Self::Many(..) | Self::Crowds(..) | Self::With(..) => {
                Section::Joins
            }
            Self::Compare(..)
            | Self::Dimension(..)
            | Self::Filter(..)
            | Self::Measure(..)
            | Self::Key(..)
            | Self::Unit(..)
            | Self::Seen(_) => Section::Columns,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Disclosure,
    Joins,
    Columns,
}

/// A grant with why it is there, once that is known.
pub(super) type Reasoned<'g> = (&'g Grant, Option<&'g str>);

/// What is the same for every grant of a table.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) head: String,
    pub(super) access: Vec<(&'static str, String)>,
    pub(super) derived: BTreeMap<String, String>,
    pub(super) absent: BTreeMap<String, String>,
}

/// The policy of one table that grants just these.
pub(super) fn text(table: &TableRef, frame: &Frame, grants: &[Reasoned<'_>]) -> String {
    let mine: Vec<Reasoned<'_>> = grants
        .iter()
        .filter(|(grant, _)| grant.table == *table)
        .copied()
        .collect();
    let of = |section| {
        mine.iter()
            .filter(move |(g, _)| g.what.section() == section)
    };
    let mut out = frame.head.clone();
    // writing to a String cannot fail
    let _ = write!(out, "policy = 1\ntable = \"{}\"\n\n[access]\n", table.table);
    for (key, value) in &frame.access {
        let _ = writeln!(out, "{key} = {value}");
    }
    out.push_str("\n[disclosure]\nmin_contributors = 10\n");
    for (grant, why) in of(Section::Disclosure) {
        let off = if grant.what == What::Unjittered {
            "false"
        } else {
            "\"off\""
        };
        remark(&mut out, grant.what.key(), *why);
        let _ = writeln!(out, "{} = {off}", grant.what.key());
    }
    let joins: Vec<_> = of(Section::Joins).copied().collect();
    for domain in subjects(&joins) {
        let _ = writeln!(out, "\n[joins.{domain}]");
        consent(&mut out, &joins, domain);
    }
    out.push_str("\n[columns]\n");
    let columns: Vec<_> = of(Section::Columns).copied().collect();
    let (made, own): (Vec<&str>, Vec<&str>) = subjects(&columns)
        .into_iter()
        .partition(|column| frame.derived.contains_key(*column));
    for column in own {
        rule(&mut out, &columns, column, frame);
    }
    if !made.is_empty() {
        out.push_str("\n[derive]\n");
    }
    for column in made {
        rule(&mut out, &columns, column, frame);
    }
    out
}

fn subjects<'g>(grants: &[Reasoned<'g>]) -> BTreeSet<&'g str> {
    grants
        .iter()
        .map(|(grant, _)| grant.what.subject())
        .collect()
}

fn remark(out: &mut String, key: &str, why: Option<&str>) {
    if let Some(why) = why {
        let _ = writeln!(out, "# {key}: {why}");
    }
}

/// Says once what several grants of a key have in common.
fn remarks(out: &mut String, grants: &[Reasoned<'_>], subject: &str, keys: &[&'static str]) {
    let mut said = BTreeSet::new();
    let about = grants.iter().filter(|(g, _)| g.what.subject() == subject);
    for (grant, why) in about.filter(|(g, _)| keys.contains(&g.what.key())) {
        if said.insert((grant.what.key(), *why)) {
            remark(out, grant.what.key(), *why);
        }
    }
}

fn consent(out: &mut String, grants: &[Reasoned<'_>], domain: &str) {
    let mut lists: BTreeMap<&str, Vec<String>> = BTreeMap::from([("with", Vec::new())]);
    let mut negation = false;
    for (grant, _) in grants.iter().filter(|(g, _)| g.what.subject() == domain) {
        match &grant.what {
            What::With(_, party) | What::Many(_, party) | What::Crowds(_, party) => {
                let list = lists.entry(grant.what.key()).or_default();
                list.push(format!("\"{party}\""));
            }
            _ => negation = true,
        }
    }
    for key in ["with", "many", "crowds"] {
        if let Some(list) = lists.get(key) {
            remarks(out, grants, domain, &[key]);
            let _ = writeln!(out, "{key} = [{}]", list.join(", "));
        }
    }
    if negation {
        remarks(out, grants, domain, &["negation"]);
        out.push_str("negation = true\n");
    }
}

fn rule(out: &mut String, grants: &[Reasoned<'_>], column: &str, frame: &Frame) {
    let order = [
        "unit",
        "join",
        "dimension",
        "filter",
        "compare",
        "measure",
        "{}",
    ];
    let mut parts: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (grant, _) in grants.iter().filter(|(g, _)| g.what.subject() == column) {
        let at = order.iter().position(|key| *key == grant.what.key());
        if let (Some(at), Some(value)) = (at, value(&grant.what)) {
            parts.entry(at).or_default().push(value);
        }
    }
    let written = parts.iter().filter_map(|(at, values)| {
        let key = order.get(*at)?;
        let value = if *key == "compare" || values.len() > 1 {
            format!("[{}]", values.join(", "))
        } else {
            values.concat()
        };
        Some(format!("{key} = {value}"))
    });
    let written: Vec<String> = written.collect();
    let only_seen = written.is_empty();
    remarks(
        out,
        grants,
        column,
        if only_seen { &order } else { &order[..6] },
    );
    let opaque = parts.keys().any(|at| *at < 2);
    let absent = frame.absent.get(column).filter(|_| opaque);
    let absent = absent.map(|values| format!("absent = {values}"));
    let made = frame.derived.get(column).cloned();
    let all: Vec<String> = made.into_iter().chain(written).chain(absent).collect();
    let _ = writeln!(out, "{} = {{ {} }}", key_of(column), all.join(", "));
}

/// A name as a key of TOML.
pub(super) fn key_of(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(plain) {
        name.to_owned()
    } else {
        crate::contract::quoted(name)
    }
}

fn value(what: &What) -> Option<String> {
    let quoted = |text: &str| format!("\"{text}\"");
    match what {
        What::Unit(_, space) => Some(quoted(space.as_str())),
        What::Key(_, domain) => Some(quoted(domain.as_str())),
        What::Dimension(_, by) => Some(grain(by)),
        What::Filter(_, filter) => Some(filter_written(filter)),
        What::Compare(_, party) => Some(quoted(party.as_str())),
        What::Measure(_, [low, high]) => Some(format!("[{low}, {high}]")),
        What::Exact
        | What::Unremembered
        | What::Unjittered
        | What::Negation(_)
        | What::Many(..)
        | What::Crowds(..)
        | What::With(..)
        | What::Seen(_) => None,
    }
}

fn grain(grain: &Grain) -> String {
    match grain {
        Grain::Any => "true".to_owned(),
        Grain::Number(step) => step.to_string(),
        Grain::Time { .. } => format!("\"{grain}\""),
    }
}

/// A filter as the policy language writes it.
pub(crate) fn filter_written(filter: &Filter) -> String {
    match filter {
        Filter::Grain(by) => grain(by),
        Filter::Values(listed) => values(listed),
    }
}

/// Values as the policy language lists them.
#[must_use]
pub fn values(values: &[Literal]) -> String {
    let all: Vec<String> = values.iter().map(literal).collect();
    format!("[{}]", all.join(", "))
}

fn literal(value: &Literal) -> String {
    match value {
        Literal::Text(text) => crate::contract::quoted(text),
        Literal::Number(number) => number.to_string(),
        Literal::Bool(flag) => flag.to_string(),
    }
}
