//! What a question will roughly cost, from public figures alone: is it one that could end?
//!
//! The figures are those of sealing: rows of each table, and the most rows that share a value of a
//! key. They give no proof of a bound (the product of the worst fan-outs would refuse every chain of
//! three joins) but an estimate that leans high; what it lets through by mistake meets the limits of
//! memory and time while it runs. Pure: the same figures and plan give the same verdict.

mod columns;
mod estimate;
mod join;

use std::collections::{BTreeMap, BTreeSet};

use datafusion_expr::LogicalPlan;
use policy::denial::{Code, Denial};
use policy::ident::TableRef;

/// The public figures of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableSize {
    /// Rows.
    pub rows: u64,
    /// Most rows that share a value, by unit and key column.
    pub most_rows: BTreeMap<String, u64>,
    /// Columns without duplicates.
    pub unique: BTreeSet<String>,
}

/// The public figures of every table.
pub type Sizes = BTreeMap<TableRef, TableSize>;

/// What one question may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Rows that all operators together may look at.
    pub rows: f64,
    /// Bytes that all operators together may hold.
    pub bytes: f64,
}

/// What a question is estimated to take.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// Rows, pairs of joined rows before further conditions included.
    pub rows: f64,
    /// Bytes held by joins, groups, sorts and windows.
    pub bytes: f64,
}

/// Estimates a plan whose joins have their keys and whose filters stand at their tables.
#[must_use]
pub fn cost(plan: &LogicalPlan, sizes: &Sizes) -> Cost {
    estimate::of(plan, sizes)
}

/// Refuses a question that is estimated to meet a limit.
///
/// # Errors
/// `E_COST`.
pub fn afford(cost: Cost, limits: Limits) -> Result<(), Box<Denial>> {
    if cost.rows > limits.rows {
        let message = format!(
            "this would look at about {} pairs of rows, more than the engine can in its time",
            about(cost.rows)
        );
        return refused(
            message,
            "join on a key with fewer rows a value, or filter first; the estimate leans high: who runs the engine may raise `timeout`",
        );
    }
    if cost.bytes > limits.bytes {
        let message = format!(
            "this would hold about {} bytes at once, more than a question may",
            about(cost.bytes)
        );
        return refused(
            message,
            "filter before joining and grouping, or select fewer columns; who runs the engine may raise `memory`",
        );
    }
    Ok(())
}

fn refused(message: String, help: &str) -> Result<(), Box<Denial>> {
    let mut denial = Denial::new(Code::Cost, message);
    denial.help = Some(help.to_owned());
    Err(Box::new(denial))
}

/// An order of magnitude: the figures are not worth more.
fn about(figure: f64) -> String {
    format!("10^{:.0}", figure.max(1.0).log10())
}
