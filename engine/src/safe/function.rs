//! Listed functions that raise errors on some values, made total.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result as DfResult;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use super::listed::{self, Kind};
use super::retry;

/// The total form of a function, if it needs one. Its type is the one that it had when the plan was bound: that of `round` would
/// change once its second argument has become a literal.
pub(super) fn total(inner: &Arc<ScalarUDF>, kind: &DataType) -> Option<ScalarUDF> {
    let grows = match listed::kind(inner.name())? {
        Kind::Total => return None,
        Kind::Fails => false,
        Kind::Grows => true,
    };
    Some(ScalarUDF::from(TotalFunction {
        name: format!("subrosa_total_{}", inner.name()),
        inner: Arc::clone(inner),
        kind: kind.clone(),
        grows,
    }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct TotalFunction {
    name: String,
    inner: Arc<ScalarUDF>,
    kind: DataType,
    grows: bool,
}

impl ScalarUDFImpl for TotalFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, _kinds: &[DataType]) -> DfResult<DataType> {
        Ok(self.kind.clone())
    }

    fn return_field_from_args(&self, _args: ReturnFieldArgs) -> DfResult<FieldRef> {
        Ok(Arc::new(Field::new(&self.name, self.kind.clone(), true)))
    }

    fn coerce_types(&self, kinds: &[DataType]) -> DfResult<Vec<DataType>> {
        self.inner.coerce_types(kinds)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> DfResult<ColumnarValue> {
        let ScalarFunctionArgs {
            args,
            arg_fields,
            number_rows,
            return_field,
            config_options,
        } = args;
        if self.grows {
            retry::bounded(&args, number_rows)?;
        }
        let call = |args: &[ColumnarValue], number_rows: usize| {
            self.inner.invoke_with_args(ScalarFunctionArgs {
                args: args.to_vec(),
                arg_fields: arg_fields.clone(),
                number_rows,
                return_field: Arc::clone(&return_field),
                config_options: Arc::clone(&config_options),
            })
        };
        retry::or_null(&args, number_rows, return_field.data_type(), &call)
    }
}
