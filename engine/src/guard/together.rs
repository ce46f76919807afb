//! The entities of several tracks of a row, or of sets of them, as one set: each once.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use super::entity_set::EntitySet;
use super::tracks::{each_track, lists, set_type};

/// The function.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Together {
    signature: Signature,
}

impl Together {
    pub(super) fn new() -> Self {
        Self {
            signature: Signature::variadic_any(Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for Together {
    fn name(&self) -> &'static str {
        "subrosa_together"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(set_type())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let mut sets = vec![EntitySet::default(); args.number_rows];
        for argument in args.args {
            let array = argument.into_array(args.number_rows)?;
            each_track(&array, |row, track| {
                if let Some(set) = sets.get_mut(row) {
                    set.insert(track, usize::MAX);
                }
            })?;
        }
        Ok(ColumnarValue::Array(Arc::new(lists(&sets))))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use datafusion::arrow::array::{
        Array, ArrayRef, AsArray, ListBuilder, UInt64Array, UInt64Builder,
    };
    use datafusion::arrow::datatypes::{Field, UInt64Type};
    use datafusion::config::ConfigOptions;

    use super::*;

    #[test]
    fn each_entity_stands_once_in_the_set_of_a_row() {
        let one: ArrayRef = Arc::new(UInt64Array::from(vec![Some(7), None, Some(1)]));
        let mut sets = ListBuilder::new(UInt64Builder::new());
        sets.append_value([Some(7), Some(9)]);
        sets.append_null();
        sets.append_null();
        let many: ArrayRef = Arc::new(sets.finish());
        let args = ScalarFunctionArgs {
            args: vec![ColumnarValue::Array(one), ColumnarValue::Array(many)],
            arg_fields: Vec::new(),
            number_rows: 3,
            return_field: Arc::new(Field::new("together", set_type(), true)),
            config_options: Arc::new(ConfigOptions::new()),
        };
        let found = Together::new().invoke_with_args(args).unwrap();
        let found = found.into_array(3).unwrap();
        let members = |row: usize| -> Vec<u64> {
            let set = found.as_list::<i32>().value(row);
            set.as_primitive::<UInt64Type>().values().to_vec()
        };
        assert_eq!((members(0), members(2)), (vec![7, 9], vec![1]));
        assert!(found.is_null(1), "nobody is no set");
    }
}
