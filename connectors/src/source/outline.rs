//! The columns of a table outside, as they would be sealed under any of many drafts of its policy.
//!
//! The files are looked at once; which types a policy would give their columns is worked out of that.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use policy::document::PolicyDocument;
use policy::resolve::ColumnShape;

use super::typed::{is_identifier, sealed_schema, with_types};
use super::{Files, Hints, Others, Wanted};
use crate::derive::Derived;
use crate::error::ConnectorError;
use crate::keys::KeyFolder;
use crate::types::shape_of;

/// The columns of a table outside.
#[derive(Debug, Clone)]
pub struct Outline {
    path: PathBuf,
    found: SchemaRef,
    /// Columns of a CSV file whose type nobody told: as keys they are texts.
    guessed: bool,
    told: BTreeMap<String, String>,
}

impl Outline {
    /// Looks at a table with nothing known about its policy.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn open(path: &Path, types: &BTreeMap<String, String>) -> Result<Self, ConnectorError> {
        let hints = Hints {
            is_identifier: &|_| false,
            wanted: &|_| (Wanted::Any, ""),
            unknown: &|_| DataType::Null,
        };
        let keys = KeyFolder::new(PathBuf::new());
        let files = Files::open(path, types, &hints, &keys)?;
        Ok(Self {
            path: path.to_owned(),
            found: Arc::clone(files.columns()),
            guessed: files.is_csv(),
            told: types.clone(),
        })
    }

    /// The same with the columns that a policy derives.
    ///
    /// # Errors
    /// When a column cannot be derived.
    pub fn with_derived(
        mut self,
        document: &PolicyDocument,
        others: &Others,
    ) -> Result<Self, ConnectorError> {
        let own = sealed_schema(&self.path, &self.found, document)?;
        let derived = Derived::new(document, &own, others, &KeyFolder::new(PathBuf::new()))?;
        let fields = self
            .found
            .fields()
            .iter()
            .map(|field| field.as_ref().clone());
        let fields = fields.chain(derived.made(&own));
        self.found = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Ok(self)
    }

    /// The columns, as policies see them.
    #[must_use]
    pub fn shapes(&self) -> Vec<ColumnShape> {
        let known = with_types(&self.found, &|_| DataType::Utf8);
        known.fields().iter().map(|field| shape_of(field)).collect()
    }

    /// The columns as a policy would have them sealed.
    ///
    /// # Errors
    /// When a visible column has a type that no sealed table holds.
    pub fn sealed(&self, document: &PolicyDocument) -> Result<SchemaRef, ConnectorError> {
        let fields = self.found.fields().iter().map(|field| {
            let name = field.name();
            let text =
                self.guessed && !self.told.contains_key(name) && is_identifier(document, name);
            let summed = document
                .derived(name)
                .is_some_and(|d| d.rule.measure.is_some());
            let data_type = match field.data_type() {
                _ if text => DataType::Utf8,
                DataType::Boolean if summed => DataType::Int64,
                other => other.clone(),
            };
            Field::new(name, data_type, true)
        });
        let found = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let found = with_types(&found, &|name| super::typed::unknown_type(document, name));
        sealed_schema(&self.path, &found, document)
    }
}
