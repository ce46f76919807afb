//! `track(party, space, value)`: whose row this is, as eight bytes that say nothing to anybody else.

use std::fmt;
use std::hash::Hasher;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringViewArray, UInt64Array};
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

    /// NULL is nobody, and nothing else is. One value is one entity in every type: 5, '5' and 5.00. What cannot be written as text
    /// is all one entity, which can only lower a count.
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
        let kind = values.data_type();
        if kind.is_integer() && *kind != DataType::UInt64 {
            let whole = cast(values, &DataType::Int64)?;
            let whole = whole.as_primitive::<Int64Type>().iter();
            return Ok(whole.map(|v| v.map(|v| of(1, &v.to_le_bytes()))).collect());
        }
        let text = as_text(values);
        let named = text.as_string_view().iter().enumerate();
        let tracks = named.map(|(row, text)| match text.map(|text| plain(kind, text)) {
            Some(text) => Some(match whole(text) {
                Some(number) => of(1, &number.to_le_bytes()),
                None => of(0, text.as_bytes()),
            }),
            None => values.is_valid(row).then(|| of(3, &[])),
        });
        Ok(tracks.collect())
    }
}

/// A value's text without what another type would not write: zeros behind the point, and the midnight of a day.
fn plain<'t>(kind: &DataType, text: &'t str) -> &'t str {
    match kind {
        DataType::Timestamp(..) => text.strip_suffix("T00:00:00").unwrap_or(text),
        DataType::Decimal128(..) if text.contains('.') => {
            text.trim_end_matches('0').trim_end_matches('.')
        }
        _as_it_is => text,
    }
}

/// The number that a text is, if it is written as numbers are.
fn whole(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// Values as text; NULL where one cannot be written, such as a day beyond the calendar.
fn as_text(values: &ArrayRef) -> ArrayRef {
    let written = |values: &dyn Array| cast(values, &DataType::Utf8View).ok();
    written(values).unwrap_or_else(|| {
        let each = (0..values.len()).map(|row| {
            let text = written(&values.slice(row, 1))?;
            let text = text.as_string_view();
            text.is_valid(0).then(|| text.value(0).to_owned())
        });
        Arc::new(each.collect::<StringViewArray>())
    })
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

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use datafusion::arrow::array::{
        BinaryArray, Date32Array, Decimal128Array, Int32Array, Int64Array, StringArray,
        TimestampMicrosecondArray,
    };

    use super::*;

    fn tracks(values: impl Array + 'static) -> Vec<Option<u64>> {
        let track = Track::new(&TrackKey::of(&[7; 16]));
        let values: ArrayRef = Arc::new(values);
        track
            .hash_all(3, "person", &values)
            .unwrap()
            .iter()
            .collect()
    }

    #[test]
    fn null_is_nobody_and_nothing_else_is() {
        let far = tracks(UInt64Array::from(vec![
            Some(u64::MAX),
            None,
            Some(1 << 63),
            Some(0),
        ]));
        let named: Vec<u64> = far.iter().flatten().copied().collect();
        assert_eq!((far[1], named.len()), (None, 3));
        assert!(named[0] != named[1] && named[1] != named[2]);
        let unwritten = tracks(BinaryArray::from(vec![Some(&[0xff_u8, 0xfe][..]), None]));
        assert!(unwritten[0].is_some() && unwritten[1].is_none());
        let days = tracks(Date32Array::from(vec![Some(i32::MAX), None, Some(1)]));
        assert!(days[0].is_some() && days[1].is_none() && days[0] != days[2]);
        assert_eq!(days[2], tracks(Date32Array::from(vec![1]))[0]);
    }

    #[test]
    fn the_same_value_is_the_same_entity_in_every_type() {
        let decimals = |values: [i128; 2], scale| {
            let array = Decimal128Array::from_iter_values(values);
            tracks(array.with_precision_and_scale(38, scale).unwrap())
        };
        let numbers = [
            tracks(UInt64Array::from(vec![50, 6])),
            tracks(Int64Array::from(vec![50, 6])),
            tracks(Int32Array::from(vec![50, 6])),
            tracks(StringArray::from(vec!["50", "6"])),
            tracks(StringViewArray::from(vec!["50", "6"])),
            decimals([50, 6], 0),
            decimals([5000, 600], 2),
        ];
        for other in &numbers {
            assert_eq!(other, &numbers[0]);
        }
        assert_ne!(numbers[0][0], numbers[0][1]);
        let far = tracks(UInt64Array::from(vec![u64::MAX]));
        assert_eq!(far, tracks(StringArray::from(vec![u64::MAX.to_string()])));
        assert_eq!(decimals([1250, 1], 3)[0], decimals([125, 1], 2)[0]);
        let days = tracks(Date32Array::from(vec![10_000]));
        let midnight = 10_000 * 86_400_000_000;
        let moments = tracks(TimestampMicrosecondArray::from(vec![
            midnight,
            midnight + 1,
        ]));
        assert!(days[0] == moments[0] && days[0] != moments[1]);
        let others = tracks(StringArray::from(vec!["050", "50.0", "+50", " 50"]));
        assert!(others.iter().all(|other| *other != numbers[0][0]));
    }
}
