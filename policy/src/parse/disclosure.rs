//! Reads `[disclosure]`: thresholds and what is done to values before they leave.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::access::parties;
use super::reader::{Reader, Value};
use crate::document::{Budget, DEFAULT_K, Disclosure, Dp, MinContributors, Mode, Placed};
use crate::ident::UnitSpace;
use crate::number::Decimal;

const KEYS: &[&str] = &[
    "mode",
    "min_contributors",
    "floor",
    "jitter",
    "pool",
    "history",
    "noise",
    "variance",
    "questions",
    "dominance",
    "dp",
];
const MODES: &[(&str, Mode)] = &[
    ("template", Mode::Template),
    ("statistical", Mode::Statistical),
    ("dp", Mode::Dp),
];
const PERIODS: &[(&str, &str)] = &[
    ("day", "day"),
    ("week", "week"),
    ("month", "month"),
    ("year", "year"),
];

pub(super) fn read(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    header: &Range<usize>,
) -> Disclosure {
    reader.only_keys(table, "[disclosure]", KEYS);
    let mut disclosure = Disclosure::defaults(header);
    set(
        &mut disclosure.mode,
        table
            .get("mode")
            .and_then(|v| reader.word(v, "mode", MODES)),
    );
    let k = table
        .get("min_contributors")
        .and_then(|v| min_contributors(reader, v));
    set(&mut disclosure.min_contributors, k);
    disclosure.floor = table
        .get("floor")
        .and_then(|v| reader.whole(v, "floor", 1..=u32::MAX));
    set(
        &mut disclosure.jitter,
        table.get("jitter").and_then(|v| reader.flag(v, "jitter")),
    );
    set(
        &mut disclosure.pool,
        table.get("pool").map(|v| pool(reader, v)),
    );
    let history = table
        .get("history")
        .and_then(|v| on_off(reader, v, "history", "snap"));
    set(&mut disclosure.history, history);
    let noise = table
        .get("noise")
        .and_then(|v| on_off(reader, v, "noise", "sticky"));
    set(&mut disclosure.noise, noise);
    set(
        &mut disclosure.variance,
        table
            .get("variance")
            .and_then(|v| positive(reader, v, "variance")),
    );
    disclosure.questions = table
        .get("questions")
        .and_then(|v| budget(reader, v, "questions"));
    set(
        &mut disclosure.dominance,
        table.get("dominance").and_then(|v| percent(reader, v)),
    );
    disclosure.dp = table.get("dp").and_then(|v| dp(reader, v));
    if disclosure.mode.value == Mode::Dp && table.get("dp").is_none() {
        let help = "write its unit, epsilon, total_epsilon, delta and max_groups";
        let span = disclosure.mode.span.clone();
        reader.error_help(&span, "mode \"dp\" needs [disclosure.dp]", help);
    }
    disclosure
}

