//! The truth: what was planted, which payments and accounts belong to it. For measuring recall; no party holds it.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};

use super::patterns::Pattern;
use super::stream::Stream;
use crate::{Error, files};

/// Writes `truth/patterns.parquet`, `pattern_tx.parquet` and `pattern_accts.parquet`.
pub(super) fn write(dir: &Path, stream: &Stream) -> Result<(), Error> {
    let folder = dir.join("truth");
    files::table(&folder.join("patterns.parquet"), patterns(stream))?;
    files::table(&folder.join("pattern_tx.parquet"), payments(stream))?;
    files::table(&folder.join("pattern_accts.parquet"), accounts(stream))
}

fn wholes(values: impl IntoIterator<Item = u64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(
        values.into_iter().map(u64::cast_signed),
    ))
}

fn texts<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

fn patterns(stream: &Stream) -> Vec<(&'static str, ArrayRef)> {
    let all = &stream.plan().patterns;
    let column = |of: fn(&Pattern) -> u64| wholes(all.iter().map(of));
    vec![
        ("pattern_id", wholes((1..).take(all.len()))),
        (
            "typology",
            texts(all.iter().map(|pattern| pattern.typology.name())),
        ),
        ("n_tx", column(|pattern| pattern.payments)),
        ("n_accts", column(|pattern| pattern.accounts)),
        ("n_banks", column(|pattern| pattern.banks)),
        ("t_first_s", column(|pattern| pattern.first)),
        ("t_last_s", column(|pattern| pattern.last)),
    ]
}

fn payments(stream: &Stream) -> Vec<(&'static str, ArrayRef)> {
    let all = stream.planted_numbers();
    vec![
        ("e2e_id", wholes(all.iter().map(|(number, _)| *number))),
        (
            "pattern_id",
            wholes(all.iter().map(|(_, planted)| planted.pattern)),
        ),
        (
            "seq",
            wholes(all.iter().map(|(_, planted)| planted.sequence)),
        ),
    ]
}

fn accounts(stream: &Stream) -> Vec<(&'static str, ArrayRef)> {
    let all = stream.plan().patterns.iter().zip(1..);
    let roles: Vec<_> = all
        .flat_map(|(pattern, id)| pattern.roles.iter().map(move |role| (id, pattern, role)))
        .collect();
    let text = |account: u64| stream.accounts().get(account).text(account);
    vec![
        ("pattern_id", wholes(roles.iter().map(|(id, ..)| *id))),
        (
            "typology",
            texts(roles.iter().map(|(_, pattern, _)| pattern.typology.name())),
        ),
        (
            "acct",
            texts(roles.iter().map(|(.., (account, _))| text(*account))),
        ),
        ("role", texts(roles.iter().map(|(.., (_, role))| role))),
    ]
}
