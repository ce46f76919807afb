//! Reads `[columns]`: what each column, or pattern of columns, may be used for.

use std::ops::Range;

use serde_spanned::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::access::parties;
use super::disclosure::positive;
use super::grain::{any_or_grain, literal};
use super::reader::{Reader, Value};
use crate::capability::{Bounds, Filter};
use crate::document::{ColumnRule, Placed};
use crate::ident::{KeyDomain, UnitSpace};

/// The keys of one column.
pub(super) const KEYS: &[&str] = &[
    "hidden",
    "unit",
    "join",
    "absent",
    "unique",
    "dimension",
    "filter",
    "compare",
    "measure",
    "cut",
    "own",
];

pub(super) fn read_all(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    _: &Range<usize>,
) -> Vec<ColumnRule> {
    table
        .iter()
        .filter_map(|(name, value)| read(reader, name, value, KEYS))
        .collect()
}

/// One rule; `known` are the keys its place allows.
pub(super) fn read(
    reader: &mut Reader<'_>,
    name: &Spanned<DeString<'_>>,
    value: &Value<'_>,
    known: &[&str],
) -> Option<ColumnRule> {
    let table = reader.table(value, name.get_ref())?;
    reader.only_keys(table, "a column", known);
    let mut rule = ColumnRule::bare(Placed {
        value: name.get_ref().to_string(),
        span: name.span(),
    });
    identity(reader, table, &mut rule);
    uses(reader, table, &mut rule);
    Some(rule)
}

fn identity(reader: &mut Reader<'_>, table: &DeTable<'_>, rule: &mut ColumnRule) {
    rule.hidden = flag(reader, table, "hidden");
    rule.unit = table
        .get("unit")
        .and_then(|v| reader.name(v, "unit", UnitSpace::new));
    rule.join = table
        .get("join")
        .map(|v| domains(reader, v))
        .unwrap_or_default();
    rule.absent = table
        .get("absent")
        .and_then(|v| reader.list(v, "absent", |reader, v| literal(reader, v, "absent")))
        .unwrap_or_default();
    rule.unique = flag(reader, table, "unique");
    rule.own = flag(reader, table, "own");
}

fn uses(reader: &mut Reader<'_>, table: &DeTable<'_>, rule: &mut ColumnRule) {
    rule.dimension = table
        .get("dimension")
        .and_then(|v| any_or_grain(reader, v, "dimension"));
    rule.filter = table.get("filter").and_then(|v| filter(reader, v));
    rule.compare = table
        .get("compare")
        .map(|v| parties(reader, v, "compare"))
        .unwrap_or_default();
    rule.measure = table.get("measure").and_then(|v| measure(reader, v));
    rule.cut = table.get("cut").and_then(|v| positive(reader, v, "cut"));
}

fn flag(reader: &mut Reader<'_>, table: &DeTable<'_>, what: &str) -> bool {
    table
        .get(what)
        .and_then(|v| reader.flag(v, what))
        .is_some_and(|flag| flag.value)
}

fn domains(reader: &mut Reader<'_>, value: &Value<'_>) -> Vec<KeyDomain> {
    let one = |reader: &mut Reader<'_>, v: &Value<'_>| {
        reader
            .name(v, "join", KeyDomain::new)
            .map(|name| name.value)
    };
    if value.get_ref().is_array() {
        reader.list(value, "join", one).unwrap_or_default()
    } else {
        one(reader, value).into_iter().collect()
    }
}

fn filter(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Placed<Filter>> {
    let DeValue::Array(values) = value.get_ref() else {
        let grain = any_or_grain(reader, value, "filter")?;
        return Some(Placed {
            value: Filter::Grain(grain.value),
            span: grain.span,
        });
    };
    if values.is_empty() {
        let help = "list the values that may be asked for, or leave `filter` out";
        reader.error_help(&value.span(), "`filter` lists no value", help);
    }
    let values = reader.list(value, "filter", |reader, v| literal(reader, v, "filter"))?;
    Some(Placed {
        value: Filter::Values(values),
        span: value.span(),
    })
}

fn measure(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Placed<Bounds>> {
    let help = "write `measure = [lowest, highest]`; values outside are clamped";
    let pair = match value
        .get_ref()
        .as_array()
        .map(|array| array.iter().collect::<Vec<_>>())
    {
        Some(list) => <[&Value<'_>; 2]>::try_from(list).ok(),
        None => None,
    };
    let Some([low, high]) = pair else {
        reader.error_help(&value.span(), "`measure` needs two bounds", help);
        return None;
    };
    let low = reader.number(low, "measure");
    let high = reader.number(high, "measure");
    let bounds = Bounds {
        low: low?.value,
        high: high?.value,
    };
    if bounds.low >= bounds.high {
        let message = format!(
            "the lower bound {} is not below {}",
            bounds.low, bounds.high
        );
        reader.error_help(&value.span(), message, help);
        return None;
    }
    Some(Placed {
        value: bounds,
        span: value.span(),
    })
}
