//! `track(party, space, value)`: whose row this is, as eight bytes that say nothing to anybody else.

use std::fmt;
use std::hash::Hasher;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, UInt64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use siphasher::sip::SipHasher24;

/// The key of the hash in this engine's tracks: derived from seeds where earlier answers count, else new with every
/// engine.
pub(crate) struct TrackKey {
    low: u64,
    high: u64,
}

impl fmt::Debug for TrackKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrackKey(..)")
    }
}

impl TrackKey {
    /// A key of 16 bytes or more.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let number = |b: &[u8]| {
            b.iter()
                .take(8)
                .fold(0_u64, |n, byte| n << 8 | u64::from(*byte))
        };
        Self {
            low: number(bytes),
            high: number(bytes.get(8..).unwrap_or_default()),
        }
    }

    /// The key in two halves, for other hashes of this engine, each under a name of its own.
    pub(crate) fn halves(&self) -> (u64, u64) {
        (self.low, self.high)
    }

    /// A key from the system's randomness.
    pub(crate) fn random() -> std::io::Result<Self> {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).map_err(|e| std::io::Error::other(e.to_string()))?;
        let (low, high) = bytes.split_at(8);
        let number = |b: &[u8]| b.iter().fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
        Ok(Self {
            low: number(low),
            high: number(high),
        })
    }
}

/// Its name.
pub(crate) const TRACK: &str = "subrosa_track";

/// The function.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Track {
    low: u64,
    high: u64,
    signature: Signature,
}

impl fmt::Debug for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Track")
    }
}

impl Track {
    pub(super) fn new(key: &TrackKey) -> Self {
        Self {
            low: key.low,
            high: key.high,
            signature: Signature::any(3, Volatility::Immutable),
        }
    }

    fn hash_all(&self, party: u8, space: &str, values: &ArrayRef) -> Result<UInt64Array> {
        let mut seed = SipHasher24::new_with_keys(self.low, self.high);
        seed.write_u64(space.len() as u64);
        seed.write(space.as_bytes());
        let top = u64::from(party) << 56;
        let of = |tag: u8, bytes: &[u8]| {
            let mut hasher = seed;
            hasher.write_u8(tag);
            hasher.write(bytes);
            top | (hasher.finish() >> 8)
        };
        let tracks = match values.data_type() {
            DataType::Utf8View => values
                .as_string_view()
                .iter()
                .map(|v| v.map(|v| of(0, v.as_bytes())))
                .collect(),
            kind if kind.is_integer() => {
                let whole = cast(values, &DataType::Int64)?;
                let whole = whole.as_primitive::<Int64Type>().clone();
                whole
                    .iter()
                    .map(|v| v.map(|v| of(1, &v.to_le_bytes())))
                    .collect()
            }
            _as_text => {
                let text = cast(values, &DataType::Utf8View)?;
                text.as_string_view()
                    .iter()
                    .map(|v| v.map(|v| of(0, v.as_bytes())))
                    .collect()
            }
        };
        Ok(tracks)
    }
}

impl ScalarUDFImpl for Track {
    fn name(&self) -> &'static str {
        TRACK
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::UInt64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (party, space, value) = match args.args.as_slice() {
            [
                ColumnarValue::Scalar(ScalarValue::UInt8(Some(party))),
                ColumnarValue::Scalar(space),
                value,
            ] => (*party, space.clone(), value.clone()),
            _other => return exec_err!("a track takes a party, a space and a value"),
        };
        let Some(Some(space)) = space.try_as_str() else {
            return exec_err!("a track takes a party, a space and a value");
        };
        let values = value.into_array(args.number_rows)?;
        Ok(ColumnarValue::Array(Arc::new(
            self.hash_all(party, space, &values)?,
        )))
    }
}
