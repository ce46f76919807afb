//! The data against the policy's declarations: what is wrong, and in how many rows.

mod findings;
mod keys;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, SchemaRef};
use policy::document::{Derivation, Placed, PolicyDocument};
use rayon::prelude::*;

pub use self::findings::{Clamped, Findings, Restricted};
use self::keys::{HashKey, Key};
use crate::only::conditions;
use crate::rows::Kept;
use crate::types::shape_of;

/// A measure and what lies outside of its bounds.
#[derive(Debug, Clone)]
struct Measure {
    column: usize,
    low: f64,
    high: f64,
    found: Clamped,
}

/// Looks at batches as they are sealed. Checkers of several files merge.
#[derive(Debug)]
pub(crate) struct Checker {
    schema: SchemaRef,
    keys: Vec<Key>,
    measures: Vec<Measure>,
    rows: u64,
    filtered: u64,
    without_unit: u64,
    nobody: BTreeMap<usize, u64>,
    lost: BTreeMap<usize, u64>,
    unmade: BTreeMap<usize, u64>,
    looked_up: BTreeSet<usize>,
    restricted: Vec<Restricted>,
    hash: HashKey,
}

fn add(sum: &mut u64, more: usize) {
    *sum = sum.saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
}

impl Checker {
    pub(crate) fn new(document: &PolicyDocument, schema: &SchemaRef) -> Self {
        Self {
            schema: Arc::clone(schema),
            keys: keys(document, schema),
            measures: measures(document, schema),
            rows: 0,
            filtered: 0,
            without_unit: 0,
            nobody: BTreeMap::new(),
            lost: BTreeMap::new(),
            unmade: BTreeMap::new(),
            looked_up: looked_up(document, schema),
            restricted: restricted(document),
            hash: HashKey::draw(),
        }
    }

    /// A checker of the same columns for another file.
    pub(crate) fn fresh(&self) -> Self {
        let measures = self.measures.iter().map(|measure| Measure {
            found: Clamped::default(),
            ..*measure
        });
        Self {
            schema: Arc::clone(&self.schema),
            keys: self.keys.iter().map(Key::fresh).collect(),
            measures: measures.collect(),
            rows: 0,
            filtered: 0,
            without_unit: 0,
            nobody: BTreeMap::new(),
            lost: BTreeMap::new(),
            unmade: BTreeMap::new(),
            looked_up: self.looked_up.clone(),
            restricted: self.restricted.iter().map(Restricted::fresh).collect(),
            hash: self.hash,
        }
    }

    /// Looks at a batch; `lost` counts, by own column, the values that had no place in its type.
    pub(crate) fn see(&mut self, kept: &Kept, lost: &[usize]) -> Result<(), String> {
        add(&mut self.rows, kept.batch.num_rows());
        add(&mut self.filtered, kept.filtered);
        add(&mut self.without_unit, kept.without_unit);
        for (column, rows) in &kept.nobody {
            add(self.nobody.entry(*column).or_default(), *rows);
        }
        for (restricted, seen) in self.restricted.iter_mut().zip(&kept.restricted) {
            add(&mut restricted.kept, seen.kept);
            add(&mut restricted.failed, seen.failed);
        }
        let own = lost.len();
        for (column, values) in lost.iter().chain(&kept.lost).enumerate() {
            add(self.lost.entry(column).or_default(), *values);
        }
        for (derived, rows) in kept.unmade.iter().enumerate() {
            let column = own.saturating_add(derived);
            add(self.unmade.entry(column).or_default(), *rows);
        }
        let hash = self.hash;
        let seen = self.keys.par_iter_mut();
        seen.try_for_each(|key| key.see(&kept.batch, hash))?;
        for measure in &mut self.measures {
            if let Some(column) = kept.batch.columns().get(measure.column) {
                let numbers = cast(column, &DataType::Float64).map_err(|e| e.to_string())?;
                let numbers = numbers.as_primitive::<Float64Type>();
                numbers.iter().flatten().for_each(|n| measure.see(n));
            }
        }
        Ok(())
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.rows = self.rows.saturating_add(other.rows);
        self.filtered = self.filtered.saturating_add(other.filtered);
        self.without_unit = self.without_unit.saturating_add(other.without_unit);
        let merge = |mine: &mut BTreeMap<usize, u64>, theirs: BTreeMap<usize, u64>| {
            for (column, more) in theirs {
                let sum = mine.entry(column).or_default();
                *sum = sum.saturating_add(more);
            }
        };
        merge(&mut self.nobody, other.nobody);
        merge(&mut self.lost, other.lost);
        merge(&mut self.unmade, other.unmade);
        for (mine, theirs) in self.restricted.iter_mut().zip(other.restricted) {
            mine.merge(&theirs);
        }
        for (mine, theirs) in self.keys.iter_mut().zip(other.keys) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.measures.iter_mut().zip(other.measures) {
            mine.merge(&theirs.found);
        }
    }

