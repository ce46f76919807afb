//! What is known of the columns that flow through a plan.

use arrow::datatypes::DataType;
use datafusion_common::{Column, DFSchema};
use datafusion_expr::{Expr, LogicalPlan};

/// What is known of one column.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Figures {
    /// Most rows that share a value; unknown for columns that are no keys.
    pub(super) most: Option<f64>,
    /// Whether a condition keeps a common value out (`<> 'CASH'`).
    pub(super) uncommon: bool,
}

/// The rows that an operator yields.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Flow {
    /// How many.
    pub(super) rows: f64,
    /// By the columns of the plan's schema.
    pub(super) columns: Vec<Figures>,
}

impl Flow {
    /// Rows of which nothing else is known.
    pub(super) fn unknown(plan: &LogicalPlan, rows: f64) -> Self {
        let columns = vec![Figures::default(); plan.schema().fields().len()];
        Self { rows, columns }
    }

    /// Every column that an expression is, with casts and aliases aside.
    pub(super) fn figures(&self, schema: &DFSchema, expr: &Expr) -> Figures {
        bare(expr)
            .and_then(|column| schema.maybe_index_of_column(column))
            .and_then(|index| self.columns.get(index).copied())
            .unwrap_or_default()
    }

    /// Fewer rows, of the same columns. Common values lose rows too, though not as many as all do:
    /// what a condition keeps may be what is common.
    pub(super) fn filtered(mut self, share: f64) -> Self {
        self.rows *= share;
        for column in &mut self.columns {
            let kept = |most: f64| (most * share.sqrt()).min(self.rows).max(1.0);
            column.most = column.most.map(kept);
        }
        self
    }
}

/// The column under aliases and casts.
pub(super) fn bare(expr: &Expr) -> Option<&Column> {
    match expr {
        Expr::Column(column) => Some(column),
        Expr::Alias(alias) => bare(&alias.expr),
        Expr::Cast(cast) => bare(&cast.expr),
        Expr::TryCast(cast) => bare(&cast.expr),
        _computed => None,
    }
}

/// Bytes of a row in memory.
pub(super) fn width(schema: &DFSchema) -> f64 {
    schema.fields().iter().map(|f| bytes(f.data_type())).sum()
}

/// Bytes of a value in memory, its share of the bookkeeping included.
fn bytes(kind: &DataType) -> f64 {
    match kind {
        DataType::Boolean | DataType::Null => 1.0,
        DataType::Decimal128(_, _) => 16.0,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => 32.0,
        DataType::List(_) | DataType::Binary | DataType::BinaryView => 64.0,
        other => other.primitive_width().map_or(32.0, |width| {
            f64::from(u32::try_from(width).unwrap_or(u32::MAX))
        }),
    }
}
