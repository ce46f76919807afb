//! Reads `[rows]`: which rows exist, and for whom.

use std::ops::Range;

use toml::de::DeTable;

use super::reader::{Reader, Value};
use crate::document::{Placed, Rows, RowsOnly};
use crate::ident::PartyId;
use crate::sql;

pub(super) fn read(reader: &mut Reader<'_>, table: &DeTable<'_>, _: &Range<usize>) -> Rows {
    reader.only_keys(table, "[rows]", &["where", "only"]);
    let only = table
        .get("only")
        .and_then(|v| reader.list(v, "rows.only", one));
    Rows {
        predicate: table.get("where").and_then(|v| predicate(reader, v)),
        only: only.unwrap_or_default(),
    }
}

fn one(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<RowsOnly> {
    let table = reader.table(value, "rows.only")?;
    reader.only_keys(table, "[[rows.only]]", &["party", "where"]);
    let (Some(party), Some(clause)) = (table.get("party"), table.get("where")) else {
        let help = "name a party, or \"*\" for those not named, and the rows it may see";
        reader.error_help(
            &value.span(),
            "[[rows.only]] needs `party` and `where`",
            help,
        );
        return None;
    };
    let anybody = party.get_ref().as_str() == Some("*");
    let name = if anybody {
        None
    } else {
        reader.name(party, "party", PartyId::new)
    };
    let predicate = predicate(reader, clause)?;
    (anybody || name.is_some()).then(|| RowsOnly {
        party: name.map(|name| name.value),
        span: party.span(),
        predicate,
    })
}

/// One total SQL expression over the row.
pub(super) fn predicate(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Placed<String>> {
    let text = reader.text(value, "where")?;
    if let Err(error) = sql::check_expression(&text.value) {
        let place = sql::place_in_file(reader.source, &text, error.offset);
        reader.error_help(&place, error.message, error.help);
    }
    Some(text)
}
