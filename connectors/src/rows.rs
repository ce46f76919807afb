//! `[rows] where`: the rows that a table has at all. The others are never sealed.

use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::SchemaRef;
use datafusion::common::DFSchema;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::prelude::SessionContext;
use policy::document::PolicyDocument;
use policy::problem::Problem;

use crate::error::ConnectorError;

/// Which rows of a source are sealed.
#[derive(Debug)]
pub(crate) struct RowFilter {
    predicate: Option<Arc<dyn PhysicalExpr>>,
    units: Vec<usize>,
}

impl RowFilter {
    /// The filter of a policy over columns of these types.
    pub(crate) fn new(
        document: &PolicyDocument,
        schema: &SchemaRef,
    ) -> Result<Self, ConnectorError> {
        let predicate = match &document.rows.predicate {
            None => None,
            Some(text) => Some(compile(&text.value, schema).map_err(|message| {
                let problem = Problem::error(&document.source, &text.span, message)
                    .with_help("write one SQL predicate over the table's own columns");
                ConnectorError::Policy(vec![problem])
            })?),
        };
        let is_unit = |name: &str| {
            document
                .rule_for(name)
                .is_some_and(|rule| rule.unit.is_some())
        };
        let units = schema.fields().iter().enumerate();
        let units = units
            .filter(|(_, field)| is_unit(field.name()))
            .map(|(at, _)| at)
            .collect();
        Ok(Self { predicate, units })
    }

    /// The rows to seal, and how many were left out for having no unit.
    pub(crate) fn apply(&self, batch: RecordBatch) -> Result<(RecordBatch, usize), String> {
        let kept = match &self.predicate {
            None => batch,
            Some(predicate) => {
                let verdict = predicate
                    .evaluate(&batch)
                    .and_then(|value| value.into_array(batch.num_rows()))
                    .map_err(
                        |_| "the [rows] predicate fails on the data; use TRY_CAST for casts",
                    )?;
                let keep = verdict
                    .as_boolean_opt()
                    .ok_or("the [rows] predicate is not boolean")?;
                filter_record_batch(&batch, keep).map_err(|error| error.to_string())?
            }
        };
        if self.units.is_empty() {
            return Ok((kept, 0));
        }
        let columns: Vec<_> = self
            .units
            .iter()
            .filter_map(|at| kept.columns().get(*at))
            .collect();
        let has_unit: BooleanArray = (0..kept.num_rows())
            .map(|row| Some(columns.iter().any(|column| column.is_valid(row))))
            .collect();
        let sealed = filter_record_batch(&kept, &has_unit).map_err(|error| error.to_string())?;
        let dropped = kept.num_rows().saturating_sub(sealed.num_rows());
        Ok((sealed, dropped))
    }
}

fn compile(text: &str, schema: &SchemaRef) -> Result<Arc<dyn PhysicalExpr>, String> {
    let context = SessionContext::new();
    let named = DFSchema::try_from(Arc::clone(schema)).map_err(|error| error.strip_backtrace())?;
    let expr = context
        .parse_sql_expr(text, &named)
        .map_err(|error| error.strip_backtrace())?;
    context
        .create_physical_expr(expr, &named)
        .map_err(|error| error.strip_backtrace())
}
