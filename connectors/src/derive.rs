//! The columns that an owner computes when it seals: `[derive]`.
//!
//! Whatever a row holds, deriving goes on: a row on which an expression fails, or for which nothing is
//! found, has no value there. So nothing about a row can be told by whether sealing ends.

mod lookup;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::physical_expr::PhysicalExpr;
use policy::document::{Derivation, DerivedColumn, Placed, PolicyDocument};
use policy::problem::Problem;
use sha2::Sha256;

use self::lookup::{Found, Lookup};
use crate::error::ConnectorError;
use crate::expression::{compile, total};
use crate::keys::KeyFolder;
use crate::source::{Others, sealed_as};

/// The derived columns of a table, with their types.
#[derive(Debug, Clone)]
pub(crate) struct Derived {
    columns: Vec<Column>,
}

#[derive(Debug, Clone)]
struct Column {
    found: Field,
    sealed: Field,
    how: How,
}

#[derive(Debug, Clone)]
enum How {
    Expression(Arc<dyn PhysicalExpr>),
    Lookup(Box<Lookup>),
}

impl Derived {
    /// What a policy derives from columns of these types; every problem at once.
    pub(crate) fn new(
        document: &PolicyDocument,
        own: &SchemaRef,
        others: &Others,
        keys: &KeyFolder,
    ) -> Result<Self, ConnectorError> {
        let (mut columns, mut problems) = (Vec::new(), Vec::new());
        for derived in &document.derive {
            let how = match &derived.derivation {
                Derivation::Sql(text) => expression(document, text, own),
                Derivation::Lookup(written) => {
                    let named = (derived.name(), written);
                    let lookup = Lookup::new(document, named, own, others, keys);
                    lookup.map(|lookup| How::Lookup(Box::new(lookup)))
                }
            };
            match how.and_then(|how| column(document, derived, own, how)) {
                Ok(column) => columns.push(column),
                Err(ConnectorError::Policy(more)) => problems.extend(more),
                Err(other) => return Err(other),
            }
        }
        if problems.is_empty() {
            Ok(Self { columns })
        } else {
            Err(ConnectorError::Policy(problems))
        }
    }

    /// The columns as they are derived; policies are checked against these.
    pub(crate) fn found(&self) -> Vec<Field> {
        self.columns
            .iter()
            .map(|column| column.found.clone())
            .collect()
    }

    /// The columns as they are made, whatever their rules say.
    pub(crate) fn made(&self, own: &SchemaRef) -> Vec<Field> {
        let made = |column: &Column| {
            let data_type = match &column.how {
                How::Expression(expression) => expression.data_type(own).ok(),
                How::Lookup(lookup) => Some(lookup.data_type().clone()),
            };
            let data_type = data_type.unwrap_or_else(|| column.found.data_type().clone());
            Field::new(column.found.name(), data_type, true)
        };
        self.columns.iter().map(made).collect()
    }

    /// The columns as they are sealed.
    pub(crate) fn sealed(&self) -> Vec<Field> {
        self.columns
            .iter()
            .map(|column| column.sealed.clone())
            .collect()
    }

    /// A table's own columns, and behind them these.
    pub(crate) fn beside(&self, own: &SchemaRef, these: fn(&Self) -> Vec<Field>) -> SchemaRef {
        if self.columns.is_empty() {
            return Arc::clone(own);
        }
        let fields = own.fields().iter().map(|field| field.as_ref().clone());
        Arc::new(Schema::new(fields.chain(these(self)).collect::<Vec<_>>()))
    }

    /// Hashes what values are looked up in.
    pub(crate) fn digest(&self, hasher: &mut Sha256) -> Result<(), ConnectorError> {
        self.columns
            .iter()
            .try_for_each(|column| match &column.how {
                How::Expression(_) => Ok(()),
                How::Lookup(lookup) => lookup.digest(hasher),
            })
    }

