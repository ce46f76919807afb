//! Approved questions: their texts, which a contract pins word for word, and the terms of their owners.
//!
//! A policy names the file of a text; the file is read when the contract is drawn up, and from then on only the
//! contract's copy counts. So nobody can put another text under an approved name.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::ControlFlow;

use sqlparser::ast::{ObjectName, Query, Statement, visit_relations};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

use crate::capability::Literal;
use crate::document::{
    AnswerKind, Approval, MinContributors, OwnList, ParameterValues, PolicyDocument,
};
use crate::materialized;
use crate::number::Decimal;
use crate::obligation::Obligations;
use crate::problem::Problem;
use crate::table::TablePolicy;

impl PolicyDocument {
    /// Reads the texts of the approved questions; `read` is given each file as the policy names it.
    ///
    /// # Errors
    /// Every text that cannot be read or is no question, at the line that names it.
    pub fn read_texts(
        &mut self,
        read: impl Fn(&str) -> io::Result<String>,
    ) -> Result<(), Vec<Problem>> {
        let mut problems = Vec::new();
        for approval in &mut self.approve {
            let file = &approval.sql;
            let wrong = match read(&file.value) {
                Err(error) => format!("{} cannot be read: {error}", file.value),
                Ok(text) if bare(&text).is_empty() => format!("{} is empty", file.value),
                // Nothing else may get into a contract, which all parties see.
                Ok(text) => {
                    let Err(error) = question(bare(&text)) else {
                        approval.text = Some(bare(&text).to_owned());
                        continue;
                    };
                    format!("{}: {error}", file.value)
                }
            };
            let message = format!("the approved question `{}`: {wrong}", approval.name.value);
            let help = "`sql` names a file with one SELECT, relative to the policy";
            problems.push(Problem::error(&self.source, &file.span, message).with_help(help));
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }

    /// The texts that were read, by name.
    #[must_use]
    pub fn approved_texts(&self) -> BTreeMap<String, String> {
        let texts = self.approve.iter().filter_map(|approval| {
            let text = approval.text.clone()?;
            Some((approval.name.value.clone(), text))
        });
        texts.collect()
    }
}

/// The question that a text asks.
///
/// # Errors
/// In words, when it is not one query.
pub fn question(text: &str) -> Result<Query, String> {
    let (text, marks) = materialized::taken_out(text);
    let parsed = Parser::parse_sql(&GenericDialect {}, &text);
    let mut statements = parsed.map_err(|e| e.to_string())?;
    materialized::put_back(&mut statements, marks);
    match <[Statement; 1]>::try_from(statements) {
        Ok([Statement::Query(query)]) => Ok(*query),
        Ok(_) | Err(_) => Err("it is not one SELECT".to_owned()),
    }
}

/// The names of what a query reads, common table expressions among them, folded as SQL folds them.
#[must_use]
pub fn relations(query: &Query) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let walked = visit_relations(query, |name: &ObjectName| {
        let parts = name.0.iter().filter_map(|part| part.as_ident());
        let folded = parts.map(|ident| match ident.quote_style {
            Some(_) => ident.value.clone(),
            None => ident.value.to_lowercase(),
        });
        names.insert(folded.collect::<Vec<_>>().join("."));
        ControlFlow::<()>::Continue(())
    });
    debug_assert!(walked.is_continue(), "the visitor never breaks");
    names
}

/// A statement without what surrounds it.
fn bare(text: &str) -> &str {
    text.trim().trim_end_matches(';').trim_end()
}

impl Approval {
    /// Its terms, if it is a list about the recipient's own entities.
    #[must_use]
    pub fn own_list(&self) -> Option<&OwnList> {
        match &self.answer {
            AnswerKind::Own(list) => Some(list),
            AnswerKind::Aggregate => None,
        }
    }

    /// Whether both are aggregates, or lists of the same column with the same mirrors; their bounds may differ.
    #[must_use]
    pub fn answers_as(&self, other: &Self) -> bool {
        match (self.own_list(), other.own_list()) {
            (None, None) => true,
            (Some(a), Some(b)) => a.table == b.table && a.confirm == b.confirm,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// The policy with this question's terms in the place of its own; what the floors of policy and contract and the
    /// house rules ask stays.
    #[must_use]
    pub fn applied(&self, policy: &TablePolicy, floors: &Obligations) -> TablePolicy {
        let mut policy = policy.clone();
        if policy.is_public() {
            return policy;
        }
        let disclosure = &mut policy.disclosure;
        if let Some(k) = &self.min_contributors {
            disclosure.min_contributors = k.clone();
        }
        if self.support_waived {
            disclosure.min_contributors.value = MinContributors::every(1);
        }
        if let Some(floor) = &disclosure.floor {
            let least = MinContributors::every(floor.value);
            let k = &disclosure.min_contributors.value;
            disclosure.min_contributors.value = k.meet(&least);
        }
        if self.exact {
            disclosure.noise.value = false;
        }
        if self.history_off {
            disclosure.history.value = false;
        }
        disclosure.raise(&policy.least);
        disclosure.raise(floors);
        policy
    }

    /// What its owner gave up for it, in words.
    #[must_use]
    pub fn waivers(&self) -> Vec<&'static str> {
        let all = [
            (self.support_waived, "support is waived"),
            (self.history_off, "earlier answers are not looked at"),
            (self.exact, "numbers carry no noise"),
        ];
        all.into_iter()
            .filter_map(|(waived, words)| waived.then_some(words))
            .collect()
    }
}

impl OwnList {
    /// In words, for whoever signs it.
    #[must_use]
    pub fn in_words(&self) -> String {
        let pairs = self.confirm.iter();
        let mirrors = pairs.map(|(column, mirror)| format!("{column} as {mirror}"));
        format!(
            "lists own entities of {} to the party that owns them: at least {} entities of the others behind each, at most {} rows, \
             and only rows that another owner holds too ({})",
            self.table,
            self.others,
            self.rows,
            mirrors.collect::<Vec<_>>().join(", ")
        )
    }
}

impl ParameterValues {
    /// Whether a value is one of these.
    #[must_use]
    pub fn permit(&self, value: &Literal) -> bool {
        match (self, value) {
            (Self::List(values), value) => values.iter().any(|known| same(known, value)),
            (Self::Range { low, high, step }, Literal::Number(number)) => {
                low <= number && number <= high && on_grid(*low, *step, *number)
            }
            (Self::Range { .. }, Literal::Text(_) | Literal::Bool(_)) => false,
        }
    }

