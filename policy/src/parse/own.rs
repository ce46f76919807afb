//! Reads what an approved question answers: aggregates, or a list about the recipient's own entities.
//!
//! A list is the sharpest tool of the language, so nothing of its terms has a default: who approves one says how many of
//! the others stand behind a row, how many rows leave, and by what a made-up row is told from a real one.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::reader::{Reader, Value};
use crate::document::{AnswerKind, OwnList};
use crate::ident::TableName;

const FORM: &str = "write `answer = { own = \"transactions\", others = 3 }`, `rows = 50` and \
     `confirm = { uetr = \"uetr\", account_id = \"counterparty_account\" }`";

/// What a question answers, from its table; what only lists have is refused elsewhere.
pub(super) fn answer(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Option<AnswerKind> {
    let Some(value) = table.get("answer") else {
        return aggregate(reader, table);
    };
    match value.get_ref() {
        DeValue::Table(own) => list(reader, table, value, own),
        DeValue::String(word) if word.as_ref() == "own" => {
            let message = "a list needs `own` and `others`";
            reader.error_help(&value.span(), message, FORM);
            None
        }
        _word => {
            reader.word(value, "answer", &[("aggregate", ())])?;
            aggregate(reader, table)
        }
    }
}

fn aggregate(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Option<AnswerKind> {
    let mut plain = Some(AnswerKind::Aggregate);
    for what in ["rows", "confirm"] {
        if let Some(value) = table.get(what) {
            let message = format!("`{what}` is of lists about own entities, and this is none");
            reader.error_help(&value.span(), message, FORM);
            plain = None;
        }
    }
    plain
}

fn list(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    value: &Value<'_>,
    own: &DeTable<'_>,
) -> Option<AnswerKind> {
    reader.only_keys(own, "`answer`", &["own", "others"]);
    let named = own.get("own").zip(own.get("others"));
    let bounds = table.get("rows").zip(table.get("confirm"));
    let (Some((own, others)), Some((rows, confirm))) = (named, bounds) else {
        let message = "a list needs `own`, `others`, `rows` and `confirm`";
        reader.error_help(&value.span(), message, FORM);
        return None;
    };
    for (what, why) in [
        ("min_contributors", "a list counts `others`"),
        ("support", "a list is never told without `others`"),
    ] {
        if let Some(value) = table.get(what) {
            let message = format!("`{what}` is not of lists about own entities");
            reader.error_help(&value.span(), message, why);
        }
    }
    let own = reader.name(own, "own", TableName::new);
    let others = reader.whole(others, "others", 1..=u32::MAX);
    let rows = reader.whole(rows, "rows", 1..=u32::MAX);
    let confirm = mirror(reader, confirm);
    Some(AnswerKind::Own(OwnList {
        table: own?.value,
        others: others?.value,
        rows: rows?.value,
        confirm: confirm?,
    }))
}

/// A reference that both sides hold, and the entity: with one alone, a row could be made up.
fn mirror(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<BTreeMap<String, String>> {
    let table = reader.table(value, "confirm")?;
    let mut pairs = BTreeMap::new();
    for (column, mirror) in table {
        let name: &std::borrow::Cow<'_, str> = column.get_ref();
        pairs.insert(name.to_string(), reader.text(mirror, "confirm")?.value);
    }
    if pairs.len() < 2 {
        let message = "`confirm` needs the own column and a reference that both sides hold";
        reader.error_help(&value.span(), message, FORM);
        return None;
    }
    Some(pairs)
}
