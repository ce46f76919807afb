//! Column names that repeat get `_2`, `_3`, … so that no column hides another.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};

/// The schema with every name once.
pub(crate) fn unrepeated(schema: &SchemaRef) -> SchemaRef {
    let given: BTreeSet<&String> = schema.fields().iter().map(|field| field.name()).collect();
    let mut used: BTreeSet<String> = BTreeSet::new();
    let fields = schema.fields().iter().map(|field| {
        let mut name = field.name().clone();
        let mut count = 1_usize;
        while used.contains(&name) || (count > 1 && given.contains(&name)) {
            count = count.saturating_add(1);
            name = format!("{}_{count}", field.name());
        }
        used.insert(name.clone());
        field.as_ref().clone().with_name(name)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
