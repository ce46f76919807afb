//! The rows that a table has at all: those that `[rows] where` keeps and that are about somebody. The
//! others are never sealed. What is derived is derived in between, since it may say whom a row is about.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::compute::{cast, filter_record_batch, is_not_null, or};
use arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion::physical_expr::PhysicalExpr;
use policy::capability::Literal;
use policy::document::PolicyDocument;
use policy::problem::Problem;

use crate::derive::Deriver;
use crate::error::ConnectorError;
use crate::expression::compile;
use crate::only::{Restrictions, Seen};

/// Which rows of a source are sealed.
#[derive(Debug)]
pub(crate) struct RowFilter {
    predicate: Option<Arc<dyn PhysicalExpr>>,
    deriver: Deriver,
    units: Vec<Unit>,
    restrictions: Restrictions,
}

/// A column that says whom a row is about.
#[derive(Debug)]
struct Unit {
    column: usize,
    absent: HashSet<String>,
}

/// What became of a batch.
#[derive(Debug)]
pub(crate) struct Kept {
    /// The rows to seal, with what is derived, and behind that what restricts them.
    pub(crate) batch: RecordBatch,
    /// By derived column: values that had no place in its type.
    pub(crate) lost: Vec<usize>,
    /// By derived column: rows for which there was nothing to derive it from.
    pub(crate) unmade: Vec<usize>,
    /// Rows that `[rows] where` leaves out.
    pub(crate) filtered: usize,
    /// Rows left out because they are about nobody.
    pub(crate) without_unit: usize,
    /// By unit column: rows to seal for which it names nobody.
    pub(crate) nobody: Vec<(usize, usize)>,
    /// By condition that restricts them: rows to seal that it keeps, or fails on.
    pub(crate) restricted: Vec<Seen>,
}

impl RowFilter {
    /// The filter of a policy over a table's own columns, of these types.
    pub(crate) fn new(
        document: &PolicyDocument,
        own: &SchemaRef,
        deriver: Deriver,
    ) -> Result<Self, ConnectorError> {
        let predicate = match &document.rows.predicate {
            None => None,
            Some(text) => Some(compile(&text.value, own).map_err(|message| {
                let problem = Problem::error(&document.source, &text.span, message)
                    .with_help("write one SQL predicate over the table's own columns");
                ConnectorError::Policy(vec![problem])
            })?),
        };
        let units = deriver.schema().fields().iter().enumerate();
        let units = units.filter_map(|(column, field)| {
            let rule = document.rule_for(field.name())?;
            rule.unit.as_ref()?;
            let absent = rule.absent.iter().map(text_of).collect();
            Some(Unit { column, absent })
        });
        let units = units.collect();
        let restrictions = Restrictions::new(document, own, deriver.schema())?;
        Ok(Self {
            predicate,
            deriver,
            units,
            restrictions,
        })
    }

    /// The columns that are sealed beside the visible ones: what restricts the rows.
    pub(crate) fn restrictions(&self) -> impl Iterator<Item = &Field> {
        self.restrictions.fields()
    }

    /// Tells the rows to seal from the others.
    pub(crate) fn apply(&self, batch: RecordBatch) -> Result<Kept, String> {
        let all = batch.num_rows();
        let kept = match &self.predicate {
            None => batch,
            Some(predicate) => satisfying(predicate, &batch)?,
        };
        let filtered = all.saturating_sub(kept.num_rows());
        let made = self.deriver.derive(kept)?;
        let kept = made.batch;
        let mut somebody: Option<BooleanArray> = None;
        let mut present = Vec::new();
        for unit in &self.units {
            let named = unit.names_somebody(&kept)?;
            somebody = Some(match somebody {
                None => named.clone(),
                Some(others) => or(&others, &named).map_err(|error| error.to_string())?,
            });
            present.push((unit.column, named.true_count()));
        }
        let batch = match somebody {
            Some(somebody) if somebody.true_count() < kept.num_rows() => {
                filter_record_batch(&kept, &somebody).map_err(|error| error.to_string())?
            }
            Some(_) | None => kept.clone(),
        };
        let (batch, restricted) = self.restrictions.decide(batch)?;
        let rows = batch.num_rows();
        let nobody = present.into_iter();
        let nobody = nobody.map(|(column, named)| (column, rows.saturating_sub(named)));
        Ok(Kept {
            filtered,
            without_unit: kept.num_rows().saturating_sub(rows),
            nobody: nobody.collect(),
            lost: made.lost,
            unmade: made.unmade,
            restricted,
            batch,
        })
    }
}

fn satisfying(
    predicate: &Arc<dyn PhysicalExpr>,
    batch: &RecordBatch,
) -> Result<RecordBatch, String> {
    let verdict = predicate
        .evaluate(batch)
        .and_then(|value| value.into_array(batch.num_rows()))
        .map_err(|_| "the [rows] predicate fails on the data; use TRY_CAST for casts")?;
    let keep = verdict
        .as_boolean_opt()
        .ok_or("the [rows] predicate is not boolean")?;
    filter_record_batch(batch, keep).map_err(|error| error.to_string())
}

impl Unit {
    /// For every row whether the column names an entity: neither NULL nor one of `absent`.
    fn names_somebody(&self, batch: &RecordBatch) -> Result<BooleanArray, String> {
        let Some(column) = batch.columns().get(self.column) else {
            return Err("a unit column is missing".to_owned());
        };
        if self.absent.is_empty() {
            return is_not_null(column).map_err(|error| error.to_string());
        }
        let number = column.data_type().is_numeric();
        let texts = cast(column, &DataType::Utf8).map_err(|error| error.to_string())?;
        let named = texts.as_string::<i32>().iter().map(|text| {
            let absent = |text: &str| {
                if number {
                    self.absent.contains(plain(text))
                } else {
                    self.absent.contains(text)
                }
            };
            Some(text.is_some_and(|text| !absent(text)))
        });
        Ok(named.collect())
    }
}

fn text_of(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => text.clone(),
        Literal::Number(number) => plain(&number.to_string()).to_owned(),
        Literal::Bool(truth) => truth.to_string(),
    }
}

/// A number without zeros behind its last decimal.
fn plain(number: &str) -> &str {
    if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use arrow::array::{ArrayRef, Int64Array, StringArray};

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
        let own = batch.schema();
        let filter = RowFilter::new(&document, &own, Deriver::of_nothing(&own)).unwrap();
        let kept = filter.apply(batch.clone()).unwrap();
        assert_eq!((kept.batch.num_rows(), kept.without_unit), (2, 3));
        assert_eq!(kept.batch.slice(1, 1), batch.slice(3, 1));
    }

    /// Some functions compute nothing before they are simplified.
    #[test]
    fn a_predicate_may_choose_among_values() {
        let text = "policy = 1\ntable = \"t\"\n[columns]\nwho = { unit = \"person\" }\n\
                    [rows]\nwhere = \"coalesce(n, 0) > 1\"\n";
        let document = PolicyDocument::parse("t.policy.toml", text).unwrap();
        let who = StringArray::from(vec!["a", "b", "c"]);
        let n = Int64Array::from(vec![Some(1), Some(2), None]);
        let columns: [(&str, ArrayRef); 2] = [("who", Arc::new(who)), ("n", Arc::new(n))];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let own = batch.schema();
        let filter = RowFilter::new(&document, &own, Deriver::of_nothing(&own)).unwrap();
        let kept = filter.apply(batch.clone()).unwrap();
        assert_eq!(kept.batch, batch.slice(1, 1));
    }
}
