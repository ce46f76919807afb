//! A track as a set of one, for unions whose other branches have sets.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, ListBuilder, UInt64Builder};
use datafusion::arrow::datatypes::{DataType, UInt64Type};
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

/// The function.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct SetOfOne {
    signature: Signature,
}

impl SetOfOne {
    pub(super) fn new() -> Self {
        let signature = Signature::exact(vec![DataType::UInt64], Volatility::Immutable);
        Self { signature }
    }
}

impl ScalarUDFImpl for SetOfOne {
    fn name(&self) -> &'static str {
        "subrosa_set_of_one"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(super::tracks::set_type())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let mut sets = ListBuilder::new(UInt64Builder::new());
        for array in &arrays {
            for track in array.as_primitive::<UInt64Type>() {
                if let Some(track) = track {
                    sets.values().append_value(track);
                }
                sets.append(track.is_some());
            }
        }
        Ok(ColumnarValue::Array(Arc::new(sets.finish())))
    }
}
