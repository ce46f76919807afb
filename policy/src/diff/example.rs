//! Questions that a gain might let in: made up from the policies alone, tried by whoever has a judge.
//!
//! A policy does not say what its table holds nor what others bring, so that both are supposed: columns
//! of the kind that their rules fit, and for every party named a table like this one that consents to
//! whatever its owner is asked for. An example is shown only if the old policy really refuses it and
//! the new one lets it in.

mod scene;
mod words;

use chrono::{Days, NaiveDate};

pub use scene::{Scene, scene};

use super::Facet;
use crate::document::PolicyDocument;
use crate::ident::{KeyDomain, PartyId, Purpose};
use words::{conditions, groups, quoted};

/// A question in its circumstances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The question.
    pub sql: String,
    /// The party that asks.
    pub asker: PartyId,
    /// The party that receives.
    pub recipient: PartyId,
    /// What for.
    pub purpose: Option<Purpose>,
    /// The day.
    pub on: NaiveDate,
}

/// Questions that show a gain, the plainest first; the first that the old policy refuses and the new one
/// lets in is an example.
#[must_use]
pub fn examples(
    scene: &Scene,
    old: &PolicyDocument,
    new: &PolicyDocument,
    facet: &Facet,
) -> Vec<Example> {
    let make = Make { scene, old, new };
    let base = make.base();
    let count = || vec![make.count()];
    let with = |change: &dyn Fn(&mut Example)| {
        let mut example = base.clone();
        example.sql = make.count();
        change(&mut example);
        vec![example]
    };
    match facet {
        Facet::Asker(who) => with(&|e| {
            e.asker = who.clone().unwrap_or_else(|| scene.outsider.clone());
            if make.receives(new, &e.asker) {
                e.recipient = e.asker.clone();
            }
        }),
        Facet::Receiver(who) => with(&|e| {
            e.recipient = who.clone().unwrap_or_else(|| scene.outsider.clone());
        }),
        Facet::Purpose(what) => with(&|e| {
            e.purpose = Some(what.clone().unwrap_or_else(|| scene.other_purpose.clone()));
        }),
        Facet::After(day) => with(&|e| {
            let next = day.checked_add_days(Days::new(1)).unwrap_or(*day);
            e.on = next.max(scene.today);
        }),
        Facet::OwnerFree => make.of_owner(&base),
        Facet::Public => make.each(&base, vec![format!("SELECT * FROM {}", make.table())]),
        Facet::Unapproved => make.each(&base, count()),
        Facet::Seen(column) => make.each(&base, make.seen(column)),
        Facet::Key(column) => make.each(&base, make.key(column)),
        Facet::Dimension(column) => make.each(&base, make.dimension(column)),
        Facet::Filter(column) => make.each(&base, make.filter(column)),
        Facet::Measure(column) => make.each(&base, make.measure(column)),
        Facet::Compared(column, party) => make.each(&base, make.compared(column, party)),
        Facet::Linked(domain, party) => make.each(&base, make.linked(domain, party)),
        Facet::Crowds(domain, party) => make.each(&base, make.crowds(domain, party)),
        Facet::Negation(domain) => make.each(&base, make.absent(domain)),
        Facet::Answers | Facet::Agreed => Vec::new(),
    }
}

struct Make<'m> {
    scene: &'m Scene,
    old: &'m PolicyDocument,
    new: &'m PolicyDocument,
}

