//! Scans: a table's visible columns with what its policy allows, and one track a unit.

use std::collections::{BTreeMap, BTreeSet};

use datafusion_common::{Column, DFSchemaRef, Result as DfResult, ScalarValue, TableReference};
use datafusion_expr::expr::{InList, ScalarFunction};
use datafusion_expr::{Expr, LogicalPlan, Projection, TableScan, Values, lit};
use policy::capability::Literal;
use policy::denial::Code;
use policy::ident::{PartyId, TableName, TableRef};
use policy::table::{TablePolicy, VisibleColumn};

use crate::branch::when;
use crate::constant::{constant, constant_quantity};
use crate::place;
use crate::relation::{Col, Rel, Slot};
use crate::size;
use crate::traits::{Origin, Traits};
use crate::walk::{Walker, internal};

/// The table that a scan names: `party.table`.
pub(crate) fn table_of(name: &TableReference) -> Option<TableRef> {
    let party = PartyId::new(name.schema()?).ok()?;
    let table = TableName::new(name.table()).ok()?;
    Some(TableRef { party, table })
}

/// A scan with its tracks.
pub(crate) fn walk(walker: &mut Walker<'_>, node: &TableScan) -> DfResult<Rel> {
    let policies = walker.policies;
    let Some(policy) = table_of(&node.table_name).and_then(|t| policies.tables.get(&t)) else {
        walker
            .refusals
            .add(Code::Unknown, format!("unknown table {}", node.table_name));
        return Ok(Rel::public(LogicalPlan::TableScan(node.clone())));
    };
    if policy.is_public() {
        return Ok(public(node, policy));
    }
    protected(walker, node, policy)
}

fn public(node: &TableScan, policy: &TablePolicy) -> Rel {
    let mut rel = Rel::public(LogicalPlan::TableScan(node.clone()));
    rel.unique = keys(policy, &node.projected_schema);
    rel.tables.insert(policy.table.clone());
    rel
}

/// Keys found unique, as positions.
fn keys(policy: &TablePolicy, schema: &DFSchemaRef) -> Vec<BTreeSet<usize>> {
    let position = |name: &String| schema.fields().iter().position(|f| f.name() == name);
    policy
        .unique
        .iter()
        .filter_map(|key| key.iter().map(position).collect())
        .collect()
}

fn protected(walker: &mut Walker<'_>, node: &TableScan, policy: &TablePolicy) -> DfResult<Rel> {
    let owner = &policy.table.party;
    let mut rel = Rel::public(LogicalPlan::TableScan(node.clone()));
    rel.owners = BTreeSet::from([owner.clone()]);
    rel.tables = BTreeSet::from([policy.table.clone()]);
    rel.unique = keys(policy, &node.projected_schema);
    let mut exprs: Vec<Expr> = rel
        .cols
        .iter()
        .map(|c| Expr::Column(c.column.clone()))
        .collect();
    let mut cols = Vec::new();
    let scan = walker.scan();
    for col in &rel.cols {
        let Some(visible) = policy.column(&col.column.name) else {
            walker.refusals.add(Code::Unknown, "unknown column");
            continue;
        };
        let mut traits = Traits::of_column(owner, &visible.capabilities, origin(policy, visible));
        if let Some((slot, track)) = track(walker, policy, visible, (&col.column, scan))? {
            traits.slots.insert(slot.id);
            exprs.push(track);
            rel.slots.push(slot);
        }
        cols.push(Col::new(col.column.clone(), traits));
    }
    if walker.places {
        let name = format!("__y{}", walker.fresh());
        exprs.push(place::of_row(walker, &rel).alias(name.clone()));
        rel.ties = vec![Column::new_unqualified(name)];
    }
    rel.cols = cols;
    rel.plan = LogicalPlan::Projection(Projection::try_new(exprs, rel.plan.into())?);
    Ok(rel)
}

fn origin(policy: &TablePolicy, visible: &VisibleColumn) -> Origin {
    Origin {
        table: policy.table.clone(),
        column: visible.name.clone(),
        rule: visible.rule.clone(),
    }
}

