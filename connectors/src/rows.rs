//! `[rows] where`: the rows that a table has at all. The others are never sealed.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch};
use arrow::compute::{cast, filter_record_batch};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use datafusion::common::DFSchema;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::prelude::SessionContext;
use policy::capability::Literal;
use policy::document::PolicyDocument;
use policy::number::Decimal;
use policy::problem::Problem;

use crate::error::ConnectorError;

/// Which rows of a source are sealed.
#[derive(Debug)]
pub(crate) struct RowFilter {
    predicate: Option<Arc<dyn PhysicalExpr>>,
    /// Unit columns, each with its values that are nobody.
    units: Vec<(usize, Vec<Literal>)>,
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
        let fields = schema.fields().iter().enumerate();
        let units = fields.filter_map(|(at, field)| {
            let rule = document.rule_for(field.name())?;
            rule.unit.as_ref().map(|_| (at, rule.absent.clone()))
        });
        let units = units.collect();
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
        let mut has_unit = vec![false; kept.num_rows()];
        for (at, absent) in &self.units {
            if let Some(column) = kept.columns().get(*at) {
                somebody(column, absent, &mut has_unit).map_err(|error| error.to_string())?;
            }
        }
        let has_unit = BooleanArray::from(has_unit);
        let sealed = filter_record_batch(&kept, &has_unit).map_err(|error| error.to_string())?;
        let dropped = kept.num_rows().saturating_sub(sealed.num_rows());
        Ok((sealed, dropped))
    }
}

/// Notes the rows in which a unit column names somebody: neither NULL nor a value that is nobody.
fn somebody(column: &ArrayRef, absent: &[Literal], rows: &mut [bool]) -> Result<(), ArrowError> {
    let words = cast(column, &DataType::Utf8)?;
    for (word, row) in words.as_string::<i32>().iter().zip(rows) {
        *row |= word.is_some_and(|word| !absent.iter().any(|nobody| names(nobody, word)));
    }
    Ok(())
}

fn names(nobody: &Literal, word: &str) -> bool {
    match nobody {
        Literal::Text(text) => text == word,
        Literal::Number(number) => Decimal::parse(word) == Some(*number),
        Literal::Bool(truth) => truth.to_string() == word,
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use arrow::array::{Int64Array, StringArray};

    use super::*;

    #[test]
    fn rows_about_nobody_are_not_sealed() {
        let text = "policy = 1\ntable = \"t\"\n[columns]\n\
                    who = { unit = \"person\", absent = [\"CASH\"] }\nbox = { unit = \"box\", absent = [7] }\n";
        let document = PolicyDocument::parse("t.policy.toml", text).unwrap();
        let who = StringArray::from(vec![Some("a"), Some("CASH"), None, Some("CASH"), None]);
        let boxes = Int64Array::from(vec![None, Some(7), Some(7), Some(8), None]);
        let columns: [(&str, ArrayRef); 2] = [("who", Arc::new(who)), ("box", Arc::new(boxes))];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let filter = RowFilter::new(&document, &batch.schema()).unwrap();
        let (sealed, dropped) = filter.apply(batch.clone()).unwrap();
        assert_eq!((sealed.num_rows(), dropped), (2, 3));
        assert_eq!(sealed.slice(1, 1), batch.slice(3, 1));
    }
}
