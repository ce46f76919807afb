//! Whether a track, or one of a set of tracks, is of one party.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, BooleanArray};
use datafusion::arrow::datatypes::{DataType, UInt64Type};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use super::entity_set::PARTY_SHIFT;

/// Its name.
pub(crate) const OF_PARTY: &str = "subrosa_of_party";

/// The function. Nobody is of no party.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct OfParty {
    signature: Signature,
}

impl OfParty {
    pub(super) fn new() -> Self {
        let signature = Signature::any(2, Volatility::Immutable);
        Self { signature }
    }
}

impl ScalarUDFImpl for OfParty {
    fn name(&self) -> &'static str {
        OF_PARTY
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [
            ColumnarValue::Scalar(ScalarValue::UInt8(Some(party))),
            tracks,
        ] = args.args.as_slice()
        else {
            return exec_err!("a party's number and tracks are wanted");
        };
        let tracks = tracks.to_array(args.number_rows)?;
        let found = match tracks.data_type() {
            DataType::UInt64 => of(*party, &tracks).collect::<BooleanArray>(),
            DataType::List(_) => {
                let sets = tracks.as_list::<i32>().iter();
                sets.map(|set| {
                    Some(set.is_some_and(|set| of(*party, &set).any(|one| one == Some(true))))
                })
                .collect()
            }
            _other => return exec_err!("tracks are whole numbers or lists of them"),
        };
        Ok(ColumnarValue::Array(Arc::new(found)))
    }
}

/// By track: whether it is the party's.
fn of(party: u8, tracks: &dyn Array) -> impl Iterator<Item = Option<bool>> + '_ {
    let tracks = tracks.as_primitive::<UInt64Type>().iter();
    tracks
        .map(move |track| Some(track.is_some_and(|track| track >> PARTY_SHIFT == u64::from(party))))
}
