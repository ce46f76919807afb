//! Does a spec fit the schema? What does not is refused before any data is seen, in words.

use arrow::datatypes::{DataType, Schema};

use crate::measure::scale_of;
use crate::output::plain;
use crate::spec::{
    Adds, Branch, BranchSource, MAX_PARTIES, ReleaseSpec, Slot, Statistic, StatisticKind,
};
use crate::track::form_of;
use crate::{ReleaseError, Result};

/// Checks a whole spec.
pub(crate) fn check(spec: &ReleaseSpec, schema: &Schema) -> Result<()> {
    if spec.parties.len() > MAX_PARTIES {
        return refuse(format!(
            "{} parties, at most {MAX_PARTIES} can be told apart",
            spec.parties.len()
        ));
    }
    if spec.slots.is_empty() {
        return refuse("no tracks: nobody would stand behind any value".into());
    }
    if let Some(party) = spec.parties.iter().find(|party| party.dominance > 100) {
        return refuse(format!(
            "dominance of {} is {} %, at most 100",
            party.name, party.dominance
        ));
    }
    for key in &spec.keys {
        let data_type = type_of(schema, key.column)?;
        if plain(data_type).is_none() {
            return refuse(format!("group key {} has type {data_type}", key.name));
        }
    }
    spec.slots
        .iter()
        .try_for_each(|slot| check_slot(slot, spec, schema))?;
    spec.statistics
        .iter()
        .try_for_each(|statistic| check_statistic(statistic, spec.slots.len(), schema))
}

fn check_slot(slot: &Slot, spec: &ReleaseSpec, schema: &Schema) -> Result<()> {
    let parties = spec.parties.len();
    let data_type = type_of(schema, slot.column)?;
    if form_of(data_type) != Some(slot.form) {
        return refuse(format!(
            "track column {} of type {data_type} is not {:?}",
            slot.column, slot.form
        ));
    }
    let mut named = slot.over.iter().chain(&slot.same);
    if named.any(|other| *other >= spec.slots.len()) {
        return refuse(format!(
            "track column {} is seen from rows that have no track",
            slot.column
        ));
    }
    match slot
        .k
        .iter()
        .find(|(party, _)| usize::from(*party) >= parties)
    {
        Some((party, _)) => refuse(format!(
            "track column {} has a k for party {party}, of {parties}",
            slot.column
        )),
        None => Ok(()),
    }
}

fn check_statistic(statistic: &Statistic, slots: usize, schema: &Schema) -> Result<()> {
    let argument = statistic
        .kind
        .column()
        .map(|column| type_of(schema, column))
        .transpose()?;
    if !fits(statistic.kind, argument, &statistic.output) {
        let argument = argument.map_or_else(|| "rows".to_owned(), ToString::to_string);
        let (name, output, kind) = (&statistic.name, &statistic.output, statistic.kind);
        return refuse(format!(
            "statistic {name}: {kind:?} over {argument} cannot be answered as {output}"
        ));
    }
    statistic
        .branches
        .iter()
        .try_for_each(|branch| check_branch(branch, &statistic.name, slots, schema))
}

/// True if this statistic can be computed exactly from such an argument and given such a type.
fn fits(kind: StatisticKind, argument: Option<&DataType>, output: &DataType) -> bool {
    let scale = argument.and_then(scale_of);
    match kind {
        StatisticKind::CountRows
        | StatisticKind::Count { .. }
        | StatisticKind::CountDistinct { .. }
        | StatisticKind::CountDistinctSupported { .. } => {
            matches!(output, DataType::Int64 | DataType::UInt64)
        }
        StatisticKind::Sum { .. } => match output {
            DataType::Int64 | DataType::UInt64 => scale == Some(0),
            DataType::Decimal128(_, out) => scale == Some(*out),
            DataType::Float64 => scale.is_some(),
            _ => false,
        },
        StatisticKind::Avg { .. } => match output {
            DataType::Decimal128(_, out) => scale.is_some_and(|scale| *out >= scale),
            DataType::Float64 => scale.is_some(),
            _ => false,
        },
        StatisticKind::VarPop { .. }
        | StatisticKind::VarSamp { .. }
        | StatisticKind::StddevPop { .. }
        | StatisticKind::StddevSamp { .. } => scale.is_some() && *output == DataType::Float64,
    }
}

fn check_branch(branch: &Branch, name: &str, slots: usize, schema: &Schema) -> Result<()> {
    if let Adds::Amount(column) = branch.adds
        && scale_of(type_of(schema, column)?).is_none()
    {
        return refuse(format!(
            "statistic {name}: column {column} of a term cannot be summed exactly"
        ));
    }
    match &branch.source {
        BranchSource::Flag(column) => match type_of(schema, *column)? {
            DataType::Boolean => Ok(()),
            other => refuse(format!(
                "statistic {name}: flag column {column} has type {other}, not Boolean"
            )),
        },
        BranchSource::Each(column) => type_of(schema, *column).map(|_| ()),
        BranchSource::Tracks(columns) if columns.len() != slots => refuse(format!(
            "statistic {name}: {} arm tracks for {slots} slots",
            columns.len()
        )),
        BranchSource::Tracks(columns) => columns.iter().try_for_each(|column| {
            let data_type = type_of(schema, *column)?;
            match form_of(data_type) {
                Some(_) => Ok(()),
                None => refuse(format!(
                    "statistic {name}: arm column {column} of type {data_type} holds no tracks"
                )),
            }
        }),
    }
}

fn type_of(schema: &Schema, column: usize) -> Result<&DataType> {
    schema
        .fields()
        .get(column)
        .map(|field| field.data_type())
        .ok_or_else(|| missing(column))
}

/// The error that there is no such column.
pub(crate) fn missing(column: usize) -> ReleaseError {
    ReleaseError::Spec(format!("the input has no column {column}"))
}

fn refuse(what: String) -> Result<()> {
    Err(ReleaseError::Spec(what))
}
