//! `tracks(…)`: the people behind a group, as a set union of tracks or of sets of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, ListArray, ListBuilder, UInt64Builder};
use datafusion::arrow::datatypes::{ArrowNativeType, DataType, Field, FieldRef, UInt64Type};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, GroupsAccumulator, Signature, Volatility,
};

use super::entity_set::EntitySet;
use super::tracks_groups::TracksGroups;

/// The name of the aggregate.
pub(crate) const TRACKS: &str = "subrosa_tracks";

/// The type of a set of tracks.
pub(super) fn set_type() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::UInt64, true)))
}

/// Calls `add(row, track)` for every track of every row, whatever form it has.
pub(super) fn each_track(array: &ArrayRef, mut add: impl FnMut(usize, u64)) -> Result<()> {
    match array.data_type() {
        DataType::UInt64 => {
            let tracks = array.as_primitive::<UInt64Type>();
            for (row, track) in tracks.iter().enumerate() {
                if let Some(track) = track {
                    add(row, track);
                }
            }
        }
        DataType::List(_) => {
            let sets = array.as_list::<i32>();
            let tracks = sets.values().as_primitive::<UInt64Type>();
            for (row, ends) in sets.value_offsets().windows(2).enumerate() {
                let &[from, to] = ends else { continue };
                let members = from.as_usize()..to.as_usize();
                for at in members.filter(|at| sets.is_valid(row) && tracks.is_valid(*at)) {
                    add(row, tracks.value(at));
                }
            }
        }
        _other => return exec_err!("tracks are whole numbers or lists of them"),
    }
    Ok(())
}

/// A list array of sets; an empty set is NULL.
pub(super) fn lists(sets: &[EntitySet]) -> ListArray {
    let mut builder = ListBuilder::new(UInt64Builder::new());
    for set in sets {
        builder.values().append_slice(set.as_slice());
        builder.append(!set.as_slice().is_empty());
    }
    builder.finish()
}

/// The aggregate.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Tracks {
    cap: usize,
    signature: Signature,
}

impl Tracks {
    pub(super) fn new(cap: usize) -> Self {
        Self {
            cap,
            signature: Signature::any(1, Volatility::Immutable),
        }
    }
}

impl AggregateUDFImpl for Tracks {
    fn name(&self) -> &'static str {
        TRACKS
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(set_type())
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(
            format!("{}[set]", args.name),
            set_type(),
            true,
        ))])
    }

    fn accumulator(&self, _args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(OneSet {
            cap: self.cap,
            set: EntitySet::default(),
        }))
    }

    fn groups_accumulator_supported(&self, _args: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(
        &self,
        _args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(TracksGroups::new(self.cap)))
    }

    fn create_sliding_accumulator(
        &self,
        _args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(SlidingSet::default()))
    }
}

#[derive(Debug)]
struct OneSet {
    cap: usize,
    set: EntitySet,
}

fn scalar(set: EntitySet) -> ScalarValue {
    ScalarValue::List(Arc::new(lists(&[set])))
}

impl Accumulator for OneSet {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values
            .iter()
            .try_for_each(|v| each_track(v, |_, track| self.set.insert(track, self.cap)))
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(scalar(self.set.clone()))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![scalar(self.set.clone())])
    }

    fn size(&self) -> usize {
        size_of_val(self).saturating_add(self.set.size())
    }
}

/// The people of a frame that moves: counted, so that they can leave again.
#[derive(Debug, Default)]
struct SlidingSet {
    counts: BTreeMap<u64, usize>,
}

impl Accumulator for SlidingSet {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values.iter().try_for_each(|v| {
            each_track(v, |_, track| {
                let count = self.counts.entry(track).or_default();
                *count = count.saturating_add(1);
            })
        })
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values.iter().try_for_each(|v| {
            each_track(v, |_, track| {
                if let Some(count) = self.counts.get_mut(&track) {
                    *count = count.saturating_sub(1);
                    if *count == 0 {
                        self.counts.remove(&track);
                    }
                }
            })
        })
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut builder = ListBuilder::new(UInt64Builder::new());
        for track in self.counts.keys() {
            builder.values().append_value(*track);
        }
        builder.append(!self.counts.is_empty());
        Ok(ScalarValue::List(Arc::new(builder.finish())))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn size(&self) -> usize {
        size_of_val(self).saturating_add(self.counts.len().saturating_mul(32))
    }
}