    /// What makes these columns; reads the tables that they are looked up in.
    pub(crate) fn deriver(&self, schema: &SchemaRef) -> Result<Deriver, ConnectorError> {
        let ready = |column: &Column| {
            Ok(match &column.how {
                How::Expression(expression) => Maker::Expression(Arc::clone(expression)),
                How::Lookup(lookup) => Maker::Lookup(lookup.read()?),
            })
        };
        Ok(Deriver {
            makers: self
                .columns
                .iter()
                .map(ready)
                .collect::<Result<_, ConnectorError>>()?,
            schema: Arc::clone(schema),
        })
    }
}

fn expression(
    document: &PolicyDocument,
    text: &Placed<String>,
    own: &SchemaRef,
) -> Result<How, ConnectorError> {
    compile(&text.value, own)
        .map(How::Expression)
        .map_err(|message| {
            let problem = Problem::error(&document.source, &text.span, message)
                .with_help("write one SQL expression over the table's own columns");
            ConnectorError::Policy(vec![problem])
        })
}

fn column(
    document: &PolicyDocument,
    derived: &DerivedColumn,
    own: &SchemaRef,
    how: How,
) -> Result<Column, ConnectorError> {
    let wrong = |message: String, help: &str| {
        let span = &derived.rule.pattern.span;
        let problem = Problem::error(&document.source, span, message).with_help(help);
        ConnectorError::Policy(vec![problem])
    };
    let help = "write one SQL expression over the table's own columns";
    let found = match &how {
        How::Expression(expression) => expression
            .data_type(own)
            .map_err(|error| wrong(error.strip_backtrace(), help))?,
        How::Lookup(lookup) => lookup.data_type().clone(),
    };
    // Truth values are summed as numbers.
    let found = match found {
        DataType::Boolean if derived.rule.measure.is_some() => DataType::Int64,
        other => other,
    };
    let Some(sealed) = sealed_as(document, derived.name(), &found) else {
        let message = format!(
            "`{}` has type {found}, which cannot be sealed",
            derived.name()
        );
        return Err(wrong(message, "cast it"));
    };
    Ok(Column {
        found: Field::new(derived.name(), found, true),
        sealed: Field::new(derived.name(), sealed, true),
        how,
    })
}

/// Makes the derived columns of one batch after the other.
#[derive(Debug)]
pub(crate) struct Deriver {
    makers: Vec<Maker>,
    schema: SchemaRef,
}

#[derive(Debug)]
enum Maker {
    Expression(Arc<dyn PhysicalExpr>),
    Lookup(Found),
}

/// A batch with what is derived.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) batch: RecordBatch,
    /// By derived column: values that had no place in its type.
    pub(crate) lost: Vec<usize>,
    /// By derived column: rows for which there was nothing to derive it from.
    pub(crate) unmade: Vec<usize>,
}

impl Deriver {
    /// A table without derived columns.
    #[cfg(test)]
    pub(crate) fn of_nothing(schema: &SchemaRef) -> Self {
        Self {
            makers: Vec::new(),
            schema: Arc::clone(schema),
        }
    }

    /// The columns of what is made, the table's own first.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Adds the derived columns to a batch of the table's own.
    pub(crate) fn derive(&self, batch: RecordBatch) -> Result<Made, String> {
        let own = batch.num_columns();
        let mut made = Made {
            lost: Vec::new(),
            unmade: Vec::new(),
            batch,
        };
        if self.makers.is_empty() {
            return Ok(made);
        }
        let mut columns = made.batch.columns().to_vec();
        for (maker, field) in self
            .makers
            .iter()
            .zip(self.schema.fields().iter().skip(own))
        {
            let (values, unmade) = match maker {
                Maker::Expression(expression) => total(expression, &made.batch)?,
                Maker::Lookup(found) => found.values(&made.batch)?,
            };
            let sealed = cast(&values, field.data_type()).map_err(|error| error.to_string())?;
            let nulls = |array: &ArrayRef| array.logical_null_count();
            made.lost
                .push(nulls(&sealed).saturating_sub(nulls(&values)));
            made.unmade.push(unmade);
            columns.push(sealed);
        }
        made.batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)
            .map_err(|error| error.to_string())?;
        Ok(made)
    }
}
