//! Values in their canonical spacing; a list with comments inside stays as it is.

use toml_edit::{Array, InlineTable, Value};

/// Lines longer than this put a list's elements below each other.
const LONGEST: usize = 120;

/// A value as text, given how wide the key before it is.
pub(super) fn value(value: &Value, indent: usize) -> String {
    if has_comment(value) {
        let mut bare = value.clone();
        bare.decor_mut().clear();
        return bare.to_string().trim().to_owned();
    }
    let line = inline(value);
    match value {
        Value::Array(array) if indent.saturating_add(line.chars().count()) > LONGEST => {
            stacked(array)
        }
        Value::Array(_)
        | Value::InlineTable(_)
        | Value::String(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_) => line,
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::Array(array) => {
            let items: Vec<String> = array.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::InlineTable(table) => fields(table),
        Value::String(text) => text.display_repr().into_owned(),
        Value::Integer(number) => number.display_repr().into_owned(),
        Value::Float(number) => number.display_repr().into_owned(),
        Value::Boolean(flag) => flag.display_repr().into_owned(),
        Value::Datetime(moment) => moment.display_repr().into_owned(),
    }
}

fn fields(table: &InlineTable) -> String {
    let fields: Vec<String> = table
        .get_values()
        .into_iter()
        .map(|(path, value)| {
            let name: Vec<String> = path
                .iter()
                .map(|key| key.display_repr().into_owned())
                .collect();
            format!("{} = {}", name.join("."), inline(value))
        })
        .collect();
    if fields.is_empty() {
        "{}".to_owned()
    } else {
        format!("{{ {} }}", fields.join(", "))
    }
}

fn stacked(array: &Array) -> String {
    let items: Vec<String> = array
        .iter()
        .map(|item| format!("    {},", inline(item)))
        .collect();
    format!("[\n{}\n]", items.join("\n"))
}

fn has_comment(value: &Value) -> bool {
    match value {
        Value::Array(array) => {
            let after = array
                .trailing()
                .as_str()
                .is_some_and(|raw| raw.contains('#'));
            after || array.iter().any(|item| beside(item) || has_comment(item))
        }
        Value::InlineTable(table) => {
            let after = table
                .trailing()
                .as_str()
                .is_some_and(|raw| raw.contains('#'));
            let keys = table.get_values().iter().any(|(path, value)| {
                let above = path
                    .iter()
                    .any(|key| said(key.leaf_decor()) || said(key.dotted_decor()));
                above || beside(value) || has_comment(value)
            });
            after || keys
        }
        Value::String(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_) => false,
    }
}

fn beside(value: &Value) -> bool {
    said(value.decor())
}

fn said(decor: &toml_edit::Decor) -> bool {
    let has = |raw: Option<&toml_edit::RawString>| {
        raw.and_then(|raw| raw.as_str())
            .is_some_and(|raw| raw.contains('#'))
    };
    has(decor.prefix()) || has(decor.suffix())
}