    pub(crate) fn findings(self) -> Findings {
        let mut found = Findings {
            rows: self.rows,
            filtered: self.filtered,
            without_unit: self.without_unit,
            restricted: self.restricted,
            ..Findings::default()
        };
        let name = |column: usize| match self.schema.fields().get(column) {
            Some(field) => field.name().clone(),
            None => String::new(),
        };
        let nobody = self.nobody.into_iter();
        found.nobody = nobody.map(|(column, rows)| (name(column), rows)).collect();
        let exact = |column: usize| self.measures.iter().any(|m| m.column == column);
        for (column, rows) in self.unmade.into_iter().filter(|(_, rows)| *rows > 0) {
            let unmade = if self.looked_up.contains(&column) {
                &mut found.not_found
            } else {
                &mut found.failed
            };
            unmade.insert(name(column), rows);
        }
        for (column, values) in self.lost.into_iter().filter(|(_, values)| *values > 0) {
            let lost = if exact(column) {
                &mut found.inexact
            } else {
                &mut found.misfits
            };
            lost.insert(name(column), values);
        }
        for key in self.keys {
            if key.counted {
                found.most_rows.insert(key.names.join(","), key.most());
            }
            match (key.unique, key.repeated()) {
                (false, _) => {}
                (true, 0) => found.unique.push(key.names),
                (true, rows) => found.duplicates.push((key.names, rows)),
            }
        }
        let clamped = self.measures.into_iter();
        found.clamped = clamped.map(|m| (name(m.column), m.found)).collect();
        found
    }
}

impl Measure {
    fn see(&mut self, number: f64) {
        let clamped = number.max(self.low).min(self.high);
        add(&mut self.found.values, 1);
        add(
            &mut self.found.outside,
            usize::from(!(self.low..=self.high).contains(&number)),
        );
        if number.is_finite() {
            self.found.total += number.abs();
            self.found.kept += clamped.abs();
        }
    }

    fn merge(&mut self, other: &Clamped) {
        self.found.values = self.found.values.saturating_add(other.values);
        self.found.outside = self.found.outside.saturating_add(other.outside);
        self.found.total += other.total;
        self.found.kept += other.kept;
    }
}

/// Keys declared unique, and units and keys whose most frequent value is told; one may be both.
fn keys(document: &PolicyDocument, schema: &SchemaRef) -> Vec<Key> {
    let fields = schema.fields().iter();
    let shapes: Vec<_> = fields.map(|field| shape_of(field)).collect();
    let counted = schema.fields().iter().filter(|field| {
        let rule = document.rule_for(field.name());
        rule.is_some_and(|rule| rule.unit.is_some() || !rule.join.is_empty())
    });
    let mut keys: Vec<Key> = Vec::new();
    for names in document.declared_unique(&shapes) {
        if let Some(key) = key_of(&mut keys, schema, names) {
            key.unique = true;
        }
    }
    for field in counted {
        if let Some(key) = key_of(&mut keys, schema, vec![field.name().clone()]) {
            key.counted = true;
        }
    }
    keys
}

/// What a policy restricts rows by, and no row yet.
fn restricted(document: &PolicyDocument) -> Vec<Restricted> {
    let conditions = conditions(document).into_iter();
    let none = |condition: &Placed<String>| Restricted {
        condition: condition.value.clone(),
        ..Restricted::default()
    };
    conditions.map(none).collect()
}

/// Columns that come from another table.
fn looked_up(document: &PolicyDocument, schema: &SchemaRef) -> BTreeSet<usize> {
    let fields = schema.fields().iter().enumerate();
    let found = fields.filter(|(_, field)| {
        let derived = document.derived(field.name());
        derived.is_some_and(|derived| match derived.derivation {
            Derivation::Lookup(_) => true,
            Derivation::Sql(_) => false,
        })
    });
    found.map(|(column, _)| column).collect()
}

fn key_of<'k>(
    keys: &'k mut Vec<Key>,
    schema: &SchemaRef,
    names: Vec<String>,
) -> Option<&'k mut Key> {
    if let Some(at) = keys.iter().position(|key| key.names == names) {
        return keys.get_mut(at);
    }
    let columns = names.iter().map(|name| schema.index_of(name).ok());
    let columns = columns.collect::<Option<Vec<_>>>()?;
    Some(keys.push_mut(Key::new(columns, names)))
}

fn measures(document: &PolicyDocument, schema: &SchemaRef) -> Vec<Measure> {
    let number = |text: String| text.parse::<f64>().ok();
    let fields = schema.fields().iter().enumerate();
    let measures = fields.filter_map(|(column, field)| {
        let rule = document.rule_for(field.name())?;
        let bounds = rule.measure.as_ref()?.value;
        Some(Measure {
            column,
            low: number(bounds.low.to_string()).unwrap_or(f64::NEG_INFINITY),
            high: number(bounds.high.to_string()).unwrap_or(f64::INFINITY),
            found: Clamped::default(),
        })
    });
    measures.collect()
}
