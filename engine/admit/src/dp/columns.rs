//! Scans and projections: where names and bounds come from.

use std::collections::BTreeSet;

use arrow::datatypes::DataType;
use datafusion_common::DFSchema;
use datafusion_expr::{Expr, TableScan};
use policy::table::TablePolicy;

use super::interval;
use super::shape::{Known, Shape, Stable, Unit, unbounded};
use crate::request::Policies;
use crate::scan::table_of;

/// A scan: each row is the entity's that its unit column names.
pub(super) fn scan(node: &TableScan, policies: &Policies, number: Unit) -> Stable {
    let nothing = "ask tables of the contract";
    let Some(policy) = table_of(&node.table_name).and_then(|t| policies.tables.get(&t)) else {
        return unbounded("nothing is known of this table", nothing);
    };
    if node.fetch.is_some() {
        return unbounded(
            "some rows of a table depend on all others",
            "leave LIMIT out",
        );
    }
    let schema = &node.projected_schema;
    let named = |name: &str| {
        schema
            .fields()
            .iter()
            .position(|field| field.name() == name)
    };
    let keys = policy.unique.iter();
    let unique = keys
        .filter_map(|key| key.iter().map(|name| named(name)).collect())
        .collect();
    let cols = schema.fields().iter().map(|field| {
        let known = column(policy, field.name(), number);
        // Equal floats may be spelt in two ways, and be two entities.
        if field.data_type().is_floating() {
            return Known {
                names: BTreeSet::new(),
                ..known
            };
        }
        known
    });
    let cols = cols.collect();
    if policy.is_public() {
        return Ok(Shape {
            unique,
            ..Shape::public(cols)
        });
    }
    let party = policies.number(&policy.table.party);
    let (Some(party), Some(dp)) = (party, &policy.disclosure.dp) else {
        return unbounded("a table without terms of differential privacy", nothing);
    };
    let of_unit = policy.columns.iter();
    let of_unit = of_unit.filter(|c| c.capabilities.unit.as_ref() == Some(&dp.value.unit));
    if of_unit.count() != 1 {
        let message = format!(
            "a row of {} is about several of the {} that it protects, or about none",
            policy.table, dp.value.unit
        );
        return unbounded(message, "its owner must give one column that unit");
    }
    Ok(Shape {
        cols,
        own: [(party, BTreeSet::from([number]))].into(),
        together: BTreeSet::from([BTreeSet::from([party])]),
        unique,
        keyed: Vec::new(),
    })
}

/// The party of a scan and how its entities are spelt: 7 and '7' are two names, and would be two entities.
pub(super) fn spelling(node: &TableScan, policies: &Policies) -> Option<(u8, DataType)> {
    let policy = policies.tables.get(&table_of(&node.table_name)?)?;
    let dp = policy
        .disclosure
        .dp
        .as_ref()
        .filter(|_| !policy.is_public())?;
    let party = policies.number(&policy.table.party)?;
    let mut columns = policy.columns.iter();
    let unit = columns.find(|c| c.capabilities.unit.as_ref() == Some(&dp.value.unit))?;
    let mut fields = node.projected_schema.fields().iter();
    let field = fields.find(|field| *field.name() == unit.name)?;
    let kind = match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        whole if whole.is_integer() => DataType::Int64,
        other => other.clone(),
    };
    Some((party, kind))
}

fn column(policy: &TablePolicy, name: &str, unit: Unit) -> Known {
    let Some(visible) = policy.column(name) else {
        return Known::default();
    };
    let caps = &visible.capabilities;
    let protects = policy.disclosure.dp.as_ref().map(|dp| &dp.value.unit);
    let names_it = !policy.is_public() && caps.unit.is_some() && caps.unit.as_ref() == protects;
    Known {
        names: names_it.then_some(unit).into_iter().collect(),
        interval: caps.measure.map(|bounds| (bounds.low, bounds.high)),
        cut: caps.cut,
        listed: None,
        filled: false,
    }
}

/// What is known of the value of an expression.
pub(super) fn computed(expr: &Expr, shape: &Shape, schema: &DFSchema) -> Known {
    match shape.bare(expr, schema) {
        Some((_, known)) => known.clone(),
        None => Known {
            interval: interval::of(expr, shape, schema),
            ..Known::default()
        },
    }
}

/// The relation with these expressions as its columns.
pub(super) fn projected(shape: Shape, exprs: &[Expr], schema: &DFSchema) -> Shape {
    let at = |old: usize| {
        let bare = |expr: &Expr| shape.bare(expr, schema).is_some_and(|(at, _)| at == old);
        exprs.iter().position(bare)
    };
    let moved = |keys: &[BTreeSet<usize>]| -> Vec<BTreeSet<usize>> {
        let each = keys.iter();
        each.filter_map(|key| key.iter().map(|old| at(*old)).collect())
            .collect()
    };
    let (unique, keyed) = (moved(&shape.unique), moved(&shape.keyed));
    let cols = exprs
        .iter()
        .map(|expr| computed(expr, &shape, schema))
        .collect();
    Shape {
        cols,
        unique,
        keyed,
        ..shape
    }
}
