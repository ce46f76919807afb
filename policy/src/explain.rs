//! A policy in plain words: who may ask, what is left out, and what each column is good for.

mod column;

use std::fmt;
use std::ops::Range;

use serde::Serialize;

use crate::document::{Budget, Disclosure, Mode, OwnerAccess, Placed, PolicyDocument};
use crate::ident::Purpose;
use crate::resolve::ColumnShape;
use crate::words;

/// A policy in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The table.
    pub table: String,
    /// Who may ask, receive, why and until when.
    pub access: Vec<String>,
    /// What is done to answers.
    pub disclosure: Vec<String>,
    /// Which rows exist.
    pub rows: Vec<String>,
    /// With whom rows are linked.
    pub joins: Vec<String>,
    /// Columns, in order.
    pub columns: Vec<ColumnWords>,
}

/// One column, or pattern of columns, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnWords {
    /// Its name.
    pub name: String,
    /// What it may be used for; of a hidden one, that it is.
    pub says: Vec<String>,
}

/// Puts a policy into words; with `columns`, every column of the table, hidden ones too.
#[must_use]
pub fn explain(document: &PolicyDocument, columns: Option<&[ColumnShape]>) -> Explanation {
    let mut disclosure = if document.is_public() {
        vec!["the table is public: whoever may ask reads every visible row".to_owned()]
    } else {
        disclosure(document)
    };
    disclosure.extend(lists(document));
    Explanation {
        table: document.table.value.to_string(),
        access: access(document),
        disclosure,
        rows: rows(document),
        joins: joins(document),
        columns: column::all(document, columns),
    }
}

fn access(document: &PolicyDocument) -> Vec<String> {
    let (source, access) = (&document.source, &document.access);
    let every = "every party of the contract";
    let ask = access.ask.as_ref();
    let receive = access.receive.as_ref().or(ask);
    let list = |list: Option<&Placed<Vec<_>>>| match list {
        None => every.to_owned(),
        Some(list) => {
            let parties = words::parties(&list.value, "nobody but the owner");
            parties + &source.whence(&list.span)
        }
    };
    let mut lines = vec![
        format!("asked by: {}", list(ask)),
        format!("answers go to: {}", list(receive)),
    ];
    if let Some(purposes) = &access.purposes {
        let names = purposes.value.iter().map(Purpose::as_str);
        let names: Vec<&str> = names.collect();
        let whence = source.whence(&purposes.span);
        lines.push(format!("only for: {}{whence}", names.join(", ")));
    }
    if let Some(until) = &access.until {
        let whence = source.whence(&until.span);
        lines.push(format!("until {}{whence}", until.value));
    }
    let owner = match access.owner {
        OwnerAccess::Full => {
            "the owner alone may ask anything of its own tables, hidden columns aside"
        }
        OwnerAccess::Policy => "the owner is held to this policy too",
    };
    let whence = access.owner_at.as_ref().map(|at| source.whence(at));
    lines.push(format!("{owner}{}", whence.unwrap_or_default()));
    lines
}

fn disclosure(document: &PolicyDocument) -> Vec<String> {
    let (source, disclosure) = (&document.source, &document.disclosure);
    let mut lines = Vec::new();
    let mut say = |at: &Range<usize>, says: String| lines.push(says + &source.whence(at));
    let mode = &disclosure.mode;
    match mode.value {
        Mode::Statistical => {}
        Mode::Template => say(
            &mode.span,
            "only approved questions are answered".to_owned(),
        ),
        Mode::Dp => return private(document),
    }
    let k = &disclosure.min_contributors;
    let fewer = k.value.in_words();
    let says = format!("groups with fewer than {fewer} contributors are left out");
    say(&k.span, says);
    if let Some(floor) = &disclosure.floor {
        say(&floor.span, format!("nobody goes below {}", floor.value));
    }
    for (switch, on, off) in switches(disclosure) {
        say(
            &switch.span,
            (if switch.value { on } else { off }).to_owned(),
        );
    }
    let dominance = &disclosure.dominance;
    if dominance.value > 0 {
        let percent = dominance.value;
        let says = format!("sums that one contributor dominates ({percent} %) are left out");
        say(&dominance.span, says);
    }
    let pool = &disclosure.pool;
    if !pool.value.is_empty() {
        let with = words::parties(&pool.value, "");
        let says = format!("entities are counted together with those of {with}, where they agree");
        say(&pool.span, says);
    }
    if let Some(questions) = &disclosure.questions {
        say(&questions.span, budget(&questions.value));
    }
    lines
}

