//! Reads grains (`20`, `"1 day"`, `"month"`) and literals.

use toml::de::DeValue;

use super::reader::{Reader, Value, decimal};
use crate::capability::{Grain, Literal, TimeUnit};
use crate::document::Placed;

const UNITS: &[(&str, TimeUnit)] = &[
    ("second", TimeUnit::Second),
    ("minute", TimeUnit::Minute),
    ("hour", TimeUnit::Hour),
    ("day", TimeUnit::Day),
    ("week", TimeUnit::Week),
    ("month", TimeUnit::Month),
    ("quarter", TimeUnit::Quarter),
    ("year", TimeUnit::Year),
];

impl Grain {
    /// Parses `"[n ]unit"`: `day`, `1 day`, `15 minutes`.
    #[must_use]
    pub fn parse_time(text: &str) -> Option<Self> {
        let (count, word) = match text.split_once(' ') {
            Some((count, word)) => (count.parse().ok().filter(|n: &u32| *n >= 1)?, word.trim()),
            None => (1, text),
        };
        let singular = word.strip_suffix('s').unwrap_or(word);
        let (_, unit) = UNITS.iter().find(|(name, _)| *name == singular)?;
        Some(Self::Time { count, unit: *unit })
    }
}

/// A number above zero or a span of time.
pub(super) fn grain(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    what: &str,
) -> Option<Placed<Grain>> {
    let grain = match value.get_ref() {
        DeValue::String(text) => Grain::parse_time(text),
        DeValue::Integer(_) | DeValue::Float(_) => decimal(value.get_ref())
            .filter(|d| d.is_positive())
            .map(Grain::Number),
        DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    };
    if grain.is_none() {
        let wanted = "a grain: a number above 0, or a time such as \"1 day\", \"month\"";
        reader.wrong_type(value, what, wanted);
    }
    Some(Placed {
        value: grain?,
        span: value.span(),
    })
}

/// `true`: any value; `false`: nothing; else a grain.
pub(super) fn any_or_grain(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    what: &str,
) -> Option<Placed<Grain>> {
    match value.get_ref() {
        DeValue::Boolean(true) => Some(Placed {
            value: Grain::Any,
            span: value.span(),
        }),
        DeValue::Boolean(false) => None,
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => grain(reader, value, what),
    }
}

/// A literal: text, number, truth value; a day or time is its text.
pub(super) fn literal(reader: &mut Reader<'_>, value: &Value<'_>, what: &str) -> Option<Literal> {
    let literal = match value.get_ref() {
        DeValue::String(text) => Some(Literal::Text(text.to_string())),
        DeValue::Boolean(flag) => Some(Literal::Bool(*flag)),
        DeValue::Datetime(moment) => Some(Literal::Text(moment.to_string())),
        DeValue::Integer(_) | DeValue::Float(_) => decimal(value.get_ref()).map(Literal::Number),
        DeValue::Array(_) | DeValue::Table(_) => None,
    };
    if literal.is_none() {
        reader.wrong_type(value, what, "a text, a number, true or false");
    }
    literal
}
