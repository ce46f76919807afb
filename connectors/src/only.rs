//! `[[rows.only]]` at sealing: each condition becomes a column of truth values beside the visible ones.
//!
//! A condition may read what no engine ever sees, so it is decided here. Like deriving, it ends whatever a row holds: a row
//! on which a condition fails does not satisfy it.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::{cast, prep_null_mask_filter};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::physical_expr::PhysicalExpr;
use policy::document::{Placed, PolicyDocument};
use policy::problem::Problem;
use seal::{RestrictionEntry, digest_hex};

use crate::error::ConnectorError;
use crate::expression::{compile, total};

/// What the names of these columns begin with, and no other's may.
const PREFIX: &str = "subrosa:only:";

/// The conditions of a policy, compiled.
#[derive(Debug)]
pub(crate) struct Restrictions {
    columns: Vec<(Field, Arc<dyn PhysicalExpr>)>,
}

/// How many rows a condition keeps, and on how many it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Seen {
    pub(crate) kept: usize,
    pub(crate) failed: usize,
}

/// The conditions that a policy restricts rows by, each once.
pub(crate) fn conditions(document: &PolicyDocument) -> Vec<&Placed<String>> {
    let mut found: Vec<&Placed<String>> = Vec::new();
    for only in &document.rows.only {
        if found
            .iter()
            .all(|known| known.value != only.predicate.value)
        {
            found.push(&only.predicate);
        }
    }
    found
}

/// The columns of the conditions, as a manifest names them.
pub(crate) fn entries(document: &PolicyDocument) -> Vec<RestrictionEntry> {
    let conditions = conditions(document).into_iter().enumerate();
    let entry = |(at, condition): (usize, &Placed<String>)| RestrictionEntry {
        column: format!("{PREFIX}{at}"),
        predicate: digest_hex(condition.value.as_bytes()),
    };
    conditions.map(entry).collect()
}

impl Restrictions {
    /// The conditions of a policy over a table's own columns, of these types; every problem at once.
    pub(crate) fn new(
        document: &PolicyDocument,
        own: &SchemaRef,
        sealed: &SchemaRef,
    ) -> Result<Self, ConnectorError> {
        let (mut columns, mut problems) = (Vec::new(), Vec::new());
        for (condition, entry) in conditions(document).into_iter().zip(entries(document)) {
            let field = Field::new(entry.column, DataType::Boolean, true);
            match condition_over(&condition.value, own, sealed) {
                Ok(compiled) => columns.push((field, compiled)),
                Err(message) => {
                    let problem = Problem::error(&document.source, &condition.span, message);
                    let help = "write one SQL predicate over the table's own columns";
                    problems.push(problem.with_help(help));
                }
            }
        }
        if problems.is_empty() {
            Ok(Self { columns })
        } else {
            Err(ConnectorError::Policy(problems))
        }
    }

    /// The columns of the conditions.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.columns.iter().map(|(field, _)| field)
    }

    /// Adds to a batch whether each condition keeps a row.
    pub(crate) fn decide(&self, batch: RecordBatch) -> Result<(RecordBatch, Vec<Seen>), String> {
        if self.columns.is_empty() {
            return Ok((batch, Vec::new()));
        }
        let mut columns = batch.columns().to_vec();
        let mut seen = Vec::new();
        for (_, condition) in &self.columns {
            let (verdict, failed) = total(condition, &batch)?;
            let truths = truths(&verdict)?;
            let kept = truths.as_boolean().true_count();
            seen.push(Seen { kept, failed });
            columns.push(truths);
        }
        let own = batch.schema();
        let own = own.fields().iter().map(|field| field.as_ref().clone());
        let fields: Vec<Field> = own.chain(self.fields().cloned()).collect();
        let beside = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns);
        Ok((beside.map_err(|error| error.to_string())?, seen))
    }
}

fn condition_over(
    text: &str,
    own: &SchemaRef,
    sealed: &SchemaRef,
) -> Result<Arc<dyn PhysicalExpr>, String> {
    if let Some(taken) = sealed
        .fields()
        .iter()
        .find(|f| f.name().starts_with(PREFIX))
    {
        let name = taken.name();
        return Err(format!(
            "the column `{name}` has a name that restrictions need"
        ));
    }
    let compiled = compile(text, own)?;
    match compiled.data_type(own) {
        Ok(DataType::Boolean | DataType::Null) => Ok(compiled),
        Ok(other) => Err(format!("this is no condition, but a value of type {other}")),
        Err(error) => Err(error.strip_backtrace()),
    }
}

/// True where a verdict is; what is unknown is not.
fn truths(verdict: &ArrayRef) -> Result<ArrayRef, String> {
    let truths = cast(verdict, &DataType::Boolean).map_err(|error| error.to_string())?;
    let truths = truths.as_boolean();
    if truths.null_count() == 0 {
        return Ok(Arc::new(truths.clone()));
    }
    Ok(Arc::new(prep_null_mask_filter(truths)))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use arrow::array::{BooleanArray, Int64Array};

    use super::*;

    fn document(conditions: &[&str]) -> PolicyDocument {
        let only = conditions
            .iter()
            .map(|rows| format!("[[rows.only]]\nparty = \"b\"\nwhere = \"{rows}\"\n"));
        let text = format!(
            "policy = 1\ntable = \"t\"\n[columns]\nx = {{ unit = \"person\" }}\n{}",
            only.collect::<String>()
        );
        PolicyDocument::parse("t.policy.toml", &text).unwrap()
    }

    fn numbers(name: &str) -> RecordBatch {
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(-1), Some(0), None, Some(2)]));
        RecordBatch::try_from_iter([(name, numbers)]).unwrap()
    }

    fn refused(conditions: &[&str], name: &str) -> Vec<String> {
        let own = numbers(name).schema();
        match Restrictions::new(&document(conditions), &own, &own) {
            Err(ConnectorError::Policy(problems)) => problems
                .into_iter()
                .map(|problem| problem.message)
                .collect(),
            _other => Vec::new(),
        }
    }

    #[test]
    fn what_fails_or_is_unknown_does_not_satisfy_a_condition() {
        let batch = numbers("x");
        let own = batch.schema();
        let document = document(&["x >= 0", "4 / x > 0", "x >= 0", "NULL"]);
        let restrictions = Restrictions::new(&document, &own, &own).unwrap();
        let (beside, seen) = restrictions.decide(batch.clone()).unwrap();
        let expected = [
            [false, true, false, true],
            [false, false, false, true],
            [false; 4],
        ];
        assert_eq!(beside.num_columns(), 4, "each condition once");
        for (at, expected) in expected.into_iter().enumerate() {
            let truths = beside.column(at + 1).as_boolean();
            assert_eq!(*truths, BooleanArray::from(expected.to_vec()));
        }
        assert_eq!(beside.column(0), batch.column(0));
        let seen: Vec<_> = seen.iter().map(|seen| (seen.kept, seen.failed)).collect();
        assert_eq!(seen, [(2, 0), (1, 1), (0, 0)]);
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        let found = refused(&["x + 1", "nothing(x) > 1", "x > 0"], "x");
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0], "this is no condition, but a value of type Int64");
    }

    #[test]
    fn no_column_of_the_table_has_such_a_name() {
        let found = refused(&["true"], "subrosa:only:7");
        let expected = "the column `subrosa:only:7` has a name that restrictions need";
        assert_eq!(found, [expected]);
        assert_eq!(entries(&document(&["true"]))[0].column, "subrosa:only:0");
    }
}