/// What differential privacy promises, and from what budget. Thresholds, history and sticky noise have no part in it.
fn private(document: &PolicyDocument) -> Vec<String> {
    let (source, disclosure) = (&document.source, &document.disclosure);
    let mut lines = Vec::new();
    let mut say = |at: &Range<usize>, says: String| lines.push(says + &source.whence(at));
    say(
        &disclosure.mode.span,
        "answers are differentially private".to_owned(),
    );
    if let Some(dp) = &disclosure.dp {
        for says in dp.value.in_words() {
            say(&dp.span, says);
        }
    }
    if let Some(questions) = &disclosure.questions {
        say(&questions.span, budget(&questions.value));
    }
    lines
}

/// What is done to answers or not, and the words for either.
fn switches(disclosure: &Disclosure) -> [(&Placed<bool>, &'static str, &'static str); 3] {
    [
        (
            &disclosure.jitter,
            "the test for that is blurred, never below it",
            "the test for that is exact",
        ),
        (
            &disclosure.history,
            "changes by a few contributors are not shown: the earlier answer is returned",
            "earlier answers are not remembered: two of them may differ by one contributor",
        ),
        (
            &disclosure.noise,
            "values carry noise, the same each time",
            "values are exact",
        ),
    ]
}

/// The lists about own entities that the owner approved: what leaves by them are no aggregates.
fn lists(document: &PolicyDocument) -> Vec<String> {
    let each = document.approve.iter();
    let lists = each.filter_map(|approval| {
        let words = approval.own_list()?.in_words();
        Some(format!("approved `{}` {words}", approval.name.value))
    });
    lists.collect()
}

fn budget(budget: &Budget) -> String {
    format!(
        "at most {} fresh statistics a party and {}",
        budget.count, budget.per
    )
}

fn rows(document: &PolicyDocument) -> Vec<String> {
    let rows = &document.rows;
    let mut lines: Vec<String> = rows
        .predicate
        .iter()
        .map(|p| format!("only rows with {} exist", p.value))
        .collect();
    lines.extend(rows.only.iter().map(|only| {
        let who = only
            .party
            .as_ref()
            .map_or("everybody else", |party| party.as_str());
        format!("for {who}, only rows with {}", only.predicate.value)
    }));
    lines
}

fn joins(document: &PolicyDocument) -> Vec<String> {
    let mut lines = Vec::new();
    for (domain, consent) in &document.joins {
        lines.push(format!(
            "rows may be linked on `{domain}` with {}",
            words::parties(&consent.with, "nobody")
        ));
        if !consent.many.is_empty() {
            let many = words::parties(&consent.many, "");
            lines.push(format!("there, {many} may have several rows for a key"));
        }
        if !consent.crowds.is_empty() {
            let crowds = words::parties(&consent.crowds, "");
            lines.push(format!(
                "there, rows of many of its people may be worked out under one name of {crowds}"
            ));
        }
        if consent.negation {
            lines.push("there, rows without a match may be counted".to_owned());
        }
    }
    lines
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.table)?;
        let sections = [
            ("Access", &self.access),
            ("Answers", &self.disclosure),
            ("Rows", &self.rows),
            ("Links", &self.joins),
        ];
        for (title, lines) in sections.into_iter().filter(|(_, lines)| !lines.is_empty()) {
            writeln!(f, "\n{title}")?;
            for line in lines {
                writeln!(f, "  {line}")?;
            }
        }
        writeln!(f, "\nColumns")?;
        let width = self
            .columns
            .iter()
            .map(|c| c.name.chars().count())
            .max()
            .unwrap_or(0)
            .min(32);
        for column in &self.columns {
            writeln!(f, "  {:<width$}  {}", column.name, column.says.join("; "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::resolve::{ColumnKind, ColumnShape};

    #[test]
    fn the_example_in_words() {
        let text = include_str!("../tests/fixtures/bank_a_transactions.policy.toml");
        let document = PolicyDocument::parse("t", text).unwrap();
        let columns = [
            ColumnShape::new("amount", ColumnKind::Decimal),
            ColumnShape::new("note", ColumnKind::Text),
        ];
        assert_eq!(
            explain(&document, Some(&columns)).to_string(),
            "transactions\n\n\
             Access\n  asked by: every party of the contract\n  answers go to: every party of the contract\n  \
             the owner alone may ask anything of its own tables, hidden columns aside\n\n\
             Answers\n  groups with fewer than 10 contributors are left out\n  the test for that is exact\n  \
             earlier answers are not remembered: two of them may differ by one contributor\n  values are exact\n\n\
             Links\n  rows may be linked on `a_person` with bank_a, bank_b, mallory\n  \
             there, bank_a, bank_b may have several rows for a key\n  \
             rows may be linked on `acct` with bank_a, bank_b, mallory\n  \
             there, bank_a, bank_b may have several rows for a key\n\n\
             Columns\n  amount  filtered by multiples of 1000; inside sums and averages, clamped to 0 to 300000\n  \
             note    hidden: not listed\n"
        );
        let whole = explain(&document, None);
        assert_eq!(whole.columns.len(), 9);
        assert_eq!(whole.columns.first().unwrap().says, ["hidden"]);
    }
}