impl Make<'_> {
    fn table(&self) -> String {
        format!("{}.{}", self.scene.owner, self.new.table.value)
    }

    fn of(&self, party: &PartyId) -> String {
        format!("{party}.{}", self.new.table.value)
    }

    fn count(&self) -> String {
        format!("SELECT count(*) AS n FROM {}", self.table())
    }

    fn receives(&self, document: &PolicyDocument, party: &PartyId) -> bool {
        let access = &document.access;
        let listed = access.receive.as_ref().or(access.ask.as_ref());
        *party == self.scene.owner || listed.is_none_or(|list| list.value.contains(party))
    }

    /// Circumstances that both versions allow, as far as there are any.
    fn base(&self) -> Example {
        let asks = |document: &PolicyDocument, party: &PartyId| {
            let ask = document.access.ask.as_ref();
            ask.is_none_or(|list| list.value.contains(party))
        };
        let others = self
            .scene
            .parties
            .iter()
            .filter(|p| **p != self.scene.owner);
        let others: Vec<&PartyId> = others.collect();
        let first = |fits: &dyn Fn(&PartyId) -> bool| others.iter().find(|p| fits(p)).copied();
        let both = first(&|p| asks(self.old, p) && asks(self.new, p));
        let asker = both.or_else(|| first(&|p| asks(self.new, p)));
        let asker = asker.unwrap_or(&self.scene.owner);
        let fits = |p: &PartyId| self.receives(self.old, p) && self.receives(self.new, p);
        let recipient = if fits(asker) {
            Some(asker)
        } else {
            first(&fits)
        };
        let listed = |document: &PolicyDocument| {
            let purposes = document.access.purposes.as_ref();
            purposes.map(|purposes| purposes.value.clone())
        };
        let (was, is) = (listed(self.old), listed(self.new));
        let common = was.as_ref().and_then(|was| {
            let fits = |p: &&Purpose| is.as_ref().is_none_or(|is| is.contains(*p));
            was.iter().find(fits).cloned()
        });
        let purpose = common.or_else(|| is.and_then(|is| is.first().cloned()));
        let until = |document: &PolicyDocument| document.access.until.as_ref().map(|u| u.value);
        let days = [until(self.old), until(self.new), Some(self.scene.today)];
        Example {
            sql: String::new(),
            asker: asker.clone(),
            recipient: recipient.unwrap_or(asker).clone(),
            purpose,
            on: days.into_iter().flatten().min().unwrap_or(self.scene.today),
        }
    }

    fn each(&self, base: &Example, texts: Vec<String>) -> Vec<Example> {
        let one = |sql| Example {
            sql,
            ..base.clone()
        };
        debug_assert!(self.scene.parties.contains(&base.asker));
        texts.into_iter().map(one).collect()
    }

    fn of_owner(&self, base: &Example) -> Vec<Example> {
        let mut base = base.clone();
        base.asker = self.scene.owner.clone();
        base.recipient = self.scene.owner.clone();
        self.each(&base, vec![format!("SELECT * FROM {}", self.table())])
    }

    /// The columns that a rule of either version is about, under the names that they are supposed to have.
    fn columns(&self, named: &str) -> Vec<&str> {
        let mine = self
            .scene
            .columns
            .iter()
            .filter(|column| column.rule == named);
        mine.map(|column| column.shape.name.as_str()).collect()
    }

    fn seen(&self, named: &str) -> Vec<String> {
        let table = self.table();
        let one = |column: &str| format!("SELECT count({}) AS n FROM {table}", quoted(column));
        self.columns(named).into_iter().map(one).collect()
    }

    fn measure(&self, named: &str) -> Vec<String> {
        let table = self.table();
        let one = |column: &str| format!("SELECT sum({}) AS total FROM {table}", quoted(column));
        self.columns(named).into_iter().map(one).collect()
    }

    fn dimension(&self, named: &str) -> Vec<String> {
        let table = self.table();
        let mut texts = Vec::new();
        for column in self.columns(named) {
            let rule = self.new.rule_for(column);
            let grain = rule.and_then(|rule| rule.dimension.as_ref());
            for key in groups(column, grain.map(|grain| &grain.value)) {
                texts.push(format!(
                    "SELECT {key} AS part, count(*) AS n FROM {table} GROUP BY 1"
                ));
            }
        }
        texts
    }

    fn filter(&self, named: &str) -> Vec<String> {
        let count = self.count();
        let mut texts = Vec::new();
        for column in self
            .scene
            .columns
            .iter()
            .filter(|column| column.rule == named)
        {
            let rule = self.new.rule_for(&column.shape.name);
            let filter = rule.and_then(|rule| rule.filter.as_ref());
            for condition in conditions(&column.shape, filter.map(|filter| &filter.value)) {
                texts.push(format!("{count} WHERE {condition}"));
            }
        }
        texts
    }

    fn key(&self, named: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for column in self.columns(named) {
            let table = self.table();
            texts.push(format!(
                "SELECT count(DISTINCT {}) AS n FROM {table}",
                quoted(column)
            ));
            for party in &self.scene.supposed {
                texts.extend(self.join(column, party));
            }
            for other in self.scene.columns.iter().filter(|c| c.shape.name != column) {
                let (a, b) = (quoted(column), quoted(&other.shape.name));
                texts.push(format!(
                    "SELECT count(*) AS n FROM {table} a JOIN {table} b ON b.{b} = a.{a}"
                ));
            }
        }
        texts
    }

    /// Links with a party on a column: with all of its rows, and with one row for each key.
    fn join(&self, column: &str, party: &PartyId) -> [String; 2] {
        let (key, table, other) = (quoted(column), self.table(), self.of(party));
        [
            format!("SELECT count(*) AS n FROM {table} a JOIN {other} b ON b.{key} = a.{key}"),
            format!(
                "SELECT count(*) AS n FROM {table} a JOIN (SELECT {key}, count(*) AS m FROM {other} GROUP BY {key}) b ON b.{key} = a.{key}"
            ),
        ]
    }

    /// Columns that are keys of a domain under the new policy.
    fn keys(&self, domain: Option<&KeyDomain>) -> Vec<&str> {
        let columns = self.scene.columns.iter().map(|c| c.shape.name.as_str());
        let is_key = |name: &&str| {
            let rule = self.new.rule_for(name).filter(|rule| !rule.hidden);
            rule.is_some_and(|rule| match domain {
                Some(domain) => rule.join.contains(domain),
                None => !rule.join.is_empty(),
            })
        };
        columns.filter(is_key).collect()
    }

    fn linked(&self, domain: &KeyDomain, party: &PartyId) -> Vec<String> {
        let keys = self.keys(Some(domain)).into_iter();
        let links = keys.map(|key| self.join(key, party));
        let (mut one, mut other): (Vec<String>, Vec<String>) = links.map(|[a, b]| (a, b)).unzip();
        one.append(&mut other);
        one
    }

    fn crowds(&self, domain: &KeyDomain, party: &PartyId) -> Vec<String> {
        let (table, other) = (self.table(), self.of(party));
        let keys = self.keys(Some(domain)).into_iter().map(quoted);
        let texts = keys.map(|key| {
            format!(
                "SELECT count(*) AS n FROM (SELECT b.{key} FROM {table} a JOIN {other} b ON b.{key} = a.{key} GROUP BY 1) g"
            )
        });
        texts.collect()
    }

    fn absent(&self, domain: &KeyDomain) -> Vec<String> {
        let mut texts = Vec::new();
        for key in self.keys(Some(domain)) {
            let own = self.scene.owner.clone();
            for party in self.scene.supposed.iter().chain([&own]) {
                let (table, other, key) = (self.table(), self.of(party), quoted(key));
                texts.push(format!(
                    "SELECT count(*) AS n FROM {table} a WHERE NOT EXISTS (SELECT 1 FROM {other} b WHERE b.{key} = a.{key})"
                ));
            }
        }
        texts
    }

    fn compared(&self, named: &str, party: &PartyId) -> Vec<String> {
        let mut texts = Vec::new();
        for column in self.columns(named) {
            for key in self.keys(None) {
                let [join, _] = self.join(key, party);
                let column = quoted(column);
                texts.push(format!("{join} WHERE b.{column} > a.{column}"));
            }
        }
        texts
    }
}
