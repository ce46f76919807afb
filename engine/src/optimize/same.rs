//! `same(x)`: x, of which the optimizer knows nothing.

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{Result as DfResult, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

/// The function.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Same {
    signature: Signature,
}

impl Same {
    pub(super) fn new() -> Self {
        let signature = Signature::any(1, Volatility::Immutable);
        Self { signature }
    }
}

impl ScalarUDFImpl for Same {
    fn name(&self) -> &'static str {
        "subrosa_same"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arg_types: &[DataType]) -> DfResult<DataType> {
        match arg_types {
            [one] => Ok(one.clone()),
            _other => exec_err!("one value is the same as itself"),
        }
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> DfResult<FieldRef> {
        match args.arg_fields {
            [one] => Ok(FieldRef::clone(one)),
            _other => exec_err!("one value is the same as itself"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> DfResult<ColumnarValue> {
        match args.args.as_slice() {
            [one] => Ok(one.clone()),
            _other => exec_err!("one value is the same as itself"),
        }
    }
}