    /// The value as it is written here; `None` if it is not one of these.
    #[must_use]
    pub fn written(&self, value: &Literal) -> Option<Literal> {
        match (self, value) {
            (Self::List(values), value) => values.iter().find(|known| same(known, value)).cloned(),
            (Self::Range { step, .. }, Literal::Number(number)) if self.permit(value) => {
                let digits = number.at_scale(step.scale())?;
                Some(Literal::Number(Decimal::new(digits, step.scale())))
            }
            (Self::Range { .. }, _) => None,
        }
    }

    /// In words: `LU, DE, FR`, or `0 to 100 in steps of 10`.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::List(values) => {
                let words = values.iter().map(|value| match value {
                    Literal::Text(text) => text.clone(),
                    Literal::Number(number) => number.to_string(),
                    Literal::Bool(flag) => flag.to_string(),
                });
                words.collect::<Vec<_>>().join(", ")
            }
            Self::Range { low, high, step } => format!("{low} to {high} in steps of {step}"),
        }
    }
}

/// Equality of values: 10 is 10.0.
fn same(a: &Literal, b: &Literal) -> bool {
    match (a, b) {
        (Literal::Number(a), Literal::Number(b)) => a.cmp(b).is_eq(),
        (a, b) => a == b,
    }
}

fn on_grid(low: Decimal, step: Decimal, value: Decimal) -> bool {
    let scale = low.scale().max(step.scale()).max(value.scale());
    let units = |number: Decimal| number.at_scale(scale);
    match (units(low), units(step), units(value)) {
        (Some(low), Some(step), Some(value)) if step > 0 => value
            .checked_sub(low)
            .is_some_and(|offset| offset % step == 0),
        _too_large => false,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    const POLICY: &str = "policy = 1\ntable = \"t\"\n[disclosure]\nfloor = 4\n[columns]\nid = { unit = \"person\" }\n\
         [[approve]]\nname = \"q\"\nsql = \"q.sql\"\nmin_contributors = 3\nexact = true\n\
         [approve.parameters]\ncountry = [\"LU\", 7]\nleast = { range = [0, 1], step = 0.25 }\n";

    fn document() -> PolicyDocument {
        PolicyDocument::parse("t.policy.toml", POLICY).unwrap()
    }

    #[test]
    fn texts_are_read_bare_and_missing_ones_are_named_with_their_line() {
        let mut policy = document();
        policy
            .read_texts(|_| Ok("  SELECT 1 ;\n".to_owned()))
            .unwrap();
        assert_eq!(policy.approved_texts()["q"], "SELECT 1");
        let missing = |_: &str| Err(io::Error::from(io::ErrorKind::NotFound));
        let problems = document().read_texts(missing).unwrap_err();
        assert_eq!((problems.len(), problems[0].line), (1, 9));
        for text in [" ;", "root:x:0:0", "DROP TABLE t", "SELECT 1; SELECT 2"] {
            let read = document().read_texts(|_| Ok(text.to_owned()));
            assert!(read.is_err(), "{text}");
        }
    }

    #[test]
    fn parameters_take_the_values_that_are_written_and_no_others() {
        let policy = document();
        let parameters = &policy.approve[0].parameters;
        let number = |text: &str| Literal::Number(Decimal::parse(text).unwrap());
        let text = |text: &str| Literal::Text(text.to_owned());
        assert!(parameters["country"].permit(&text("LU")));
        assert!(parameters["country"].permit(&number("7.0")));
        assert!(!parameters["country"].permit(&text("KY")));
        for (value, permitted) in [("0", true), ("0.5", true), ("0.3", false), ("1.25", false)] {
            assert_eq!(
                parameters["least"].permit(&number(value)),
                permitted,
                "{value}"
            );
        }
        assert!(!parameters["least"].permit(&text("0")));
        assert_eq!(parameters["least"].in_words(), "0 to 1 in steps of 0.25");
    }
}
