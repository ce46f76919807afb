//! Reads TOML values into the policy's types, collecting every error with its place.
//!
//! A method that returns `None` has said why; the caller goes on with the rest of the file.

use std::ops::Range;

use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue};

use crate::document::{Placed, PolicySource};
use crate::ident::NameError;
use crate::number::Decimal;
use crate::problem::{Problem, nearest, sorted};

/// A value of the file with its place.
pub(crate) type Value<'i> = Spanned<DeValue<'i>>;

/// Collects what is wrong with one file.
#[derive(Debug)]
pub(crate) struct Reader<'s> {
    /// The file.
    pub(crate) source: &'s PolicySource,
    /// What was wrong so far.
    pub(crate) problems: Vec<Problem>,
}

/// Parses the syntax; every syntax error at once.
pub(crate) fn parse_toml(source: &PolicySource) -> Result<Spanned<DeTable<'_>>, Vec<Problem>> {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    if errors.is_empty() {
        return Ok(table);
    }
    let end = source.text.len();
    let found = errors.iter().map(|error| {
        let span = error.span().unwrap_or(end..end);
        Problem::error(source, &span, format!("not TOML: {}", error.message()))
    });
    Err(sorted(found.collect()))
}

impl<'s> Reader<'s> {
    pub(crate) fn new(source: &'s PolicySource) -> Self {
        Self {
            source,
            problems: Vec::new(),
        }
    }

    pub(crate) fn error(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.problems
            .push(Problem::error(self.source, span, message));
    }

    pub(crate) fn error_help(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.problems
            .push(Problem::error(self.source, span, message).with_help(help));
    }

    /// Refuses keys that the language does not have at this place.
    pub(crate) fn only_keys(&mut self, table: &DeTable<'_>, place: &str, known: &[&str]) {
        for key in table.keys() {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let help = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("{place} has {}", known.join(", ")),
            };
            self.error_help(&key.span(), format!("{place} has no key `{name}`"), help);
        }
    }

    /// A sub-table.
    pub(crate) fn table<'t, 'i>(
        &mut self,
        value: &'t Value<'i>,
        what: &str,
    ) -> Option<&'t DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(value, what, "a table");
        }
        table
    }

    /// A list, each element read by `read`; elements that fail are left out (and reported).
    pub(crate) fn list<T>(
        &mut self,
        value: &Value<'_>,
        what: &str,
        mut read: impl FnMut(&mut Self, &Value<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, what, "a list in [ ]");
            return None;
        };
        Some(
            array
                .iter()
                .filter_map(|element| read(self, element))
                .collect(),
        )
    }

    pub(crate) fn text(&mut self, value: &Value<'_>, what: &str) -> Option<Placed<String>> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong_type(value, what, "a text in quotes");
        }
        Some(Placed {
            value: text?,
            span: value.span(),
        })
    }

    pub(crate) fn flag(&mut self, value: &Value<'_>, what: &str) -> Option<Placed<bool>> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(value, what, "true or false");
        }
        Some(Placed {
            value: flag?,
            span: value.span(),
        })
    }

    /// A whole number within a range.
    pub(crate) fn whole(
        &mut self,
        value: &Value<'_>,
        what: &str,
        range: std::ops::RangeInclusive<u32>,
    ) -> Option<Placed<u32>> {
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|integer| u32::from_str_radix(integer.as_str(), integer.radix()).ok());
        if let Some(number) = number.filter(|n| range.contains(n)) {
            Some(Placed {
                value: number,
                span: value.span(),
            })
        } else {
            let (low, high) = (range.start(), range.end());
            let wanted = if *high == u32::MAX {
                format!("a whole number, at least {low}")
            } else {
                format!("a whole number from {low} to {high}")
            };
            self.wrong_type(value, what, &wanted);
            None
        }
    }

    /// An exact number, integer or float, as written.
    pub(crate) fn number(&mut self, value: &Value<'_>, what: &str) -> Option<Placed<Decimal>> {
        let number = decimal(value.get_ref());
        if number.is_none() {
            self.wrong_type(
                value,
                what,
                "a number of at most 18 digits on each side of the point",
            );
        }
        Some(Placed {
            value: number?,
            span: value.span(),
        })
    }

    /// A name of some kind, checked by its constructor.
    pub(crate) fn name<T>(
        &mut self,
        value: &Value<'_>,
        what: &str,
        make: impl FnOnce(String) -> Result<T, NameError>,
    ) -> Option<Placed<T>> {
        let text = self.text(value, what)?;
        match make(text.value) {
            Ok(name) => Some(Placed {
                value: name,
                span: text.span,
            }),
            Err(error) => {
                self.error(&text.span, format!("{what}: {error}"));
                None
            }
        }
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy>(
        &mut self,
        value: &Value<'_>,
        what: &str,
        words: &[(&str, T)],
    ) -> Option<Placed<T>> {
        let found = value.get_ref().as_str().and_then(|text| {
            words
                .iter()
                .find(|(word, _)| *word == text)
                .map(|(_, meaning)| *meaning)
        });
        if let Some(meaning) = found {
            Some(Placed {
                value: meaning,
                span: value.span(),
            })
        } else {
            let wanted: Vec<String> = words
                .iter()
                .map(|(word, _)| format!("\"{word}\""))
                .collect();
            self.wrong_type(value, what, &wanted.join(" or "));
            None
        }
    }

    /// "`what` is `wanted`, not …".
    pub(crate) fn wrong_type(&mut self, value: &Value<'_>, what: &str, wanted: &str) {
        let found = describe(value.get_ref());
        self.error(
            &value.span(),
            format!("`{what}` must be {wanted}, not {found}"),
        );
    }
}

fn describe(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) if text.chars().count() <= 40 => format!("{text:?}"),
        DeValue::String(_) => "a long text".to_owned(),
        DeValue::Integer(integer) => integer.to_string(),
        DeValue::Float(float) => float.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// The exact number a TOML integer or float was written as.
pub(crate) fn decimal(value: &DeValue<'_>) -> Option<Decimal> {
    match value {
        DeValue::Integer(integer) => {
            let whole = i128::from_str_radix(integer.as_str(), integer.radix()).ok()?;
            Some(Decimal::new(whole, 0)).filter(|d| d.fits())
        }
        DeValue::Float(float) => Decimal::parse_scientific(float.as_str()).filter(|d| d.fits()),
        DeValue::String(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    }
}
