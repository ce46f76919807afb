//! Listed functions that raise errors on some values, made total.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::Result as DfResult;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use super::listed::{Kind, kind};
use super::retry;

/// The total form of a function, if it needs one.
pub(super) fn total(inner: &Arc<ScalarUDF>) -> Option<ScalarUDF> {
    let grows = match kind(inner.name())? {
        Kind::Total => return None,
        Kind::Fails => false,
        Kind::Grows => true,
    };
    Some(ScalarUDF::from(TotalFunction {
        name: format!("subrosa_total_{}", inner.name()),
        inner: Arc::clone(inner),
        grows,
    }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct TotalFunction {
    name: String,
    inner: Arc<ScalarUDF>,
    grows: bool,
}

impl ScalarUDFImpl for TotalFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, kinds: &[DataType]) -> DfResult<DataType> {
        self.inner.return_type(kinds)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> DfResult<FieldRef> {
        let field = self.inner.return_field_from_args(args)?;
        Ok(Arc::new(field.as_ref().clone().with_nullable(true)))
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
