//! Text → [`PolicyDocument`]: the whole language, unknown keys refused, all errors at once.
//!
//! What this version cannot enforce is parsed all the same: a policy that relies on it is refused by
//! name (see [`unsupported`](crate::unsupported)), never silently read as something weaker.

mod access;
mod approve;
mod check;
mod column;
mod derive;
mod disclosure;
mod grain;
mod house;
mod joins;
mod own;
pub(crate) mod reader;
mod rows;

use std::ops::Range;

use sha2::{Digest, Sha256};
use toml::de::DeTable;

use crate::document::{Access, Disclosure, Placed, PolicyDocument, PolicySource, Rows};
use crate::ident::TableName;
use crate::obligation::Obligations;
use crate::problem::{Problem, sorted};
pub(crate) use access::date;
pub(crate) use check::dp_misfits;
pub(crate) use disclosure::positive;
use reader::Reader;

const KEYS: &[&str] = &[
    "policy",
    "table",
    "extends",
    "unique",
    "access",
    "disclosure",
    "rows",
    "joins",
    "columns",
    "derive",
    "approve",
];

impl PolicyDocument {
    /// Parses one table's policy.
    ///
    /// # Errors
    /// Everything that is wrong with the text, in the order of its lines.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let source = PolicySource::new(file, text);
        let parsed = reader::parse_toml(&source)?;
        let mut reader = Reader::new(&source);
        let document = read(&mut reader, parsed.get_ref());
        if let Some(document) = &document {
            reader.problems.extend(check::consistency(document));
        }
        match document {
            Some(document) if reader.problems.is_empty() => Ok(document),
            Some(_) | None => Err(sorted(reader.problems)),
        }
    }
}

fn read(reader: &mut Reader<'_>, root: &DeTable<'_>) -> Option<PolicyDocument> {
    reader.only_keys(root, "a policy", KEYS);
    version(reader, root);
    let table = table_name(reader, root);
    let header = table.as_ref().map_or(0..0, |t| t.span.clone());
    let extends = root.get("extends").and_then(|v| reader.text(v, "extends"));
    let access: Access = section(reader, root, "access", access::read).unwrap_or_default();
    let disclosure = disclosure_section(reader, root, &header);
    let rows: Rows = section(reader, root, "rows", rows::read).unwrap_or_default();
    let joins = section(reader, root, "joins", joins::read).unwrap_or_default();
    let columns = section(reader, root, "columns", column::read_all).unwrap_or_default();
    let unique = composite_keys(reader, root);
    let derive = section(reader, root, "derive", derive::read).unwrap_or_default();
    let approve = approve::read_all(reader, root);
    Some(PolicyDocument {
        source: reader.source.clone(),
        digest: Sha256::digest(reader.source.text.as_bytes()).into(),
        table: table?,
        extends,
        access,
        disclosure,
        least: Obligations::none(),
        rows,
        joins,
        columns,
        unique,
        derive,
        approve,
    })
}

fn version(reader: &mut Reader<'_>, root: &DeTable<'_>) {
    match root.get("policy") {
        None => reader.error_help(
            &(0..0),
            "the file does not say `policy`",
            "write `policy = 1` at its top",
        ),
        Some(value)
            if value
                .get_ref()
                .as_integer()
                .is_some_and(|v| v.as_str() == "1") => {}
        Some(value) => reader.wrong_type(value, "policy", "1, the version this program reads"),
    }
}

fn table_name(reader: &mut Reader<'_>, root: &DeTable<'_>) -> Option<Placed<TableName>> {
    let Some(value) = root.get("table") else {
        let help = "write `table = \"…\"` at the top, above the first [section]";
        reader.error_help(
            &(0..0),
            "the file does not say which `table` it is about",
            help,
        );
        return None;
    };
    reader.name(value, "table", TableName::new)
}

/// A section that is there, with its header's place.
fn section<T>(
    reader: &mut Reader<'_>,
    root: &DeTable<'_>,
    name: &str,
    read: impl FnOnce(&mut Reader<'_>, &DeTable<'_>, &Range<usize>) -> T,
) -> Option<T> {
    let value = root.get(name)?;
    let table = reader.table(value, name)?;
    Some(read(reader, table, &value.span()))
}

fn disclosure_section(
    reader: &mut Reader<'_>,
    root: &DeTable<'_>,
    header: &Range<usize>,
) -> Disclosure {
    section(reader, root, "disclosure", disclosure::read)
        .unwrap_or_else(|| Disclosure::defaults(header))
}

fn composite_keys(reader: &mut Reader<'_>, root: &DeTable<'_>) -> Vec<Placed<Vec<String>>> {
    let Some(value) = root.get("unique") else {
        return Vec::new();
    };
    let keys = reader.list(value, "unique", |reader, key| {
        let columns = reader.list(key, "unique", |reader, column| {
            reader.text(column, "unique").map(|text| text.value)
        })?;
        if columns.is_empty() {
            reader.error_help(
                &key.span(),
                "a key of no columns",
                "write `unique = [[\"bank\", \"acct\"]]`",
            );
            return None;
        }
        Some(Placed {
            value: columns,
            span: key.span(),
        })
    });
    keys.unwrap_or_default()
}
