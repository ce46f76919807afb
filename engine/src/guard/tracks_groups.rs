//! The people behind many groups at once.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion::common::Result;
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};

use super::entity_set::EntitySet;
use super::tracks::{each_track, lists};

/// One set a group.
#[derive(Debug)]
pub(super) struct TracksGroups {
    cap: usize,
    sets: Vec<EntitySet>,
    heap: usize,
}

impl TracksGroups {
    pub(super) fn new(cap: usize) -> Self {
        Self {
            cap,
            sets: Vec::new(),
            heap: 0,
        }
    }

    fn add(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.sets
            .resize(self.sets.len().max(total), EntitySet::default());
        let (cap, sets, heap) = (self.cap, &mut self.sets, &mut self.heap);
        values.iter().try_for_each(|array| {
            each_track(array, |row, track| {
                let kept = filter.is_none_or(|f| f.is_valid(row) && f.value(row));
                let set = groups.get(row).and_then(|group| sets.get_mut(*group));
                if let (true, Some(set)) = (kept, set) {
                    let before = set.size();
                    set.insert(track, cap);
                    *heap = heap.saturating_add(set.size()).saturating_sub(before);
                }
            })
        })
    }

    fn emit(&mut self, emit_to: EmitTo) -> ArrayRef {
        let emitted = emit_to.take_needed(&mut self.sets);
        let freed: usize = emitted.iter().map(EntitySet::size).sum();
        self.heap = self.heap.saturating_sub(freed);
        Arc::new(lists(&emitted))
    }
}

impl GroupsAccumulator for TracksGroups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.add(values, group_indices, opt_filter, total_num_groups)
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        self.add(values, group_indices, None, total_num_groups)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        Ok(self.emit(emit_to))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.emit(emit_to)])
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let rows = values.first().map_or(0, Array::len);
        let mut each = Self::new(self.cap);
        let groups: Vec<usize> = (0..rows).collect();
        each.add(values, &groups, opt_filter, rows)?;
        Ok(vec![each.emit(EmitTo::All)])
    }

    fn size(&self) -> usize {
        let fixed = self.sets.capacity().saturating_mul(size_of::<EntitySet>());
        size_of_val(self)
            .saturating_add(fixed)
            .saturating_add(self.heap)
    }
}