/// The track of a unit column: NULL where its value is nobody. Whatever is not known to be is somebody: a list of values that do
/// not fit the column's type makes a comparison NULL.
fn track(
    walker: &mut Walker<'_>,
    policy: &TablePolicy,
    visible: &VisibleColumn,
    (column, scan): (&Column, usize),
) -> DfResult<Option<(Slot, Expr)>> {
    let Some(space) = &visible.capabilities.unit else {
        return Ok(None);
    };
    if !counts(walker, policy, visible) {
        return Ok(None);
    }
    let number = walker
        .policies
        .number(&policy.table.party)
        .ok_or_else(|| internal("a party without a number"))?;
    let id = walker.fresh();
    let name = format!("__t{id}");
    let value = Expr::Column(column.clone());
    let call = Expr::ScalarFunction(ScalarFunction {
        func: std::sync::Arc::clone(&walker.tools.track),
        args: vec![
            lit(ScalarValue::UInt8(Some(number))),
            lit(space.as_str()),
            value.clone(),
        ],
    });
    let absent: Vec<Expr> = visible.capabilities.absent.iter().map(literal).collect();
    let call = if absent.is_empty() {
        call
    } else {
        let list = InList {
            expr: Box::new(value),
            list: absent,
            negated: false,
        };
        when(Expr::IsNotTrue(Box::new(Expr::InList(list))), call)
    };
    let slot = Slot {
        id,
        column: Column::new_unqualified(name.clone()),
        space: space.clone(),
        parties: BTreeMap::from([(number, policy.min_contributors(space))]),
        set: false,
        merged: false,
        single: true,
        scans: BTreeSet::from([scan]),
        over: BTreeSet::new(),
        windows: BTreeSet::new(),
        displaces: false,
        confirms: false,
    };
    Ok(Some((slot, call.alias(name))))
}

/// Whether a unit's entities stand behind answers. Behind a list the others' own do: the recipient's are those it is about,
/// and whom another party merely deals with is nobody of its own.
fn counts(walker: &Walker<'_>, policy: &TablePolicy, visible: &VisibleColumn) -> bool {
    let others = policy.table.party != walker.request.recipient;
    walker.request.list.is_none() || (others && visible.capabilities.own)
}

/// A literal of a policy.
pub(crate) fn literal(value: &Literal) -> Expr {
    match value {
        Literal::Text(text) => lit(text.clone()),
        Literal::Bool(truth) => lit(*truth),
        Literal::Number(number) => match (i64::try_from(number.mantissa()), number.scale()) {
            (Ok(whole), 0) => lit(whole),
            (Ok(_) | Err(_), scale) => {
                let scale = i8::try_from(scale).unwrap_or(i8::MAX);
                lit(ScalarValue::Decimal128(Some(number.mantissa()), 38, scale))
            }
        },
    }
}

/// Notes which constants the columns of literal rows hold.
pub(crate) fn note_values(rel: &mut Rel, node: &Values) {
    for (index, col) in rel.cols.iter_mut().enumerate() {
        let values = node
            .values
            .iter()
            .map(|row| row.get(index).and_then(constant_quantity));
        let values: Option<Vec<_>> = values.collect();
        let sizes = values.iter().flatten().map(size::quantity_bits);
        col.traits.bits = match &values {
            Some(_) => sizes.max().unwrap_or(0),
            None => size::UNKNOWN,
        };
        col.traits.known = values;
    }
}

/// Columns of literal rows that hold no value twice.
pub(crate) fn unique_values(node: &Values) -> Vec<BTreeSet<usize>> {
    let width = node.schema.fields().len();
    (0..width)
        .filter(|column| {
            let values: Vec<Option<ScalarValue>> = node
                .values
                .iter()
                .map(|row| row.get(*column).and_then(constant))
                .collect();
            values.iter().enumerate().all(|(index, value)| {
                value.is_some() && !values.iter().take(index).any(|before| before == value)
            })
        })
        .map(|column| BTreeSet::from([column]))
        .collect()
}
