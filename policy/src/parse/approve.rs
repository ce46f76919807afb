//! Reads `[[approve]]`: questions whose text the owner has read and agreed to.

use std::collections::BTreeMap;

use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue};

use super::disclosure::{budget, min_contributors};
use super::grain::{grain, literal};
use super::own;
use super::reader::{Reader, Value};
use crate::document::{Approval, ParameterValues};

const KEYS: &[&str] = &[
    "name",
    "sql",
    "min_contributors",
    "exact",
    "answer",
    "runs",
    "rows",
    "confirm",
    "settled",
    "history",
    "support",
    "parameters",
];

pub(super) fn read_all(reader: &mut Reader<'_>, root: &DeTable<'_>) -> Vec<Approval> {
    let list = root
        .get("approve")
        .and_then(|v| reader.list(v, "approve", read));
    list.unwrap_or_default()
}

fn read(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Approval> {
    let table = reader.table(value, "approve")?;
    reader.only_keys(table, "[[approve]]", KEYS);
    let (Some(name), Some(sql)) = (table.get("name"), table.get("sql")) else {
        let help = "name the question and the file with its text";
        reader.error_help(&value.span(), "[[approve]] needs `name` and `sql`", help);
        return None;
    };
    let name = reader.text(name, "name");
    let sql = reader.text(sql, "sql");
    let answer = own::answer(reader, table);
    let exact = table.get("exact").and_then(|v| reader.flag(v, "exact"));
    let runs = table.get("runs").and_then(|v| budget(reader, v, "runs"));
    let settled = table
        .get("settled")
        .and_then(|v| grain(reader, v, "settled"));
    let history = table
        .get("history")
        .and_then(|v| reader.word(v, "history", &[("snap", false), ("off", true)]));
    let support = table
        .get("support")
        .and_then(|v| reader.word(v, "support", &[("waived", true)]));
    Some(Approval {
        min_contributors: table
            .get("min_contributors")
            .and_then(|v| min_contributors(reader, v)),
        parameters: table
            .get("parameters")
            .map(|v| parameters(reader, v))
            .unwrap_or_default(),
        name: name?,
        sql: sql?,
        text: None,
        exact: exact.is_some_and(|flag| flag.value),
        answer: answer?,
        runs: runs.map(|runs| runs.value),
        history_off: history.is_some_and(|off| off.value),
        support_waived: support.is_some_and(|waived| waived.value),
        settled: settled.map(|settled| settled.value),
    })
}

fn parameters(reader: &mut Reader<'_>, value: &Value<'_>) -> BTreeMap<String, ParameterValues> {
    let Some(table) = reader.table(value, "parameters") else {
        return BTreeMap::new();
    };
    let named = |(name, value): (&Spanned<_>, &Value<'_>)| {
        let name: &std::borrow::Cow<'_, str> = name.get_ref();
        parameter(reader, value).map(|values| (name.to_string(), values))
    };
    table.iter().filter_map(named).collect()
}

fn parameter(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<ParameterValues> {
    let DeValue::Table(table) = value.get_ref() else {
        let list = reader.list(value, "parameters", |reader, v| {
            literal(reader, v, "parameters")
        })?;
        return Some(ParameterValues::List(list));
    };
    reader.only_keys(table, "a parameter", &["range", "step"]);
    let range = table.get("range").and_then(|v| v.get_ref().as_array());
    let bounds = range.and_then(|array| Some((array.first()?, array.get(1)?, array.len() == 2)));
    let (Some((low, high, true)), Some(step)) = (bounds, table.get("step")) else {
        let help = "write a list of values, or `{ range = [0, 100], step = 10 }`";
        reader.error_help(&value.span(), "a parameter needs its values", help);
        return None;
    };
    let low = reader.number(low, "range");
    let high = reader.number(high, "range");
    let step = super::disclosure::positive(reader, step, "step");
    let (low, high, step) = (low?.value, high?.value, step?.value);
    if low > high {
        reader.error(
            &value.span(),
            format!("the range is empty: {low} is above {high}"),
        );
        return None;
    }
    Some(ParameterValues::Range { low, high, step })
}
