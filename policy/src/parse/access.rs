//! Reads `[access]`: who may ask, receive, why and until when.

use std::ops::Range;

use chrono::NaiveDate;
use toml::de::{DeTable, DeValue};

use super::reader::{Reader, Value};
use crate::document::{Access, OwnerAccess, Placed};
use crate::ident::{PartyId, Purpose};

const KEYS: &[&str] = &["ask", "receive", "purposes", "until", "owner"];

pub(super) fn read(reader: &mut Reader<'_>, table: &DeTable<'_>, _: &Range<usize>) -> Access {
    reader.only_keys(table, "[access]", KEYS);
    let owner = table.get("owner").and_then(|value| {
        reader.word(
            value,
            "owner",
            &[("full", OwnerAccess::Full), ("policy", OwnerAccess::Policy)],
        )
    });
    Access {
        ask: table.get("ask").map(|v| parties_placed(reader, v, "ask")),
        receive: table
            .get("receive")
            .map(|v| parties_placed(reader, v, "receive")),
        purposes: table.get("purposes").and_then(|v| purposes(reader, v)),
        until: table.get("until").and_then(|v| date(reader, v, "until")),
        owner: owner.as_ref().map(|o| o.value).unwrap_or_default(),
        owner_at: owner.map(|o| o.span),
    }
}

/// A list of parties.
pub(super) fn parties(reader: &mut Reader<'_>, value: &Value<'_>, what: &str) -> Vec<PartyId> {
    let list = reader.list(value, what, |reader, element| {
        reader
            .name(element, what, PartyId::new)
            .map(|name| name.value)
    });
    list.unwrap_or_default()
}

fn parties_placed(reader: &mut Reader<'_>, value: &Value<'_>, what: &str) -> Placed<Vec<PartyId>> {
    Placed {
        value: parties(reader, value, what),
        span: value.span(),
    }
}

fn purposes(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Placed<Vec<Purpose>>> {
    let list = reader.list(value, "purposes", |reader, element| {
        reader
            .name(element, "purposes", Purpose::new)
            .map(|name| name.value)
    })?;
    Some(Placed {
        value: list,
        span: value.span(),
    })
}

/// A day, without a time.
pub(crate) fn date(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    what: &str,
) -> Option<Placed<NaiveDate>> {
    let day = match value.get_ref() {
        DeValue::Datetime(moment) if moment.time.is_none() => moment.date.and_then(|date| {
            NaiveDate::from_ymd_opt(
                i32::from(date.year),
                u32::from(date.month),
                u32::from(date.day),
            )
        }),
        DeValue::Datetime(_)
        | DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    };
    if day.is_none() {
        reader.wrong_type(value, what, "a day such as 2027-12-31, without quotes");
    }
    Some(Placed {
        value: day?,
        span: value.span(),
    })
}
