//! `tie(…)`: which of rows comes first that are equal in what orders them. Under a key, because an order that an asker can compute compares
//! columns with one another that nobody lets be compared.

use std::fmt;
use std::hash::Hasher;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, UInt64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::Result as DfResult;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use siphasher::sip::SipHasher24;

use super::TrackKey;

/// The hash of a row.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Tie {
    low: u64,
    high: u64,
    signature: Signature,
}

impl fmt::Debug for Tie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tie")
    }
}

impl ScalarUDFImpl for Tie {
    fn name(&self) -> &'static str {
        "subrosa_tie"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> DfResult<DataType> {
        Ok(DataType::UInt64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> DfResult<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        Ok(ColumnarValue::Array(Arc::new(self.hashes(&arrays)?)))
    }
}

impl Tie {
    pub(super) fn new(key: &TrackKey) -> Self {
        let (low, high) = key.halves();
        Self {
            low,
            high,
            signature: Signature::variadic_any(Volatility::Immutable),
        }
    }

    fn hashes(&self, columns: &[ArrayRef]) -> DfResult<UInt64Array> {
        let fields = columns
            .iter()
            .map(|column| SortField::new(column.data_type().clone()));
        let converter = RowConverter::new(fields.collect())?;
        let rows = converter.convert_columns(columns)?;
        let hash = |row: &[u8]| {
            let mut hasher = SipHasher24::new_with_keys(self.low, self.high);
            hasher.write(b"tie");
            hasher.write(row);
            hasher.finish()
        };
        Ok(rows.iter().map(|row| hash(row.as_ref())).collect())
    }
}
