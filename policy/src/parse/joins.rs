//! Reads `[joins.DOMAIN]`: with whom rows may be linked on a key domain.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_spanned::Spanned;
use toml::de::{DeString, DeTable};

use super::access::parties;
use super::reader::{Reader, Value};
use crate::document::JoinConsent;
use crate::ident::KeyDomain;

pub(super) fn read(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    _: &Range<usize>,
) -> BTreeMap<KeyDomain, JoinConsent> {
    table
        .iter()
        .filter_map(|(name, value)| one(reader, name, value))
        .collect()
}

fn one(
    reader: &mut Reader<'_>,
    name: &Spanned<DeString<'_>>,
    value: &Value<'_>,
) -> Option<(KeyDomain, JoinConsent)> {
    let place = format!("[joins.{}]", name.get_ref());
    let table = reader.table(value, &place)?;
    reader.only_keys(table, &place, &["with", "many", "crowds", "negation"]);
    let domain = match KeyDomain::new(name.get_ref().as_ref()) {
        Ok(domain) => domain,
        Err(error) => {
            reader.error(&name.span(), error.to_string());
            return None;
        }
    };
    let list = |reader: &mut Reader<'_>, key: &str| {
        table
            .get(key)
            .map(|v| parties(reader, v, key))
            .unwrap_or_default()
    };
    let with = list(reader, "with");
    let many = list(reader, "many");
    let crowds = list(reader, "crowds");
    let negation = table
        .get("negation")
        .and_then(|v| reader.flag(v, "negation"));
    if table.get("with").is_none() {
        let help =
            "write `with = [\"bank_b\"]`, or leave the section out: then nobody may link on it";
        reader.error_help(
            &value.span(),
            format!("{place} does not say with whom"),
            help,
        );
    }
    let negation = negation.is_some_and(|flag| flag.value);
    Some((
        domain,
        JoinConsent {
            with,
            many,
            crowds,
            negation,
            span: value.span(),
        },
    ))
}
