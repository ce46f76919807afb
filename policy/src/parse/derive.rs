//! Reads `[derive]`: columns that the owner computes at sealing.

use std::ops::Range;

use serde_spanned::Spanned;
use toml::de::{DeString, DeTable};

use super::column;
use super::reader::{Reader, Value};
use crate::document::{Derivation, DerivedColumn, Lookup, Placed};
use crate::ident::TableName;
use crate::sql;

pub(super) fn read(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    _: &Range<usize>,
) -> Vec<DerivedColumn> {
    table
        .iter()
        .filter_map(|(name, value)| one(reader, name, value))
        .collect()
}

fn one(
    reader: &mut Reader<'_>,
    name: &Spanned<DeString<'_>>,
    value: &Value<'_>,
) -> Option<DerivedColumn> {
    let known: Vec<&str> = column::KEYS
        .iter()
        .copied()
        .chain(["sql", "lookup", "on"])
        .collect();
    let rule = column::read(reader, name, value, &known)?;
    if rule.is_pattern() {
        reader.error(&name.span(), "a derived column has one name, not a pattern");
    }
    let table = value.get_ref().as_table()?;
    let derivation = derivation(reader, table, &value.span())?;
    Some(DerivedColumn { derivation, rule })
}

fn derivation(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    span: &Range<usize>,
) -> Option<Derivation> {
    match (table.get("sql"), table.get("lookup"), table.get("on")) {
        (Some(text), None, None) => expression(reader, text).map(Derivation::Sql),
        (None, Some(from), Some(on)) => {
            let from = reader.text(from, "lookup");
            let on = reader.text(on, "on");
            lookup(reader, from?, on?).map(Derivation::Lookup)
        }
        _ => {
            let help = "write `sql = \"amount % 1000 = 0\"`, or `lookup = \"table.column\"` with `on = \"table.key = column\"`";
            reader.error_help(
                span,
                "a derived column needs `sql`, or `lookup` and `on`",
                help,
            );
            None
        }
    }
}

fn lookup(reader: &mut Reader<'_>, from: Placed<String>, on: Placed<String>) -> Option<Lookup> {
    let path = sql::names_of(&from.value);
    let path = path.and_then(|path| <[String; 2]>::try_from(path).ok());
    let named = path.and_then(|[table, value]| Some((TableName::new(table).ok()?, value)));
    let Some((table, value)) = named else {
        let help =
            "write the other table and the column to fetch: `lookup = \"accounts.customer_id\"`";
        reader.error_help(&from.span, "`lookup` is no `table.column`", help);
        return None;
    };
    let Some((key, column)) = sql::key_equality(&on.value, table.as_str()) else {
        let message = format!("`on` is no `{table}.key = column`");
        let help = "write which column of this table holds the other table's key";
        reader.error_help(&on.span, message, help);
        return None;
    };
    Some(Lookup {
        from,
        on,
        table,
        value,
        key,
        column,
    })
}

fn expression(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Placed<String>> {
    let text = reader.text(value, "sql")?;
    if let Err(error) = sql::check_expression(&text.value) {
        let place = sql::place_in_file(reader.source, &text, error.offset);
        reader.error_help(&place, error.message, error.help);
    }
    Some(text)
}