fn set<T>(place: &mut Placed<T>, value: Option<Placed<T>>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn on_off(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    what: &str,
    on: &str,
) -> Option<Placed<bool>> {
    reader.word(value, what, &[(on, true), ("off", false)])
}

fn pool(reader: &mut Reader<'_>, value: &Value<'_>) -> Placed<Vec<crate::ident::PartyId>> {
    Placed {
        value: parties(reader, value, "pool"),
        span: value.span(),
    }
}

fn percent(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Placed<u8>> {
    let whole = reader.whole(value, "dominance", 0..=100)?;
    let percent = u8::try_from(whole.value).ok()?;
    Some(Placed {
        value: percent,
        span: whole.span,
    })
}

/// A number above zero.
pub(crate) fn positive(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    what: &str,
) -> Option<Placed<Decimal>> {
    let number = reader.number(value, what)?;
    if !number.value.is_positive() {
        reader.wrong_type(value, what, "a number above 0");
        return None;
    }
    Some(number)
}

/// k for every unit, or by unit.
pub(super) fn min_contributors(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
) -> Option<Placed<MinContributors>> {
    let what = "min_contributors";
    let Some(table) = value.get_ref().as_table() else {
        let k = reader.whole(value, what, 1..=u32::MAX)?;
        return Some(Placed {
            value: MinContributors::every(k.value),
            span: k.span,
        });
    };
    let mut by_unit = BTreeMap::new();
    for (key, k) in table {
        let k = reader.whole(k, what, 1..=u32::MAX);
        match UnitSpace::new(key.get_ref().as_ref()) {
            Ok(unit) => {
                by_unit.extend(k.map(|k| (unit, k.value)));
            }
            Err(error) => reader.error(&key.span(), format!("{what}: {error}")),
        }
    }
    Some(Placed {
        value: MinContributors {
            default: DEFAULT_K,
            by_unit,
        },
        span: value.span(),
    })
}

/// `{ count = 500, per = "month" }`.
pub(super) fn budget(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    what: &str,
) -> Option<Placed<Budget>> {
    let table = reader.table(value, what)?;
    reader.only_keys(table, &format!("`{what}`"), &["count", "per"]);
    let (Some(count), Some(per)) = (table.get("count"), table.get("per")) else {
        let help = format!("write `{what} = {{ count = 500, per = \"month\" }}`");
        reader.error_help(
            &value.span(),
            format!("`{what}` needs `count` and `per`"),
            help,
        );
        return None;
    };
    let count = reader.whole(count, "count", 0..=u32::MAX);
    let per = reader.word(per, "per", PERIODS);
    Some(Placed {
        value: Budget {
            count: count?.value,
            per: per?.value.to_owned(),
        },
        span: value.span(),
    })
}

fn dp(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Placed<Dp>> {
    let table = reader.table(value, "dp")?;
    let known = [
        "unit",
        "epsilon",
        "total_epsilon",
        "delta",
        "max_groups",
        "max_rows",
    ];
    reader.only_keys(table, "[disclosure.dp]", &known);
    let missing: Vec<&str> = known
        .iter()
        .copied()
        .filter(|k| *k != "max_rows")
        .filter(|k| table.get(*k).is_none())
        .collect();
    if !missing.is_empty() {
        reader.error(
            &value.span(),
            format!("[disclosure.dp] needs {}", missing.join(", ")),
        );
    }
    let unit = table
        .get("unit")
        .and_then(|v| reader.name(v, "unit", UnitSpace::new));
    let epsilon = table
        .get("epsilon")
        .and_then(|v| positive(reader, v, "epsilon"));
    let total = table
        .get("total_epsilon")
        .and_then(|v| positive(reader, v, "total_epsilon"));
    let delta = table.get("delta").and_then(|v| delta(reader, v));
    let groups = table
        .get("max_groups")
        .and_then(|v| reader.whole(v, "max_groups", 1..=u32::MAX));
    let rows = table
        .get("max_rows")
        .and_then(|v| reader.whole(v, "max_rows", 1..=u32::MAX));
    let (epsilon, total) = (epsilon?, total?);
    if epsilon.value > total.value {
        reader.error(
            &epsilon.span,
            "one query would spend more than `total_epsilon`",
        );
    }
    Some(Placed {
        value: Dp {
            unit: unit?.value,
            epsilon: epsilon.value,
            total_epsilon: total.value,
            delta: delta?,
            max_groups: groups?.value,
            max_rows: rows.map(|rows| rows.value),
        },
        span: value.span(),
    })
}

/// δ as written: it may be smaller than the language's numbers, and must lie between 0 and 1.
fn delta(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<String> {
    let text = match value.get_ref() {
        DeValue::Float(float) => Some(float.as_str().to_owned()),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    };
    let inside = |text: &String| text.parse::<f64>().is_ok_and(|d| d > 0.0 && d < 1.0);
    let delta = text.filter(inside);
    if delta.is_none() {
        reader.wrong_type(value, "delta", "between 0 and 1, such as 1e-6");
    }
    delta
}
